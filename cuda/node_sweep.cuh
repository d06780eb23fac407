// A sweep of nodes on one device: which kernel serves it, and its tables in device memory.
#pragma once
#include <cstdint>
#include <vector>

#include "device_sweep.cuh"
#include "kernels.cuh"
#include "outcome.cuh"

namespace neurosweep {

// The kernels of a model by its number.
template <class T>
struct KernelTable {
  Instance<T> (*find)(Method, Path, Engine, int bins);
  cudaError_t (*upload_table)(const T*, std::size_t bytes, cudaStream_t);
  Path (*path)(const Problem&, const Setup&);
};
template <class T>
KernelTable<T> kernels_of(int model) {
  KernelTable<T> found{};
  with_model(model, [&]<class M>(std::type_identity<M>) {
    found = {ModelKernels<M, T>::find, ModelKernels<M, T>::upload_table, path_of<M>};
  });
  return found;
}

template <class T>
class NodeSweep : public DeviceSweep<T> {
 public:
  using DeviceSweep<T>::setup, DeviceSweep<T>::engine, DeviceSweep<T>::copy;

  // Calls no CUDA: upload() does.
  NodeSweep(const Problem& p, const CudaLimits& limits, const LaunchBound& launch)
      : DeviceSweep<T>(make_setup(p), p.spectrum.engine, 1, 1, limits, launch),
        plan(engine == Engine::direct ? direct_plan(setup) : DirectPlan{}),
        instance(kernels_of<T>(p.model).find(p.method, kernels_of<T>(p.model).path(p, setup), engine, plan.bins)) {}

  // The axes and the table of engine direct. The current device's constant memory holds one sweep's table at a time.
  void upload(const Problem& p) {
    std::vector<T> table;
    std::vector<GridAxis> grid;
    std::vector<double> values;
    for (const SweptColumn& c : swept_columns(p)) {
      grid.push_back(c.grid);
      values.insert(values.end(), c.values->begin(), c.values->end());
    }
    axes = DeviceBuffer<GridAxis>(grid.size()), axis_values = DeviceBuffer<double>(values.size());
    const Stream stream = make_stream();
    const Quiet quiet(stream);
    copy(grid, axes, stream), copy(values, axis_values, stream);
    if (engine == Engine::direct) {
      table = direct_table<T>(plan, instance.capacity);
      NS_CHECK(kernels_of<T>(p.model).upload_table(table.data(), table.size() * sizeof(T), stream.get()));
    }
    NS_CHECK(cudaStreamSynchronize(stream.get()));
  }

  std::int64_t sets_that_fit(std::size_t free_memory) const {
    std::size_t words = std::size_t(instance.kept);
    if (engine == Engine::direct) words += 4 * std::size_t(instance.capacity);
    return this->sets_for(free_memory, words * sizeof(T) + std::size_t(setup.n_swept) * sizeof(double));
  }

  // Of a tile; kernels.cuh says what stands in it.
  struct Memory {
    DeviceBuffer<double> swept;
    DeviceBuffer<T> carried, hops;
    Memory(const NodeSweep& sweep, int sets, std::int64_t stride) {
      const Setup& s = sweep.setup;
      swept = DeviceBuffer<double>(std::size_t(s.n_swept) * std::size_t(sets));
      carried = DeviceBuffer<T>(std::size_t(sweep.instance.kept * stride));
      if (sweep.slice(std::int64_t(sets) * s.replicates) < s.steps) hops = DeviceBuffer<T>(std::size_t(4 * sweep.instance.capacity * stride));
    }
  };

  // Each queues its part of a tile.
  void begin(Memory& m, const TileLaunch<T>& tile, const Stream& stream) const {
    fill_swept(axes.data(), setup.n_swept, axis_values.data(), tile.first_set, tile.sets, m.swept.data(), stream.get());
  }
  void run(const Memory& m, const TileLaunch<T>& t, const Stream& stream) const {
    const SimulateArguments<T> arguments{setup,          plan,     t.begin,          t.end,    hops_before(t.begin), t.first_row, t.first_set, t.sets,
                                         t.stride,       m.swept.data(), m.carried.data(), m.hops.data(), t.power,             t.signal};
    NS_CHECK(launch(instance.kernel, blocks_for(arguments.realisations()), dim3(block_size), 0, stream.get(), arguments));
  }
  void measure(const Memory& m, const TileLaunch<T>& t, T* out, std::uint8_t* status, const Stream& stream) const {
    make_measures(setup, m.carried.data() + instance.outcome * t.stride, t.power, t.stride, t.sets * int(setup.replicates), out, status, stream.get());
  }

  const DirectPlan plan;
  const Instance<T> instance;
  DeviceBuffer<GridAxis> axes;
  DeviceBuffer<double> axis_values;

 private:
  std::int64_t hops_before(std::int64_t step) const {
    if (engine != Engine::direct) return 0;
    const std::int64_t all = setup.segments + (plan.hop != plan.segment);
    return std::min(std::max<std::int64_t>(step - setup.transient, 0) / plan.hop, all);
  }
};

}  // namespace neurosweep
