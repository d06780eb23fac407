// A sweep's results as a folder: a Zarr v2 directory that `xarray.open_zarr` reads, filled chunk by chunk.
//
// A chunk is one file for each array, written under a temporary name, synced, renamed; last of all its record
// .neurosweep/chunks/KEY with each file's XXH3-128 (`xxh128sum -c` reads it). A chunk counts as done if its record says so
// and the files are what it says: whatever was torn, truncated or exchanged is computed again. So a process may die at any
// moment, and many may write to one store; locks only keep them from computing a chunk twice.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/store/metadata.hpp"
#include "host/store/record.hpp"

namespace neurosweep {

struct Provenance {                        // who computes; see StoreMetadata
  std::string version, commit, sweep_file, overrides;
};

struct ChunkFiles {                        // one chunk's bytes: files[a] belongs to arrays[a]
  std::vector<std::string> files;
};

class Store {
 public:
  // To be filled with the sweep: a new folder, or one that holds the same sweep, perhaps with other measures, which are then
  // added. SpecError if it holds another one; std::runtime_error if it is no store or cannot be written. Several processes
  // may do so at once.
  static Store fill(const std::string& folder, const SweepSpec& spec, const Provenance& by);

  // Deletes what the store in `folder` holds, if there is one. std::runtime_error if it is anything else, or a run is
  // writing to it.
  static void remove(const std::string& folder);

  // What fill() would throw, as far as trying can tell; nothing is left behind.
  static void check(const std::string& folder, const SweepSpec& spec);

  // The same, of a folder whose store is to be deleted first.
  static void check_place(const std::string& folder);

  // To be read.
  static Store open(const std::string& folder);

  Store(Store&&) noexcept;
  ~Store();

  const std::string& folder() const { return folder_; }
  const StoreMetadata& metadata() const { return metadata_; }
  const ChunkGrid& grid() const { return metadata_.grid; }

  // ---- filling
  // The arrays of the sweep that fill() was called for, in the order of ChunkFiles.
  const std::vector<StoreArray>& arrays() const { return wanted_; }

  // Measures that were not in the store before fill(), if it had some already.
  const std::vector<std::string>& added() const { return added_; }

  // Whether the chunk is there with all arrays(), each file as it was written. If not because something is wrong with it,
  // and not just missing, `damage` says what.
  bool done(std::uint64_t chunk, std::string& damage) const;

  // The same as the record says, without a look at the files. Of a store that is open for reading: all its arrays.
  bool recorded(std::uint64_t chunk) const;

  // Keeps others from computing the chunk, until release(); false if another process holds it.
  bool claim(std::uint64_t chunk);
  void release(std::uint64_t chunk);

  // Writes the chunk, which is claimed. Files that are there and whole are left as they are. std::runtime_error.
  void write(std::uint64_t chunk, const ChunkFiles& files);

  // Notes the device in the attributes, and so many seconds more.
  void note_run(const std::string& device, double seconds);

  // ---- reading
  // Whether there is anything of the chunk, whole or not: for those who need not see what was never computed.
  bool begun(std::uint64_t chunk) const;

  // One chunk's sets in grid order, with the store's labels and the columns whose names are given (all if there are none).
  // A column without a whole file is NaN and `missing`; if that is so for all columns, or for the status or the counts,
  // status is not_computed instead. `damage` is told what is wrong.
  using Damaged = std::function<void(const std::string&)>;
  Map read(std::uint64_t chunk, const std::vector<std::string>& columns, const Damaged& damage) const;
  // The same into a map that has the labels already: the values of its axes may be many.
  void read(std::uint64_t chunk, Map& map, const Damaged& damage) const;

 private:
  struct Writing;                          // locks and the folder for temporary files

  Store(std::string folder, StoreMetadata metadata);
  void join();
  void add(const StoreMetadata& here);
  std::string file_name(const StoreArray& array, std::uint64_t chunk) const;
  Record record(std::uint64_t chunk) const;
  std::optional<std::string> file(const Record& record, const StoreArray& array, std::uint64_t chunk, std::string& damage) const;
  std::string path(const std::string& in_store) const { return folder_ + "/" + in_store; }

  std::string folder_;
  StoreMetadata metadata_;
  std::vector<StoreArray> wanted_;
  std::vector<std::string> added_;
  std::vector<std::string> parts_;         // checksums of what makes it this sweep's: parts_of()
  std::unique_ptr<Writing> writing_;       // null: open for reading
};

}  // namespace neurosweep
