#include "host/store/store.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "host/output/output_file.hpp"
#include "host/store/checksum.hpp"
#include "host/store/range_lock.hpp"
#include "host/store/record.hpp"

namespace neurosweep {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view own = "/.neurosweep";       // what is not Zarr's: records, locks, temporary files
// What the bytes of the lock file stand for.
constexpr std::uint64_t lock_metadata = 0, lock_presence = 1, lock_chunk = 2;

std::string temporary_of(const std::string& folder) { return folder + std::string(own) + "/tmp"; }
std::string lock_of(const std::string& folder) { return folder + std::string(own) + "/lock"; }
std::string record_name(const std::string& key) { return std::string(own.substr(1)) + "/chunks/" + key; }

std::string now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

[[noreturn]] void cannot(const std::string& what, const std::string& path, const std::error_code& why) {
  throw std::runtime_error(fmt::format("cannot {} \"{}\": {}", what, path, why.message()));
}

void make_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) cannot("make the folder", path.string(), error);
}

bool is_empty_or_missing(const std::string& folder) {
  std::error_code none;
  return !fs::exists(folder, none) || (fs::is_directory(folder, none) && fs::is_empty(folder, none));
}

// Metadata are complete once .zmetadata is there: it is written last.
bool is_made(const std::string& folder) {
  std::error_code none;
  return fs::exists(folder + "/.zmetadata", none);
}

std::vector<fs::path> entries(const std::string& folder) {      // what cannot be read has none
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) found.push_back(at->path());
  return found;
}

void delete_all(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) cannot("delete", path.string(), error);
}

// A store without results; what does not belong to it stays. So does the lock file, since others may be waiting for it. Whoever
// is killed meanwhile leaves a store that lacks chunks, or one that was never made.
void clear(const std::string& folder) {
  for (const fs::path& path : entries(folder + std::string(own)))
    if (path.filename() != "lock") delete_all(path);
  for (const char* name : {".zmetadata", ".zattrs", ".zgroup"}) delete_all(fs::path(folder) / name);
  for (const fs::path& path : entries(folder))
    if (fs::exists(path / ".zarray")) delete_all(path);
}

void refuse_other(const std::string& folder, const StoreMetadata& there, const StoreMetadata& here) {
  const std::string difference = first_difference(there.identity, here.identity);
  if (!difference.empty())
    throw SpecError(fmt::format("{} holds another sweep: {}. --out DIR keeps both; --overwrite deletes what is there", folder, difference));
}

void refuse_foreign(const std::string& folder) {
  if (!is_empty_or_missing(folder) && !looks_like_store(folder))
    throw std::runtime_error(fmt::format("\"{}\" is there already and no store of neurosweep; --out DIR names another place", folder));
}

// A store that was never made has no results: its first run was killed. One that has some has lost its metadata.
void refuse_headless(const std::string& folder) {
  if (!is_made(folder) && !is_empty_or_missing(folder + std::string(own) + "/chunks"))
    throw std::runtime_error(fmt::format("\"{}\" has results, but its file .zmetadata is gone; --overwrite deletes them", folder));
}

// This machine, or container: where a process's number means something.
std::string host_name() {
  char name[256] = "unknown";
  (void)gethostname(name, sizeof name - 1);
  struct stat numbers {};
  (void)stat("/proc/self/ns/pid", &numbers);
  return fmt::format("{}-{}", name, numbers.st_ino);
}

std::vector<std::string> checksums_of_parts(const Identity& identity) {
  std::vector<std::string> parts = parts_of(identity);
  for (std::string& part : parts) part = checksum(part);
  return parts;
}

bool is_part(const std::string& name) { return std::find(part_names.begin(), part_names.end(), name) != part_names.end(); }

std::string array_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

bool is_dead(int process) { return process > 0 && kill(process, 0) != 0 && errno == ESRCH; }

// A folder beside a store's, in which this process makes it; and what killed processes of this machine left there.
class Draft {
 public:
  explicit Draft(const std::string& folder) {
    std::error_code none;
    const fs::path path = fs::absolute(folder, none).lexically_normal();
    constexpr std::size_t most = 64;                         // the store's own name may be as long as a name can be
    parent_ = path.parent_path(), prefix_ = "." + path.filename().string().substr(0, most) + "-" + host_name() + "-";
    static std::atomic<int> counter{0};
    path_ = (parent_ / fmt::format("{}{}-{}", prefix_, getpid(), counter++)).string();
    make_folders(parent_);
    clear();
  }
  ~Draft() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  const std::string& path() const { return path_; }

 private:
  void clear() const {
    std::error_code none;
    for (const fs::path& path : entries(parent_.string())) {
      const std::string name = path.filename().string();
      if (name.starts_with(prefix_) && is_dead(std::atoi(name.c_str() + prefix_.size()))) fs::remove_all(path, none);
    }
  }
  fs::path parent_;
  std::string prefix_, path_;
};

// So that a power cut does not take back what was renamed.
void sync_folder(const std::string& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  (void)fsync(file);
  close(file);
}

// Whole or not at all, without a lock: a hundred shards begin at once, on file systems that lock within one machine only.
// Whoever comes second finds the first one's.
void create(const std::string& folder, const StoreMetadata& m) {
  const Draft draft(folder);
  make_folders(draft.path() + std::string(own) + "/chunks"), make_folders(temporary_of(draft.path()));
  write_metadata(m, draft.path(), temporary_of(draft.path()));
  sync_folder(draft.path());
  if (rename(draft.path().c_str(), folder.c_str()) != 0 && errno != EEXIST && errno != ENOTEMPTY)
    cannot("write", folder, {errno, std::generic_category()});
  sync_folder(fs::absolute(folder).parent_path().string());
}

// The folder, or the closest one above it that exists.
fs::path existing(const fs::path& folder) {
  std::error_code none;
  fs::path at = fs::absolute(folder, none).lexically_normal();
  while (!fs::exists(at, none) && at.has_relative_path()) at = at.parent_path();
  return at;
}

// Whether files can be made in `in`, for `folder`. Only trying tells: read-only disks, root, access lists. A file without a name
// leaves nothing behind, whenever this process is killed.
void check_folder(const std::string& in, const std::string& folder) {
  const int file = open(in.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (file >= 0) {
    close(file);
    return;
  }
  const bool known_here = errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT;
  const std::string attempt = fmt::format("{}/.neurosweep-{}-{}", in, host_name(), getpid());
  if (known_here || mkdir(attempt.c_str(), 0777) != 0) cannot("write", folder, {errno, std::generic_category()});
  rmdir(attempt.c_str());
}

}  // namespace

struct Store::Writing {
  explicit Writing(const std::string& folder) : lock(lock_of(folder)), temporary(temporary_of(folder) + "/" + host_name()) {
    tidy();
    while (!lock.share(lock_presence)) usleep(10'000);       // somebody is deleting just now
  }
  ~Writing() { tidy(); }

  // What killed processes of this machine left behind: their files carry their numbers.
  void tidy() const {
    std::error_code none;
    for (const fs::path& path : entries(temporary))
      if (is_dead(OutputFile::process_of(path.filename().string()))) fs::remove(path, none);
  }

  RangeLock lock;
  const std::string temporary;

  // While this lives no other process changes the metadata.
  class Metadata {
   public:
    explicit Metadata(Writing& w) : lock_(w.lock) { lock_.exclusive(lock_metadata); }
    ~Metadata() { lock_.release(lock_metadata); }
    Metadata(const Metadata&) = delete;
    Metadata& operator=(const Metadata&) = delete;

   private:
    RangeLock& lock_;
  };
};

Store::Store(std::string folder, StoreMetadata metadata)
    : folder_(std::move(folder)), metadata_(std::move(metadata)), parts_(checksums_of_parts(metadata_.identity)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

void Store::check(const std::string& folder, const SweepSpec& spec) {
  check_place(folder);
  if (is_made(folder)) refuse_other(folder, read_labels(folder), metadata_of(spec));
}

void Store::check_place(const std::string& folder) {
  refuse_foreign(folder);
  refuse_headless(folder);
  if (looks_like_store(folder)) RangeLock trying(lock_of(folder));
  else check_folder(existing(folder).string(), folder);
}

Store Store::fill(const std::string& folder, const SweepSpec& spec, const Provenance& by) {
  refuse_foreign(folder);
  StoreMetadata here = metadata_of(spec);
  here.version = by.version, here.commit = by.commit, here.sweep_file = by.sweep_file, here.overrides = by.overrides;
  here.created = here.updated = now();
  std::error_code none;
  if (!fs::exists(folder, none)) create(folder, here);
  make_folders(folder + std::string(own));                      // in an empty folder that is there already
  Store store(folder, std::move(here));
  store.wanted_ = store.metadata_.arrays;
  store.writing_ = std::make_unique<Writing>(folder);
  const Writing::Metadata held(*store.writing_);
  store.join();
  return store;
}

// Makes the store, or becomes part of the one that is there. Its metadata are what this program would write: what was
// damaged or deleted is put right.
void Store::join() {
  refuse_headless(folder_);
  if (is_made(folder_)) {
    const StoreMetadata here = std::exchange(metadata_, read_labels(folder_));
    refuse_other(folder_, metadata_, here);
    if (metadata_.grid.shape != here.grid.shape || metadata_.grid.chunk != here.grid.chunk)
      throw std::runtime_error(fmt::format("\"{}\": the arrays do not have the shape of the sweep; --overwrite deletes them", folder_));
    metadata_.axes = here.axes, metadata_.title = here.title;
    if (here.identity.size() >= metadata_.identity.size())     // it also says what the measures depend on that are there already
      metadata_.sweep_file = here.sweep_file, metadata_.overrides = here.overrides;
    add(here);
  } else {
    clear(folder_);                                            // a killed process may have begun to make another sweep's
  }
  make_folders(folder_ + std::string(own) + "/chunks"), make_folders(writing_->temporary);
  write_metadata(metadata_, folder_, writing_->temporary);
}

// Arrays of measures that the store was not made for, and the keys of the sweep that belong to them.
void Store::add(const StoreMetadata& here) {
  for (const StoreArray& array : here.arrays) {
    if (metadata_.has(array.name)) continue;
    const auto counts = std::find_if_not(metadata_.arrays.begin(), metadata_.arrays.end(), is_column);
    metadata_.arrays.insert(counts, array);
    added_.push_back(array.name);
  }
  metadata_.identity = merged(metadata_.identity, here.identity);
  parts_ = checksums_of_parts(metadata_.identity);
}

void Store::remove(const std::string& folder) {
  refuse_foreign(folder);
  if (!looks_like_store(folder)) return;
  RangeLock lock(lock_of(folder));
  if (!lock.try_exclusive(lock_presence))
    throw std::runtime_error(fmt::format("\"{}\" is not deleted: another run is writing to it", folder));
  clear(folder);
}

Store Store::open(const std::string& folder) {
  std::error_code none;
  if (!fs::exists(folder, none)) throw std::runtime_error(fmt::format("cannot read \"{}\": there is no such store", folder));
  return Store(folder, read_metadata(folder));
}

// ---- chunks -------------------------------------------------------------------------------------------------------------

std::string Store::file_name(const StoreArray& array, std::uint64_t chunk) const { return array.name + "/" + grid().key(chunk); }

// Without files of another chunk or another sweep: of a run that went on when its store was deleted and another one made.
// Parts that this process knows nothing of are those of measures that another one added.
Record Store::record(std::uint64_t chunk) const {
  const std::string key = grid().key(chunk);
  Record known = read_record(path(record_name(key)));
  const auto same = [&](std::size_t part) {
    const auto line = known.sums.find(std::string(part_names[part]));
    return line != known.sums.end() && (part >= parts_.size() || line->second == parts_[part]);
  };
  std::size_t parts = 0;
  while (parts < part_names.size() && same(parts)) ++parts;
  const auto foreign = [&](const auto& file) {
    const std::size_t needed = parts_needed(array_of(file.first));
    return !is_part(file.first) && (!file.first.ends_with("/" + key) || needed == 0 || needed > parts);
  };
  known.damaged |= std::erase_if(known.sums, foreign) > 0;
  return known;
}

bool Store::begun(std::uint64_t chunk) const {
  const Record known = record(chunk);
  return known.damaged || std::any_of(known.sums.begin(), known.sums.end(), [](const auto& file) { return !is_part(file.first); });
}

// The bytes of an array's chunk if they are what the record says; otherwise `damage` says what is wrong with them, unless
// they were never written.
std::optional<std::string> Store::file(const Record& record, const StoreArray& array, std::uint64_t chunk, std::string& damage) const {
  const std::string name = file_name(array, chunk);
  const auto sum = record.sums.find(name);
  if (sum != record.sums.end()) return read_checked(folder_, name, grid().elements() * size_of(array.type), sum->second, damage);
  if (record.damaged) damage = fmt::format("{} is not what was written", path(record_name(grid().key(chunk))));
  return {};
}

bool Store::done(std::uint64_t chunk, std::string& damage) const {
  damage.clear();
  const Record known = record(chunk);
  return std::all_of(wanted_.begin(), wanted_.end(), [&](const StoreArray& a) { return file(known, a, chunk, damage).has_value(); });
}

bool Store::recorded(std::uint64_t chunk) const {
  const Record known = record(chunk);
  const std::vector<StoreArray>& arrays = writing_ ? wanted_ : metadata_.arrays;
  return std::all_of(arrays.begin(), arrays.end(), [&](const StoreArray& a) { return known.sums.contains(file_name(a, chunk)); });
}

bool Store::claim(std::uint64_t chunk) { return writing_->lock.try_exclusive(lock_chunk + chunk); }
void Store::release(std::uint64_t chunk) { writing_->lock.release(lock_chunk + chunk); }

void Store::write(std::uint64_t chunk, const ChunkFiles& files) {
  const auto put = [&](const std::string& name, const std::string& bytes) {
    OutputFile out(path(name), writing_->temporary);
    out.write(bytes);
    out.commit();
  };
  Record record = this->record(chunk);                         // keeps measures that are not this run's
  for (std::size_t a = 0; a < wanted_.size(); ++a) {
    std::string ignored;
    const std::string name = file_name(wanted_[a], chunk);
    if (file(record, wanted_[a], chunk, ignored)) continue;
    put(name, files.files[a]);
    record.sums[name] = checksum(files.files[a]);
  }
  for (std::size_t part = 0; part < parts_.size(); ++part) record.sums[std::string(part_names[part])] = parts_[part];
  put(record_name(grid().key(chunk)), record.text());
}

void Store::note_run(const std::string& device, double seconds) {
  const Writing::Metadata held(*writing_);
  StoreMetadata there = read_labels(folder_);
  const bool has_all = std::all_of(wanted_.begin(), wanted_.end(), [&](const StoreArray& array) { return there.has(array.name); });
  if (!has_all || !first_difference(there.identity, metadata_.identity).empty())
    throw std::runtime_error(fmt::format("\"{}\" is another sweep's by now: somebody deleted it while this run was writing", folder_));
  there.axes = metadata_.axes;
  const std::string known = "; " + there.device + "; ";
  if (known.find("; " + device + "; ") == std::string::npos) there.device += (there.device.empty() ? "" : "; ") + device;
  there.updated = now(), there.compute_seconds += seconds;
  write_attributes(there, folder_, writing_->temporary);
  metadata_ = std::move(there);
  parts_ = checksums_of_parts(metadata_.identity);
}

// ---- reading ------------------------------------------------------------------------------------------------------------

namespace {

template <class E>
std::vector<double> numbers(const std::string& bytes, std::uint64_t count) {
  std::vector<E> raw(count);
  std::memcpy(raw.data(), bytes.data(), count * sizeof(E));
  return {raw.begin(), raw.end()};
}

}  // namespace

Map Store::read(std::uint64_t chunk, const std::vector<std::string>& columns, const Damaged& damage) const {
  Map map = empty_map(metadata_, columns);
  read(chunk, map, damage);
  return map;
}

void Store::read(std::uint64_t chunk, Map& map, const Damaged& damage) const {
  const std::uint64_t sets = grid().tile(chunk).count;
  const Record known = record(chunk);
  const auto bytes_of = [&](const StoreArray& array) {
    std::string wrong;
    auto bytes = file(known, array, chunk, wrong);
    if (!wrong.empty()) damage(wrong);
    return bytes;
  };
  map.status.assign(sets, not_computed);
  if (metadata_.replicates > 1) map.failed.assign(sets, 0);
  bool counted = true, any = false;                    // status and counts are there; one of the columns is
  for (const StoreArray& array : metadata_.arrays) {
    if (is_column(array)) continue;
    const auto bytes = bytes_of(array);
    counted = counted && bytes;
    if (bytes && array.type == ElementType::u4) std::memcpy(map.failed.data(), bytes->data(), sets * sizeof(std::uint32_t));
    if (bytes && array.type == ElementType::u1) std::memcpy(map.status.data(), bytes->data(), sets);
  }
  for (MapColumn& column : map.columns) {
    const auto array = std::find_if(metadata_.arrays.begin(), metadata_.arrays.end(), [&](const StoreArray& a) { return a.name == column.name; });
    const auto bytes = counted ? bytes_of(*array) : std::nullopt;
    any = any || bytes;
    column.missing.assign(bytes ? 0 : sets, 1);
    if (!bytes) column.values.assign(sets, std::nan(""));
    else column.values = array->type == ElementType::f4 ? numbers<float>(*bytes, sets) : numbers<double>(*bytes, sets);
  }
  if (any || (counted && map.columns.empty())) return;
  for (MapColumn& column : map.columns) column.missing.clear();       // which the status says
  map.status.assign(sets, not_computed), map.failed.assign(map.failed.size(), 0);
}

}  // namespace neurosweep
