#include "host/store/store.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "host/output/output_file.hpp"
#include "host/store/checksum.hpp"
#include "host/store/range_lock.hpp"

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

// A name beside `folder` that nobody else uses.
std::string name_beside(const std::string& folder) {
  static int counter = 0;
  const fs::path path = fs::path(folder).lexically_normal();
  const fs::path leaf = path.has_filename() ? path.filename() : path.parent_path().filename();
  const fs::path parent = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  return ((parent.empty() ? fs::path(".") : parent) / fmt::format(".{}-{}-{}.tmp", leaf.string(), getpid(), counter++)).string();
}

// Whole or not at all: made under another name and renamed. Whoever comes second finds the first one's.
void create(const std::string& folder, const StoreMetadata& m) {
  if (const fs::path parent = fs::path(folder).parent_path(); !parent.empty()) make_folders(parent);
  const std::string draft = name_beside(folder);
  try {
    make_folders(draft + std::string(own) + "/chunks"), make_folders(temporary_of(draft));
    write_metadata(m, draft, temporary_of(draft));
    if (rename(draft.c_str(), folder.c_str()) != 0) {
      const int error = errno;
      if (error != EEXIST && error != ENOTEMPTY) cannot("write", folder, {error, std::generic_category()});
      fs::remove_all(draft);
    }
  } catch (...) {
    std::error_code none;
    fs::remove_all(draft, none);
    throw;
  }
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

// The closest folder above that exists.
fs::path existing_parent(const fs::path& folder) {
  std::error_code none;
  fs::path at = fs::absolute(folder, none).lexically_normal();
  while (!fs::exists(at, none) && at.has_relative_path()) at = at.parent_path();
  return at;
}

}  // namespace

struct Store::Writing {
  explicit Writing(const std::string& folder) : lock(lock_of(folder)), temporary(temporary_of(folder)) {}
  RangeLock lock;
  const std::string temporary;

  // Whoever is alone may clear away what killed processes left behind.
  void enter() {
    if (lock.try_exclusive(lock_presence)) {
      std::error_code none;
      for (const auto& entry : fs::directory_iterator(temporary, none)) fs::remove(entry.path(), none);
    }
    while (!lock.share(lock_presence)) usleep(10'000);       // somebody is clearing just now
  }
};

Store::Store(std::string folder, StoreMetadata metadata) : folder_(std::move(folder)), metadata_(std::move(metadata)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

void Store::check(const std::string& folder, const SweepSpec& spec) {
  check_place(folder);
  if (looks_like_store(folder)) refuse_other(folder, read_metadata(folder), metadata_of(spec));
}

// Only trying tells: read-only disks, root, access lists.
void Store::check_place(const std::string& folder) {
  refuse_foreign(folder);
  if (looks_like_store(folder)) return check_writable(lock_of(folder));
  const std::string attempt = name_beside((existing_parent(folder) / "neurosweep").string());
  if (mkdir(attempt.c_str(), 0777) != 0) cannot("write", folder, {errno, std::generic_category()});
  rmdir(attempt.c_str());
}

Store Store::fill(const std::string& folder, const SweepSpec& spec, const Provenance& by) {
  refuse_foreign(folder);
  if (!looks_like_store(folder)) {
    StoreMetadata m = metadata_of(spec);
    m.version = by.version, m.commit = by.commit, m.sweep_file = by.sweep_file, m.overrides = by.overrides;
    m.created = m.updated = now();
    create(folder, m);
  }
  Store store(folder, read_metadata(folder));
  const StoreMetadata here = metadata_of(spec);
  refuse_other(folder, store.metadata_, here);
  make_folders(temporary_of(folder));                          // a copy may have lost an empty folder
  store.writing_ = std::make_unique<Writing>(folder);
  store.writing_->enter();
  store.wanted_ = here.arrays;
  store.add_missing_arrays(spec);
  return store;
}

// Arrays of measures that the store was not made for, and the keys of the sweep that belong to them.
void Store::add_missing_arrays(const SweepSpec& spec) {
  const StoreMetadata here = metadata_of(spec);
  writing_->lock.exclusive(lock_metadata);
  metadata_ = read_metadata(folder_);                          // another process may have been faster
  bool added = false;
  for (const StoreArray& array : here.arrays) {
    if (metadata_.has(array.name)) continue;
    const auto counts = std::find_if(metadata_.arrays.begin(), metadata_.arrays.end(),
                                     [](const StoreArray& a) { return a.name == "n_failed" || a.name == "status"; });
    metadata_.arrays.insert(counts, array);
    added = true;
  }
  if (added) {
    metadata_.identity = merged(metadata_.identity, here.identity);
    write_metadata(metadata_, folder_, writing_->temporary);
  }
  writing_->lock.release(lock_metadata);
}

void Store::remove(const std::string& folder) {
  refuse_foreign(folder);
  if (!looks_like_store(folder)) return;
  const std::string doomed = name_beside(folder);
  {
    RangeLock lock(lock_of(folder));
    if (!lock.try_exclusive(lock_presence))
      throw std::runtime_error(fmt::format("\"{}\" is not deleted: another run is writing to it", folder));
    if (rename(folder.c_str(), doomed.c_str()) != 0) cannot("delete", folder, {errno, std::generic_category()});
  }
  std::error_code error;
  fs::remove_all(doomed, error);
  if (error) cannot("delete", doomed, error);
}

Store Store::open(const std::string& folder) {
  std::error_code none;
  if (!fs::exists(folder, none)) throw std::runtime_error(fmt::format("cannot read \"{}\": there is no such store", folder));
  return Store(folder, read_metadata(folder));
}

// ---- chunks -------------------------------------------------------------------------------------------------------------

// Lines as xxh128sum writes them: checksum, two blanks, path. What is not such a line is nothing.
Store::Record Store::record(std::uint64_t chunk) const {
  Record found;
  std::ifstream in(path(record_name(grid().key(chunk))));
  for (std::string line; std::getline(in, line);)
    if (line.size() > 34 && line.compare(32, 2, "  ") == 0) found.emplace_back(line.substr(34), line.substr(0, 32));
  return found;
}

// The bytes of an array's chunk if they are what the record says; otherwise `damage` says what is wrong with them, unless
// they were never written.
std::optional<std::string> Store::file(const Record& record, const StoreArray& array, std::uint64_t chunk, std::string& damage) const {
  const std::string name = array.name + "/" + grid().key(chunk);
  const auto entry = std::find_if(record.begin(), record.end(), [&](const auto& e) { return e.first == name; });
  if (entry == record.end()) return {};
  const std::uint64_t size = grid().elements() * size_of(array.type);
  std::ifstream in(path(name), std::ios::binary);
  if (!in) return damage = fmt::format("{} is gone", path(name)), std::nullopt;
  std::string bytes(size, '\0');
  in.read(bytes.data(), std::streamsize(size));
  if (std::uint64_t(in.gcount()) != size || in.peek() != std::ifstream::traits_type::eof())
    return damage = fmt::format("{} does not have the {} bytes that it had", path(name), size), std::nullopt;
  if (checksum(bytes) != entry->second) return damage = fmt::format("{} is not what was written", path(name)), std::nullopt;
  return bytes;
}

bool Store::done(std::uint64_t chunk, std::string& damage) const {
  damage.clear();
  const Record known = record(chunk);
  return !known.empty() &&
         std::all_of(wanted_.begin(), wanted_.end(), [&](const StoreArray& a) { return file(known, a, chunk, damage).has_value(); });
}

bool Store::recorded(std::uint64_t chunk) const {
  const Record known = record(chunk);
  const auto in_record = [&](const StoreArray& a) {
    const std::string name = a.name + "/" + grid().key(chunk);
    return std::any_of(known.begin(), known.end(), [&](const auto& e) { return e.first == name; });
  };
  const std::vector<StoreArray>& arrays = writing_ ? wanted_ : metadata_.arrays;
  return std::all_of(arrays.begin(), arrays.end(), in_record);
}

bool Store::claim(std::uint64_t chunk) { return writing_->lock.try_exclusive(lock_chunk + chunk); }
void Store::release(std::uint64_t chunk) { writing_->lock.release(lock_chunk + chunk); }

void Store::write(std::uint64_t chunk, const ChunkFiles& files) {
  const std::string key = grid().key(chunk);
  const auto put = [&](const std::string& name, const std::string& bytes) {
    OutputFile out(path(name), writing_->temporary);
    out.write(bytes);
    out.commit();
  };
  Record known = record(chunk);
  for (std::size_t a = 0; a < wanted_.size(); ++a) {
    std::string ignored;
    if (file(known, wanted_[a], chunk, ignored)) continue;
    const std::string name = wanted_[a].name + "/" + key;
    put(name, files.files[a]);
    std::erase_if(known, [&](const auto& e) { return e.first == name; });
    known.emplace_back(name, checksum(files.files[a]));
  }
  std::string text;
  for (const auto& [name, sum] : known) text += sum + "  " + name + "\n";
  put(record_name(key), text);
}

void Store::note_run(const std::string& device, double seconds) {
  writing_->lock.exclusive(lock_metadata);
  metadata_ = read_metadata(folder_);
  const std::string known = "; " + metadata_.device + "; ";
  if (known.find("; " + device + "; ") == std::string::npos) metadata_.device += (metadata_.device.empty() ? "" : "; ") + device;
  metadata_.updated = now(), metadata_.compute_seconds += seconds;
  write_attributes(metadata_, folder_, writing_->temporary);
  writing_->lock.release(lock_metadata);
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

Map Store::read(std::uint64_t chunk, const std::vector<std::string>& columns, const std::function<void(const std::string&)>& damage) const {
  const std::uint64_t sets = grid().tile(chunk).count;
  const Record known = record(chunk);
  const auto bytes_of = [&](const StoreArray& array) {
    std::string wrong;
    auto bytes = file(known, array, chunk, wrong);
    if (!wrong.empty()) damage(wrong);
    return bytes;
  };
  Map map = empty_map(metadata_, columns);
  map.status.assign(sets, not_computed);
  bool any = map.columns.empty();                      // of the columns is there
  for (MapColumn& column : map.columns) {
    const auto array = std::find_if(metadata_.arrays.begin(), metadata_.arrays.end(), [&](const StoreArray& a) { return a.name == column.name; });
    const auto bytes = bytes_of(*array);
    any = any || bytes;
    if (!bytes) column.values.assign(sets, std::nan("")), column.missing.assign(sets, 1);
    else column.values = array->type == ElementType::f4 ? numbers<float>(*bytes, sets) : numbers<double>(*bytes, sets);
  }
  if (!any)                                            // which the status says
    for (MapColumn& column : map.columns) column.missing.clear();
  for (const StoreArray& array : metadata_.arrays) {
    const bool counts = array.type == ElementType::u4, states = array.type == ElementType::u1;
    if (counts) map.failed.assign(sets, 0);
    if (!any || (!counts && !states)) continue;
    const auto bytes = bytes_of(array);
    if (bytes && counts) std::memcpy(map.failed.data(), bytes->data(), sets * sizeof(std::uint32_t));
    if (bytes && states) std::memcpy(map.status.data(), bytes->data(), sets);
  }
  return map;
}

}  // namespace neurosweep
