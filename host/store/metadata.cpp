#include "host/store/metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "host/output/output_file.hpp"
#include "host/spec/measures.hpp"
#include "host/spec/quantities.hpp"
#include "host/store/checksum.hpp"
#include "host/store/record.hpp"
#include "models/models.hpp"

namespace neurosweep {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

static_assert(std::endian::native == std::endian::little, "a store's numbers are written as they lie in memory");

constexpr std::array<std::string_view, 4> dtypes{"<f4", "<f8", "<u4", "|u1"};   // enum ElementType
constexpr std::array<std::size_t, 4> sizes{4, 8, 4, 1};
constexpr std::string_view coordinates_record = ".neurosweep/coordinates";

std::string dump(const Json& j, int indent = 2) {      // a title need not be UTF-8
  return j.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

// ---- labels to JSON -----------------------------------------------------------------------------------------------------

Json zarray(const std::vector<std::uint64_t>& shape, const std::vector<std::uint64_t>& chunks, std::string_view dtype, const Json& fill) {
  return {{"zarr_format", 2}, {"shape", shape}, {"chunks", chunks}, {"dtype", dtype}, {"compressor", nullptr},
          {"fill_value", fill}, {"order", "C"}, {"filters", nullptr}};
}

std::string cf_unit(const std::string& unit) { return unit.empty() ? "1" : unit; }

// CF separates meanings by blanks.
std::string meaning(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

Json axis_attributes(const MapAxis& axis, const std::string& description) {
  Json a{{"long_name", description}, {"_ARRAY_DIMENSIONS", {axis.name}}};
  if (axis.names.empty()) {
    a["units"] = cf_unit(axis.unit);
    a["scale"] = axis.log ? "log" : "linear";
    return a;
  }
  std::string names;
  for (const std::string& name : axis.names) names += (names.empty() ? "" : " ") + meaning(name);
  std::vector<int> codes(axis.names.size());
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = int(i);
  a["flag_values"] = codes, a["flag_meanings"] = names;
  return a;
}

Json axis_zarray(const MapAxis& axis) {
  const std::vector<std::uint64_t> shape{axis.values.size()};
  return zarray(shape, shape, axis.names.empty() ? "<f8" : "<i4", nullptr);
}

std::string axis_bytes(const MapAxis& axis) {
  std::string bytes;
  auto append = [&](auto value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (std::size_t i = 0; i < axis.values.size(); ++i) {
    if (axis.names.empty()) append(axis.values[i]);
    else append(std::int32_t(i));
  }
  return bytes;
}

Json array_attributes(const StoreMetadata& m, const StoreArray& array) {
  Json dimensions = Json::array();
  for (const MapAxis& axis : m.axes) dimensions.push_back(axis.name);
  Json a{{"long_name", array.description}, {"_ARRAY_DIMENSIONS", dimensions}};
  if (array.name == "status") a["flag_values"] = {0, 1, 2}, a["flag_meanings"] = "ok diverged out_of_domain";
  else a["units"] = cf_unit(array.unit);
  return a;
}

Json array_zarray(const StoreMetadata& m, const StoreArray& array) {
  const Json fill = array.type == ElementType::u1   ? Json(255)
                    : array.type == ElementType::u4 ? Json(4294967295u)
                                                    : Json("NaN");
  return zarray(m.grid.shape, m.grid.chunk, dtypes[std::size_t(array.type)], fill);
}

std::string column_names(const StoreMetadata& m) {
  std::string names;
  for (const StoreArray& a : m.arrays)
    if (is_column(a)) names += (names.empty() ? "" : " ") + a.name;
  return names;
}

Json sweep_attributes(const StoreMetadata& m) {
  Json sweep = Json::object();
  for (const auto& [name, value] : m.identity) sweep[name] = value;
  Json a{{"Conventions", "CF-1.10"}, {"title", m.title}, {"model", m.model}, {"measures", column_names(m)},
         {"neurosweep_version", m.version}, {"neurosweep_commit", m.commit}, {"seed", m.seed}, {"replicates", m.replicates}, {"sweep", sweep}, {"sweep_hash", hash_of(m.identity)},
         {"sweep_file", m.sweep_file}, {"sweep_folder", m.sweep_folder}, {"overrides", m.overrides}, {"device", m.device}, {"created", m.created},
         {"updated", m.updated}, {"compute_seconds", m.compute_seconds}};
  for (const char* key : {"title", "neurosweep_commit", "sweep_file", "sweep_folder", "overrides", "device", "created", "updated"})
    if (a[key] == "") a.erase(key);                   // netCDF has no empty text
  return a;
}

// Every file of the metadata under its path in the store, consolidated's "metadata".
Json all_metadata(const StoreMetadata& m) {
  Json all{{".zgroup", {{"zarr_format", 2}}}, {".zattrs", sweep_attributes(m)}};
  for (std::size_t i = 0; i < m.axes.size(); ++i) {
    all[m.axes[i].name + "/.zarray"] = axis_zarray(m.axes[i]);
    all[m.axes[i].name + "/.zattrs"] = axis_attributes(m.axes[i], m.axis_descriptions[i]);
  }
  for (const StoreArray& a : m.arrays) {
    all[a.name + "/.zarray"] = array_zarray(m, a);
    all[a.name + "/.zattrs"] = array_attributes(m, a);
  }
  return all;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("cannot read \"{}\"", path));
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::string& bytes, const std::string& temporary) {
  std::error_code none;
  if (fs::is_regular_file(path, none) && read_file(path) == bytes) return;
  OutputFile file(path, temporary);
  file.write(bytes);
  file.commit();
}

void write_consolidated(const Json& all, const std::string& folder, const std::string& temporary) {
  write_file(folder + "/.zmetadata", dump({{"zarr_consolidated_format", 1}, {"metadata", all}}), temporary);
}

// ---- and back -----------------------------------------------------------------------------------------------------------

std::string from_cf(const Json& attributes) {
  const std::string unit = attributes.value("units", "1");
  return unit == "1" ? "" : unit;
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

MapAxis read_axis(const std::string& name, const Json& attributes) {
  MapAxis axis{name, from_cf(attributes), attributes.value("scale", "") == "log", {}};
  axis.names = words(attributes.value("flag_meanings", ""));
  return axis;
}

std::vector<double> read_values(const std::string& folder, const Record& record, const MapAxis& axis, std::uint64_t n) {
  const bool coded = !axis.names.empty();
  const auto sum = record.sums.find(axis.name + "/0");
  if (sum == record.sums.end()) throw std::runtime_error(fmt::format("{}/{} does not know {}/0", folder, coordinates_record, axis.name));
  std::string damage;
  const auto bytes = read_checked(folder, axis.name + "/0", n * (coded ? sizeof(std::int32_t) : sizeof(double)), sum->second, damage);
  if (!bytes) throw std::runtime_error(damage);
  std::vector<double> values(n);
  if (!coded) std::copy_n(bytes->data(), bytes->size(), reinterpret_cast<char*>(values.data()));
  else for (std::uint64_t i = 0; i < n; ++i) values[i] = double(i);
  return values;
}

StoreArray read_array(const std::string& name, const Json& zarr, const Json& attributes) {
  const auto type = std::find(dtypes.begin(), dtypes.end(), zarr.at("dtype").get<std::string>());
  if (type == dtypes.end()) throw std::runtime_error(fmt::format("{} has the type {}", name, zarr.at("dtype").dump()));
  return {name, from_cf(attributes), attributes.value("long_name", ""), ElementType(type - dtypes.begin())};
}

void read_attributes(const Json& a, StoreMetadata& m) {
  m.title = a.value("title", ""), m.model = a.at("model"), m.version = a.value("neurosweep_version", ""), m.commit = a.value("neurosweep_commit", "");
  m.seed = a.at("seed"), m.replicates = a.at("replicates");
  for (const auto& [name, value] : a.at("sweep").items()) m.identity.emplace_back(name, value.get<std::string>());
  m.sweep_file = a.value("sweep_file", ""), m.sweep_folder = a.value("sweep_folder", ""), m.overrides = a.value("overrides", "");
  m.device = a.value("device", ""), m.created = a.value("created", ""), m.updated = a.value("updated", "");
  m.compute_seconds = a.value("compute_seconds", 0.0);
  if (a.at("sweep_hash") != hash_of(m.identity)) throw std::runtime_error("its attributes were changed: \"sweep_hash\" does not fit \"sweep\"");
}

// By name, since other programs that consolidate a store's metadata sort them, and may have added arrays of their own.
void read_arrays(const Json& all, StoreMetadata& m) {
  std::vector<std::string> names = words(all.at(".zattrs").at("measures"));
  if (m.replicates > 1) names.push_back("n_failed");
  names.push_back("status");
  for (const std::string& name : names) {
    const Json &zarr = all.at(name + "/.zarray"), &attributes = all.at(name + "/.zattrs");
    m.arrays.push_back(read_array(name, zarr, attributes));
    const ChunkGrid grid{zarr.at("shape"), zarr.at("chunks")};
    if (m.arrays.size() > 1 && (grid.shape != m.grid.shape || grid.chunk != m.grid.chunk))
      throw std::runtime_error("its arrays do not fit each other");
    m.grid = grid;
  }
}

void read_axes(const Json& all, StoreMetadata& m) {
  std::vector<std::uint64_t> shape;
  for (const std::string name : all.at("status/.zattrs").at("_ARRAY_DIMENSIONS")) {
    const Json& attributes = all.at(name + "/.zattrs");
    m.axes.push_back(read_axis(name, attributes));
    m.axis_descriptions.push_back(attributes.value("long_name", ""));
    shape.push_back(all.at(name + "/.zarray").at("shape").at(0));
    if (const std::size_t names = m.axes.back().names.size(); names != 0 && names != shape.back())
      throw std::runtime_error(fmt::format("{} has {} values and {} names", name, shape.back(), names));
  }
  if (shape != m.grid.shape || !m.grid.sound()) throw std::runtime_error("its arrays do not fit its axes");
}

StoreMetadata labels(const std::string& folder) {
  const Json document = Json::parse(read_file(folder + "/.zmetadata"), nullptr, false);
  if (!document.is_object()) throw std::runtime_error("its file .zmetadata is not what was written; --overwrite deletes the results");
  const Json& all = document.at("metadata");
  StoreMetadata m;
  read_attributes(all.at(".zattrs"), m);
  read_arrays(all, m);
  read_axes(all, m);
  return m;
}

StoreMetadata labels_and_values(const std::string& folder) {
  StoreMetadata m = labels(folder);
  const Record record = read_record(folder + "/" + std::string(coordinates_record));
  for (std::size_t a = 0; a < m.axes.size(); ++a) m.axes[a].values = read_values(folder, record, m.axes[a], m.grid.shape[a]);
  return m;
}

StoreMetadata read(const std::string& folder, StoreMetadata (*how)(const std::string&)) try {
  return how(folder);
} catch (const std::exception& e) {
  throw std::runtime_error(fmt::format("\"{}\" is no store that this program can read: {}", folder, e.what()));
}

}  // namespace

bool is_column(const StoreArray& array) { return array.type == ElementType::f4 || array.type == ElementType::f8; }

std::size_t size_of(ElementType type) { return sizes[std::size_t(type)]; }

bool StoreMetadata::has(const std::string& array) const {
  return std::any_of(arrays.begin(), arrays.end(), [&](const StoreArray& a) { return a.name == array; });
}

StoreMetadata metadata_of(const SweepSpec& spec) {
  const Problem& p = spec.problem;
  const std::vector<Quantity>& all = spec.quantities;
  const ElementType type = p.precision == Precision::single_ ? ElementType::f4 : ElementType::f8;
  StoreMetadata m;
  m.title = spec.title, m.model = spec.model, m.sweep_folder = spec.folder, m.seed = p.seed, m.replicates = p.replicates;
  m.grid = chunks_of(p), m.identity = identity_of(spec);
  for (const AxisLabel& a : spec.axes) {
    m.axes.push_back({a.name, a.unit, a.log, a.values, a.names});
    const int quantity = find_quantity(all, a.name);
    m.axis_descriptions.push_back(quantity < 0 ? a.name : all[std::size_t(quantity)].description);
  }
  for (const auto& [name, unit, description] : spec.columns) {
    m.arrays.push_back({name, unit, description, type});
    if (p.replicates > 1) m.arrays.push_back({name + "_sd", unit, "SD over replicates (n - 1): " + description, type});
  }
  if (p.replicates > 1) m.arrays.push_back({"n_failed", "", "replicates that diverged", ElementType::u4});
  m.arrays.push_back({"status", "", "what became of the set", ElementType::u1});
  return m;
}

Map empty_map(const StoreMetadata& m, const std::vector<std::string>& columns) {
  Map map;
  map.title = m.title, map.model = m.model, map.axes = m.axes;
  for (const StoreArray& a : m.arrays)
    if (is_column(a)) map.single = a.type == ElementType::f4, map.columns.push_back({a.name, a.unit, {}});
  if (columns.empty()) return map;
  std::vector<MapColumn> chosen;
  for (const std::string& name : columns)
    for (const MapColumn& column : map.columns)
      if (column.name == name) chosen.push_back(column);
  map.columns = std::move(chosen);
  return map;
}

void write_metadata(const StoreMetadata& m, const std::string& folder, const std::string& temporary) {
  const Json all = all_metadata(m);
  for (const auto& [path, content] : all.items()) {
    const fs::path target = fs::path(folder) / path;
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (error) throw std::runtime_error(fmt::format("cannot make the folder \"{}\": {}", target.parent_path().string(), error.message()));
    write_file(target.string(), dump(content), temporary);
  }
  Record record;
  for (const MapAxis& axis : m.axes) {
    const std::string name = axis.name + "/0", bytes = axis_bytes(axis);
    write_file(folder + "/" + name, bytes, temporary);
    record.sums[name] = checksum(bytes);
  }
  write_file(folder + "/" + std::string(coordinates_record), record.text(), temporary);
  const std::vector<std::string> parts = parts_of(m.identity);
  for (std::size_t i = 0; i < parts.size(); ++i) write_file(folder + "/" + std::string(part_names[i]), parts[i], temporary);
  write_consolidated(all, folder, temporary);
}

void write_attributes(const StoreMetadata& m, const std::string& folder, const std::string& temporary) {
  const Json all = all_metadata(m);
  write_file(folder + "/.zattrs", dump(all.at(".zattrs")), temporary);
  write_consolidated(all, folder, temporary);
}

StoreMetadata read_labels(const std::string& folder) { return read(folder, labels); }
StoreMetadata read_metadata(const std::string& folder) { return read(folder, labels_and_values); }

bool looks_like_store(const std::string& folder) {
  std::error_code none;
  return fs::is_directory(folder + "/.neurosweep", none);
}

}  // namespace neurosweep
