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
#include <fstream>
#include <iterator>
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

// Deletes everything in the folder but what has these names.
void empty(const std::string& folder, const std::vector<std::string>& except) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (std::find(except.begin(), except.end(), at->path().filename()) != except.end()) continue;
    fs::remove_all(at->path(), error);
    if (error) cannot("delete", at->path().string(), error);
  }
  if (error) cannot("read", folder, error);
}

// A store without results. The lock file stays, since others may be waiting for it. Whoever is killed meanwhile leaves a
// store that lacks chunks, or one that was never made.
void clear(const std::string& folder) {
  empty(folder + std::string(own), {"lock"});
  std::error_code error;
  fs::remove(folder + "/.zmetadata", error);
  if (error) cannot("delete", folder + "/.zmetadata", error);
  empty(folder, {std::string(own.substr(1))});
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

std::string host_name() {
  char name[256] = "unknown";
  (void)gethostname(name, sizeof name - 1);
  return name;
}

bool is_dead(int process) { return process > 0 && kill(process, 0) != 0 && errno == ESRCH; }

// A folder beside a store's, in which this process makes it; and what killed processes of this machine left there.
class Draft {
 public:
  explicit Draft(const std::string& folder) {
    std::error_code none;
    const fs::path path = fs::absolute(folder, none).lexically_normal();
    parent_ = path.parent_path(), prefix_ = "." + path.filename().string() + "-" + host_name() + "-";
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
    for (const auto& entry : fs::directory_iterator(parent_, none)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(prefix_) && is_dead(std::atoi(name.c_str() + prefix_.size()))) fs::remove_all(entry.path(), none);
    }
  }
  fs::path parent_;
  std::string prefix_, path_;
};

// Whole or not at all, without a lock: a hundred shards begin at once, on file systems that lock within one machine only.
// Whoever comes second finds the first one's.
void create(const std::string& folder, const StoreMetadata& m) {
  const Draft draft(folder);
  make_folders(draft.path() + std::string(own) + "/chunks"), make_folders(temporary_of(draft.path()));
  write_metadata(m, draft.path(), temporary_of(draft.path()));
  if (rename(draft.path().c_str(), folder.c_str()) == 0) return;
  const int error = errno;
  std::error_code none;
  const bool there = error == EEXIST || error == ENOTEMPTY || fs::is_directory(folder, none);   // the last: through a link
  if (!there) cannot("write", folder, {error, std::generic_category()});
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
  explicit Writing(const std::string& folder) : lock(lock_of(folder)), temporary(temporary_of(folder) + "/" + host_name()) {
    tidy();
    while (!lock.share(lock_presence)) usleep(10'000);       // somebody is deleting just now
  }
  ~Writing() { tidy(); }

  // What killed processes of this machine left behind: their files carry their numbers.
  void tidy() const {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(temporary, none))
      if (is_dead(OutputFile::process_of(entry.path().filename().string()))) fs::remove(entry.path(), none);
  }

  RangeLock lock;
  const std::string temporary;
};

Store::Store(std::string folder, StoreMetadata metadata) : folder_(std::move(folder)), metadata_(std::move(metadata)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

void Store::check(const std::string& folder, const SweepSpec& spec) {
  check_place(folder);
  if (is_made(folder)) refuse_other(folder, read_labels(folder), metadata_of(spec));
}

// Only trying tells: read-only disks, root, access lists.
void Store::check_place(const std::string& folder) {
  refuse_foreign(folder);
  refuse_headless(folder);
  if (looks_like_store(folder)) return check_writable(lock_of(folder));
  const std::string attempt = (existing_parent(folder) / fmt::format(".neurosweep-{}-{}", host_name(), getpid())).string();
  if (mkdir(attempt.c_str(), 0777) != 0) cannot("write", folder, {errno, std::generic_category()});
  rmdir(attempt.c_str());
}

Store Store::fill(const std::string& folder, const SweepSpec& spec, const Provenance& by) {
  refuse_foreign(folder);
  StoreMetadata here = metadata_of(spec);
  here.version = by.version, here.commit = by.commit, here.sweep_file = by.sweep_file, here.overrides = by.overrides;
  here.created = here.updated = now();
  if (is_empty_or_missing(folder)) create(folder, here);
  Store store(folder, std::move(here));
  store.wanted_ = store.metadata_.arrays;
  store.writing_ = std::make_unique<Writing>(folder);
  store.writing_->lock.exclusive(lock_metadata);
  store.join();
  store.writing_->lock.release(lock_metadata);
  return store;
}

// Makes the store, or becomes part of the one that is there. Its metadata are what this program would write: what was
// damaged or deleted is put right.
void Store::join() {
  refuse_headless(folder_);
  if (is_made(folder_)) {
    const StoreMetadata here = std::exchange(metadata_, read_labels(folder_));
    refuse_other(folder_, metadata_, here);
    metadata_.axes = here.axes;
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
  }
  metadata_.identity = merged(metadata_.identity, here.identity);
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

Record Store::record(std::uint64_t chunk) const { return read_record(path(record_name(grid().key(chunk)))); }

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
  const Record before = record(chunk);
  Record after;
  for (std::size_t a = 0; a < wanted_.size(); ++a) {
    std::string ignored;
    const std::string name = file_name(wanted_[a], chunk);
    const auto there = file(before, wanted_[a], chunk, ignored);
    if (!there) put(name, files.files[a]);
    after.sums[name] = checksum(there ? *there : files.files[a]);
  }
  const std::string end = "/" + grid().key(chunk);
  for (const auto& [name, sum] : before.sums)                  // of measures that are not this run's
    if (name.ends_with(end)) after.sums.emplace(name, sum);
  put(record_name(grid().key(chunk)), after.text());
}

void Store::note_run(const std::string& device, double seconds) {
  writing_->lock.exclusive(lock_metadata);
  const std::vector<MapAxis> axes = std::move(metadata_.axes);
  metadata_ = read_labels(folder_), metadata_.axes = axes;
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
