// One tile after the other on one stream of one device. The backend keeps two runners going, so that copies and the
// host's part of one tile hide behind the other's kernels.
#pragma once
#include <algorithm>
#include <cstdint>
#include <device.cuh>
#include <memory>
#include <optional>
#include <utility>

#include "fft.cuh"
#include "outcome.cuh"
#include "reduce.cuh"

namespace neurosweep {

// A tile's map in host memory.
template <class T>
struct HostMap {
  PinnedBuffer<T> values;  // as TileResult's
  PinnedBuffer<std::uint8_t> status;
  PinnedBuffer<std::uint32_t> failed;
  Summary summary;

  HostMap(const Setup& s, int sets)
      : values(std::size_t(s.n_column()) * std::size_t(sets)),
        status(std::size_t(sets)),
        failed(s.replicates > 1 ? std::size_t(sets) : 0) {}
};

// Device memory for tiles of up to `sets` sets.
template <class Sweep>
struct TileMemory {
  using T = typename Sweep::Real;
  int sets;
  std::int64_t stride;
  typename Sweep::Memory own;
  DeviceBuffer<T> power, signal;
  DeviceBuffer<T> each, over;  // measures of every realisation; means and SDs over replicates
  DeviceBuffer<std::uint8_t> each_status, over_status;
  DeviceBuffer<std::uint32_t> failed;
  TemporaryMemory temporary;  // Thrust's
  int columns = 0;
  DeviceBuffer<typename FftTypes<T>::Complex> spectra;
  std::optional<BatchedFft<T>> fft;

  TileMemory(const Sweep& sweep, int n_sets, cudaStream_t stream)
      : sets(n_sets), stride(sweep.stride(std::int64_t(n_sets) * sweep.setup.replicates * sweep.signals)), own(sweep, n_sets, stride) {
    const Setup& s = sweep.setup;
    const std::int64_t n = std::int64_t(sets) * s.replicates;
    auto words = [&](std::int64_t count) { return DeviceBuffer<T>(std::size_t(count * stride)); };
    power = words(s.kept.count);
    each = DeviceBuffer<T>(std::size_t(s.n_measure_out * n)), each_status = DeviceBuffer<std::uint8_t>(std::size_t(n));
    if (s.replicates > 1) {
      over = DeviceBuffer<T>(std::size_t(s.n_column()) * std::size_t(sets));
      over_status = DeviceBuffer<std::uint8_t>(std::size_t(sets)),
      failed = DeviceBuffer<std::uint32_t>(std::size_t(sets));
    }
    if (sweep.engine == Engine::fft) {
      columns = sweep.fft_columns(n * sweep.signals);
      signal = words(sweep.signal_rows());
      spectra = decltype(spectra)(std::size_t(s.segment / 2 + 1) * std::size_t(columns));
      fft.emplace(s.segment, stride, columns, stream);
    }
  }
};

template <class Sweep>
class TileRunner {
  using T = typename Sweep::Real;

 public:
  explicit TileRunner(const Sweep& sweep)
      : sweep_(sweep), s_(sweep.setup), stream_(make_stream()), launched_(make_event()), quiet_(stream_) {}
  TileRunner(const TileRunner&) = delete;

  // Begins a tile and queues its first launch. Throws OutOfDeviceMemory with nothing queued and no tile's memory held.
  void start(std::uint64_t first_set, int sets) {
    try {
      reserve(sets);
      first_set_ = first_set, sets_ = sets;
      done_ = 0, first_row_ = 0, segments_ = 0;
      sweep_.begin(memory_->own, tile_launch(0), stream_);
      launch_next();
    } catch (const OutOfDeviceMemory&) {
      (void)cudaStreamSynchronize(stream_.get());
      memory_.reset(), map_.reset(), spare_.reset();
      throw;
    }
  }

  bool more() const { return done_ < s_.steps; }

  // Queues the next launch; after the last one the tile's map too.
  void launch_next() {
    const std::int64_t end = end_of_launch();
    sweep_.run(memory_->own, tile_launch(end), stream_);
    launched_steps_ = end - done_;
    done_ = end;
    if (sweep_.engine == Engine::fft) queue_segments();
    if (!more()) queue_map();
    NS_CHECK(cudaEventRecord(launched_.get(), stream_.get()));
  }

  // Waits for the last launch, and returns its node-steps.
  std::uint64_t wait() {
    NS_CHECK(cudaEventSynchronize(launched_.get()));
    return std::uint64_t(launched_steps_ * realisations() * sweep_.nodes);
  }

  // The finished tile's map; the runner may start the next tile while the map is read.
  std::unique_ptr<HostMap<T>> take() {
    map_->summary = reduce(s_.n_measure_out, first_set_, sets_);
    return std::move(map_);
  }
  // For the tile after the next. Useless if the next one needs more, or found no memory.
  void give_back(std::unique_ptr<HostMap<T>> map) {
    if (memory_ && map->status.size() >= std::size_t(memory_->sets)) spare_ = std::move(map);
  }

 private:
  std::int64_t realisations() const { return std::int64_t(sets_) * s_.replicates; }
  std::int64_t columns() const { return realisations() * sweep_.signals; }
  // Of the steps from those that are done up to `end`.
  TileLaunch<T> tile_launch(std::int64_t end) const {
    return {first_set_, sets_, done_, end, memory_->stride, first_row_, memory_->power.data(), memory_->signal.data()};
  }
  const T* device_map() const { return s_.replicates > 1 ? memory_->over.data() : memory_->each.data(); }
  const std::uint8_t* device_status() const {
    return s_.replicates > 1 ? memory_->over_status.data() : memory_->each_status.data();
  }

  void reserve(int sets) {
    if (!memory_ || memory_->sets < sets) {
      memory_.reset(), spare_.reset();  // first, or both would have to fit
      memory_ = std::make_unique<TileMemory<Sweep>>(sweep_, sets, stream_.get());
      (void)reduce(1, 0, sets);  // of nothing yet: what memory Thrust wants must be missing now, not at the tile's end
    }
    if (spare_)
      map_ = std::move(spare_);
    else
      map_ = std::make_unique<HostMap<T>>(s_, memory_->sets);
  }

  Summary reduce(int n_measures, std::uint64_t first_set, int sets) {
    return reduce_tile(device_map(), device_status(), n_measures, first_set, sets, memory_->temporary, stream_.get());
  }

  // Observed samples after `step` steps.
  std::int64_t observed(std::int64_t step) const { return std::max<std::int64_t>(step - s_.transient, 0); }

  std::int64_t end_of_launch() const {
    std::int64_t end = std::min(done_ + sweep_.slice(realisations()), s_.steps);
    if (sweep_.engine == Engine::fft) {  // as far as there are rows
      const std::int64_t full = s_.transient + first_row_ + sweep_.signal_rows();
      if (end > full) end = full / flush_every * flush_every;
    }
    return end;
  }

  // Transforms the segments that are complete, then moves the rest to the top of the buffer if that is one plain copy.
  void queue_segments() {
    const std::int64_t samples = observed(done_);
    for (; segments_ < s_.segments && segments_ * s_.hop + s_.segment <= samples; ++segments_) queue_segment();
    const std::int64_t next = segments_ < s_.segments ? segments_ * s_.hop : samples;
    const std::int64_t shift = next - first_row_, kept = samples - next;
    if (shift < std::max<std::int64_t>(kept, 1)) return;
    T* const top = memory_->signal.data();
    if (kept > 0)
      NS_CHECK(cudaMemcpyAsync(top, top + shift * memory_->stride, std::size_t(kept * memory_->stride) * sizeof(T),
                               cudaMemcpyDeviceToDevice, stream_.get()));
    first_row_ = next;
  }

  void queue_segment() {
    const TileMemory<Sweep>& m = *memory_;
    T* const rows = m.signal.data() + (segments_ * s_.hop - first_row_) * m.stride;
    for (std::int64_t first = 0; first < columns(); first += m.columns) {
      const int used = int(std::min<std::int64_t>(m.columns, columns() - first));
      m.fft->transform(rows + first, m.spectra.data());
      add_segment(m.spectra.data(), m.columns, used, s_, segments_ == 0, m.power.data() + first, m.stride,
                  stream_.get());
    }
  }

  void queue_map() {
    const TileMemory<Sweep>& m = *memory_;
    sweep_.measure(m.own, tile_launch(done_), m.each.data(), m.each_status.data(), stream_);
    if (s_.replicates > 1)
      over_replicates(s_, sets_, m.each.data(), m.each_status.data(), m.over.data(), m.over_status.data(),
                      m.failed.data(), stream_.get());
    const std::size_t sets = std::size_t(sets_);
    copy_out(map_->values, device_map(), std::size_t(s_.n_column()) * sets);
    copy_out(map_->status, device_status(), sets);
    if (s_.replicates > 1) copy_out(map_->failed, m.failed.data(), sets);
  }
  template <class V>
  void copy_out(const PinnedBuffer<V>& to, const V* from, std::size_t n) {
    NS_CHECK(cudaMemcpyAsync(to.data(), from, n * sizeof(V), cudaMemcpyDeviceToHost, stream_.get()));
  }

  const Sweep& sweep_;
  const Setup& s_;
  Stream stream_;
  Event launched_;
  std::unique_ptr<TileMemory<Sweep>> memory_;
  std::unique_ptr<HostMap<T>> map_, spare_;
  const Quiet quiet_;  // last: waits before the buffers go

  std::uint64_t first_set_ = 0;  // the tile at work
  int sets_ = 0;
  std::int64_t done_ = 0, launched_steps_ = 0;  // steps
  std::int64_t first_row_ = 0, segments_ = 0;   // engine fft: sample in row 0; segments transformed
};

}  // namespace neurosweep
