// What a store says about itself: Zarr v2's JSON files, from labels and back.
//
//   .zgroup .zattrs .zmetadata    the whole: the sweep, where and when it ran; all metadata once more in one file
//   AXIS/        f8 [values]      one coordinate for each axis, in one piece; i4 codes 0, 1, 2, ... where values have names
//   MEASURE/     f4 or f8 [axes]  fill NaN
//   n_failed/    u4 [axes]        with replicates only
//   status/      u1 [axes]        fill 255 = not computed
//   .neurosweep/coordinates       the checksums of the coordinates' values
//   .neurosweep/sweep, ...        parts_of(): their checksums stand in the record of each chunk, so that none is another sweep's
//
// Zarr v2 as of https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html, consolidated as zarr-python 2 does it, names and
// units by CF 1.10. No compression, no lists of strings, no nulls but where Zarr wants them: netCDF 4.9 reads the rest.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/api/neurosweep.hpp"
#include "host/store/chunk_grid.hpp"
#include "host/store/identity.hpp"

namespace neurosweep {

enum class ElementType { f4, f8, u4, u1 };
std::size_t size_of(ElementType type);               // bytes

struct StoreArray {                                  // one that has a value for each set
  std::string name, unit, description;
  ElementType type;
};

bool is_column(const StoreArray& array);             // of the map: a measure or its SD, not a count or the status

struct StoreMetadata {
  std::string title, model, version, commit;         // of the model and of this program; commit may be ""
  std::vector<MapAxis> axes;
  std::vector<std::string> axis_descriptions;        // [axis]
  std::vector<StoreArray> arrays;                    // columns of the map in order, then n_failed (with replicates), then status
  ChunkGrid grid;
  Identity identity;
  std::uint64_t seed = 0;
  std::uint32_t replicates = 1;
  std::string sweep_file, overrides;                 // the sweep file's text, and the flags that changed it
  std::string sweep_folder;                          // where the paths in it begin; "" if it has none
  std::string device, created, updated;              // devices that computed so far; times in UTC, ISO 8601
  double compute_seconds = 0;                        // of all runs together

  bool has(const std::string& array) const;
};

// Of a sweep that nothing has been computed of. `spec` gives all but version, text and times.
StoreMetadata metadata_of(const SweepSpec& spec);

// A map with the store's labels and no sets: what readers fill. `columns`: names, in this order; none = all.
Map empty_map(const StoreMetadata& m, const std::vector<std::string>& columns = {});

// Writes all metadata and the coordinates' values into `folder`, .zmetadata last of all; array folders are made. A file
// that has these bytes already is left as it is. Temporary files lie in `temporary`. std::runtime_error with path and reason.
void write_metadata(const StoreMetadata& m, const std::string& folder, const std::string& temporary);

// Writes the attributes anew, in .zattrs and .zmetadata: what changes when arrays are added or a run ends.
void write_attributes(const StoreMetadata& m, const std::string& folder, const std::string& temporary);

// std::runtime_error where `folder` holds no store of this program, or one that was damaged.
StoreMetadata read_metadata(const std::string& folder);

// All but the coordinates' values, which may be damaged: for whoever knows them.
StoreMetadata read_labels(const std::string& folder);

// Whether there is anything that calls itself a store of this program, damaged or not.
bool looks_like_store(const std::string& folder);

}  // namespace neurosweep
