#include "host/plan/store_work.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

#include "host/plan/columns.hpp"

namespace neurosweep {

// ---- ChunkWriter --------------------------------------------------------------------------------------------------------

ChunkWriter::ChunkWriter(Store& store) : store_(store), thread_([this] { work(); }) {}

ChunkWriter::~ChunkWriter() {
  try {
    finish();
  } catch (...) {                                          // whoever cares has called finish()
  }
}

void ChunkWriter::put(std::uint64_t chunk, ChunkFiles files) {
  constexpr std::size_t patience = std::size_t(256) << 20;        // bytes in memory
  std::size_t bytes = 0;
  for (const std::string& file : files.files) bytes += file.size();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return queued_ == 0 || queued_ + bytes <= patience; });
  queued_ += bytes;
  queue_.emplace_back(chunk, std::move(files));
  changed_.notify_all();
}

void ChunkWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

// An error does not keep the chunks after it from being tried: a disk that is full for a large one may have room for others.
void ChunkWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto [chunk, files] = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    std::exception_ptr error;
    try {
      store_.write(chunk, files);
    } catch (...) {
      error = std::current_exception();
    }
    store_.release(chunk);
    lock.lock();
    for (const std::string& file : files.files) queued_ -= file.size();
    changed_.notify_all();
    if (error && !error_) error_ = error;
    failed_ = failed_ || error;
  }
}

// ---- StoreWork ----------------------------------------------------------------------------------------------------------

StoreWork::StoreWork(Store& store, const Problem& p, std::vector<std::uint64_t> chunks, std::uint64_t tile, Counter& counter,
                     Progress& progress, const std::atomic<int>& stop)
    : store_(store),
      p_(p),
      chunks_(std::move(chunks)),
      tile_(tile),
      at_once_(std::max<std::uint64_t>(1, tile / store.grid().elements())),
      counter_(counter),
      progress_(progress),
      stop_(stop),
      writer_(store) {}

StoreWork::~StoreWork() {
  for (const std::uint64_t chunk : ready_) store_.release(chunk);
  for (const auto& [first, open] : open_) store_.release(open.chunk);
}

bool StoreWork::next(Tile& tile) {
  const std::lock_guard lock(mutex_);
  if (writer_.failed()) return false;
  tile = {rest_.first, 0};
  while (tile.count < tile_) {
    if (rest_.count == 0 && !begin_chunk()) break;
    if (tile.count == 0) tile.first = rest_.first;
    if (tile.first + tile.count != rest_.first) break;     // a tile is consecutive sets: the chunk is for the next one
    const std::uint64_t taken = std::min(rest_.count, tile_ - tile.count);
    tile.count += taken, rest_.first += taken, rest_.count -= taken;
  }
  return tile.count > 0;
}

// Whoever is told to stop takes all numbers that are left, so that all ranks stop.
bool StoreWork::begin_chunk() {
  const bool stop = stop_.load(std::memory_order_relaxed) > 0;
  if (stop) counter_.take(chunks_.size());
  if (stop || (ready_.empty() && !claim_more())) return false;
  const std::uint64_t chunk = ready_.front();
  ready_.pop_front();
  rest_ = store_.grid().tile(chunk);
  open_.emplace(rest_.first, Open{chunk, rest_.count, {}});
  return true;
}

bool StoreWork::claim_more() {
  while (ready_.empty()) {
    const std::uint64_t first = counter_.take(at_once_);
    if (first >= chunks_.size()) return false;
    const std::uint64_t last = std::min<std::uint64_t>(first + at_once_, chunks_.size());
    for (std::uint64_t i = first; i < last; ++i)
      if (!claim(chunks_[i])) waiting_.push_back(chunks_[i]);
  }
  return true;
}

// False if another process has it. One that another process finished meanwhile is not computed again.
bool StoreWork::claim(std::uint64_t chunk) {
  if (!store_.claim(chunk)) return false;
  std::string damage;
  if (!store_.done(chunk, damage)) {
    ready_.push_back(chunk);
    return true;
  }
  store_.release(chunk);
  const std::uint64_t sets = store_.grid().tile(chunk).count;
  progress_.advance(sets * p_.replicates * std::uint64_t(p_.steps) * nodes_in(p_));
  progress_.sets_done(sets);
  progress_.found(sets);
  return true;
}

bool StoreWork::wait_for_others() {
  bool said = false;
  while (stop_.load(std::memory_order_relaxed) == 0 && !writer_.failed()) {
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(waiting_, [&](std::uint64_t chunk) { return claim(chunk); });
      if (!ready_.empty() || waiting_.empty()) return !ready_.empty();
      if (!said) progress_.message("waiting for another run of this sweep, which computes the last chunks");
      said = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

void StoreWork::done(TileResult r) {
  const std::uint64_t end = r.tile.first + r.tile.count;
  for (std::uint64_t first = r.tile.first; first < end;) {
    std::unique_lock lock(mutex_);
    const auto at = std::prev(open_.upper_bound(first));
    Open& open = at->second;
    const Tile chunk = store_.grid().tile(open.chunk);
    const std::uint64_t count = std::min(end, chunk.first + chunk.count) - first;
    if (open.files.files.empty()) open.files = empty_files();
    copy(r, first, count, chunk, open.files);
    open.missing -= count, first += count;
    if (open.missing > 0) continue;
    Open whole = std::move(open);
    open_.erase(at);
    lock.unlock();
    writer_.put(whole.chunk, std::move(whole.files));
  }
  progress_.diverged(r.summary.diverged);
  progress_.sets_done(r.tile.count);
}

namespace {

template <class E>
std::string filled(std::uint64_t count, E value) {
  std::string bytes(count * sizeof(E), '\0');
  for (std::uint64_t i = 0; i < count; ++i) std::memcpy(&bytes[i * sizeof(E)], &value, sizeof(E));
  return bytes;
}

// A NaN has one form in files, whatever made it.
template <class E, class From>
void put(std::string& bytes, std::uint64_t at, const From* values, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    E value = E(values[i]);
    if constexpr (std::is_floating_point_v<E>)
      if (std::isnan(value)) value = std::numeric_limits<E>::quiet_NaN();
    std::memcpy(&bytes[(at + i) * sizeof(E)], &value, sizeof(E));
  }
}

}  // namespace

// Full of what stands for "not computed": a chunk at the edge of the grid is padded with it.
ChunkFiles StoreWork::empty_files() const {
  const std::uint64_t n = store_.grid().elements();
  ChunkFiles files;
  for (const StoreArray& array : store_.arrays()) switch (array.type) {
      case ElementType::f4: files.files.push_back(filled(n, std::numeric_limits<float>::quiet_NaN())); break;
      case ElementType::f8: files.files.push_back(filled(n, std::numeric_limits<double>::quiet_NaN())); break;
      case ElementType::u4: files.files.push_back(filled(n, std::uint32_t(-1))); break;
      case ElementType::u1: files.files.push_back(filled(n, not_computed)); break;
    }
  return files;
}

void StoreWork::copy(const TileResult& from, std::uint64_t first, std::uint64_t count, const Tile& chunk, ChunkFiles& into) const {
  const std::uint64_t at = first - chunk.first, source = first - from.tile.first;
  for (std::uint64_t a = 0; a < into.files.size(); ++a) {
    const auto values = [&] { return from.values.data() + column_of_tile(a, p_) * from.tile.count + source; };
    switch (store_.arrays()[a].type) {
      case ElementType::f4: put<float>(into.files[a], at, values(), count); break;
      case ElementType::f8: put<double>(into.files[a], at, values(), count); break;
      case ElementType::u4: put<std::uint32_t>(into.files[a], at, from.failed.data() + source, count); break;
      case ElementType::u1: put<std::uint8_t>(into.files[a], at, from.status.data() + source, count); break;
    }
  }
}

}  // namespace neurosweep
