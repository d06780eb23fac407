// A sweep of networks on one device: which kernels serve it, its tables in device memory, and those of a tile's sets.
#pragma once
#include <cstdint>
#include <device.cuh>
#include <vector>

#include "device_sweep.cuh"
#include "network/blocks.cuh"
#include "network/tables.hpp"

namespace neurosweep {

template <class T>
class NetworkSweep : public DeviceSweep<T> {
 public:
  using DeviceSweep<T>::setup;

  // Calls no CUDA: upload() does. Throws where a block that may use `allowed` bytes of shared memory cannot hold the network.
  NetworkSweep(const Problem& p, const CudaLimits& limits, const LaunchBound& launch, std::size_t allowed)
      : NetworkSweep(p, limits, launch, shape_for(p, allowed)) {}

  void upload(const Problem&) {
    const Stream stream = make_stream();
    const Quiet quiet(stream);
    tables_ = upload_tables([&](TableWriter& to) {
      plan_ = put_plan(to, prepared_.plan, prepared_.slots);
      placed_.clear();
      put_wirings(to, prepared_.wirings, placed_);
    }, {}, stream);
    NS_CHECK(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernels_.run), cudaFuncAttributeMaxDynamicSharedMemorySize, int(shape_.bytes)));
    NS_CHECK(cudaStreamSynchronize(stream.get()));
  }

  std::int64_t sets_that_fit(std::size_t free_memory) const {
    PreparedSet first(prepared_);
    first.prepare(0);
    TableWriter count;
    PlacedRows placed;
    put_wirings(count, prepared_.wirings, placed);
    const std::size_t shared = count.used();
    put_wirings(count, first.wirings, placed);
    (void)put_set(count, first, placed);
    const std::size_t of_set = sizeof(BlockSet) + count.used() - shared;
    return this->sets_for(free_memory, shape_.bytes + std::size_t(shape_.slots) * sizeof(SpikeTrain<T>) + of_set);
  }

  // Of a tile.
  struct Memory {
    DeviceBuffer<std::uint64_t> kept;
    DeviceBuffer<SpikeTrain<T>> trains;
    DeviceBuffer<std::byte> tables;
    const BlockSet* sets = nullptr;
    Memory(const NetworkSweep& sweep, int n_set, std::int64_t) {
      const std::size_t n = std::size_t(n_set) * sweep.setup.replicates;
      kept = DeviceBuffer<std::uint64_t>(n * (sweep.shape_.bytes / 8)), trains = DeviceBuffer<SpikeTrain<T>>(n * std::size_t(sweep.shape_.slots));
    }
  };

  // Each queues its part of a tile.
  void begin(Memory& m, const TileLaunch<T>& tile, const Stream& stream) const {
    std::vector<PreparedSet> sets;
    for (int i = 0; i < tile.sets; ++i) sets.emplace_back(prepared_), sets.back().prepare(tile.first_set + std::uint64_t(i));
    m.tables = upload_tables([&](TableWriter& to) {
      PlacedRows placed = placed_;
      std::vector<BlockSet> there;
      for (const PreparedSet& set : sets) put_wirings(to, set.wirings, placed), there.push_back(put_set(to, set, placed));
      m.sets = to.put(there);
    }, std::move(m.tables), stream);
    launch_blocks(kernels_.begin, 0, arguments(m, tile), stream);
  }
  void run(const Memory& m, const TileLaunch<T>& tile, const Stream& stream) const {
    launch_blocks(kernels_.run, shape_.bytes, arguments(m, tile), stream);
  }
  void measure(const Memory& m, const TileLaunch<T>& tile, T* out, std::uint8_t* status, const Stream& stream) const {
    BlockArguments<T> a = arguments(m, tile);
    a.out = out, a.status = status;
    measure_networks(a, stream.get());
  }

 private:
  NetworkSweep(const Problem& p, const CudaLimits& limits, const LaunchBound& launch, const BlockShape& shape)
      : DeviceSweep<T>(setup_of(p), p.spectrum.engine, p.network->cells(), std::max(shape.signals, 1), limits, launch),
        prepared_(p, block_width, block_lanes_from), shape_(shape), threads_(std::min(shape.warps * warp_size, limits.network_threads)),
        kernels_(block_kernels<T>(*p.network, p.method)) {}

  static BlockShape shape_for(const Problem& p, std::size_t allowed) {
    const BlockShape shape = block_shape<T>(NetworkOutline(p, block_width, block_lanes_from));
    if (const std::string refusal = block_refusal(*p.network, shape, allowed); !refusal.empty()) throw std::runtime_error(refusal);
    return shape;
  }
  static Setup setup_of(const Problem& p) {
    Setup s = network_setup(p);
    s.n_measure_out = int(p.measures.size());
    return s;
  }

  // What `write` puts, in memory of the device: in `old` if that is large enough.
  template <class Write>
  static DeviceBuffer<std::byte> upload_tables(Write write, DeviceBuffer<std::byte> old, const Stream& stream) {
    TableWriter count;
    write(count);
    if (old.size() < count.used()) old = {}, old = DeviceBuffer<std::byte>(count.used());
    std::vector<std::byte> host(count.used());
    TableWriter to(host.data(), old.data());
    write(to);
    NS_CHECK(cudaMemcpyAsync(old.data(), host.data(), host.size(), cudaMemcpyHostToDevice, stream.get()));
    return old;
  }

  BlockArguments<T> arguments(const Memory& m, const TileLaunch<T>& tile) const {
    BlockArguments<T> a{};
    a.setup = setup, a.plan = plan_, a.shape = shape_, a.sets = m.sets, a.n_set = tile.sets;
    a.begin = tile.begin, a.end = tile.end, a.kept = m.kept.data(), a.trains = m.trains.data();
    a.signal = tile.signal, a.stride = tile.stride, a.first_row = tile.first_row, a.power = tile.power;
    return a;
  }
  void launch_blocks(void (*kernel)(BlockArguments<T>), std::size_t shared, const BlockArguments<T>& a, const Stream& stream) const {
    NS_CHECK(launch(kernel, dim3(unsigned(a.realisations())), dim3(unsigned(threads_)), shared, stream.get(), a));
  }

  const PreparedNetwork prepared_;
  const BlockShape shape_;
  const int threads_;                        // of a block: one for each slot, as far as they go
  const BlockKernels<T> kernels_;
  NetworkPlan plan_{};                       // the device's
  PlacedRows placed_;
  DeviceBuffer<std::byte> tables_;
};

}  // namespace neurosweep
