#include "reduce.cuh"

#include <thrust/iterator/counting_iterator.h>
#include <thrust/system_error.h>
#include <thrust/transform_reduce.h>

#include <algorithm>
#include <cmath>
#include <device.cuh>
#include <string>

#include "config.hpp"

namespace neurosweep {

char* TemporaryMemory::allocate(std::ptrdiff_t bytes) {
  const std::size_t n = std::size_t(bytes);
  for (Block& b : blocks_)
    if (!b.taken && b.memory.size() >= n) {
      b.taken = true;
      return b.memory.data();
    }
  blocks_.push_back({DeviceBuffer<char>(n), true});
  return blocks_.back().memory.data();
}

void TemporaryMemory::deallocate(char* p, std::size_t) {
  for (Block& b : blocks_)
    if (b.memory.data() == p) b.taken = false;
}

namespace {

// One set as Extremes of its own; a NaN is nobody's extreme.
template <class T>
struct OneSet {
  const T* values;
  std::uint64_t first_set;
  NS_HD Extremes operator()(int i) const {
    const double v = double(values[i]);
    Extremes e;
    if (v == v) e.minimum = e.maximum = v, e.where = first_set + std::uint64_t(i);
    return e;
  }
};

struct Wider {
  NS_HD Extremes operator()(const Extremes& a, const Extremes& b) const {
    Extremes e = a.maximum > b.maximum || (a.maximum == b.maximum && a.where < b.where) ? a : b;
    e.minimum = a.minimum < b.minimum ? a.minimum : b.minimum;
    return e;
  }
};

struct Counts {
  std::uint64_t diverged, out_of_domain;
};
struct CountOne {
  const std::uint8_t* status;
  NS_HD Counts operator()(int i) const { return {status[i] == status_diverged, status[i] == status_out_of_domain}; }
};
struct AddCounts {
  NS_HD Counts operator()(const Counts& a, const Counts& b) const {
    return {a.diverged + b.diverged, a.out_of_domain + b.out_of_domain};
  }
};

template <class One, class Result, class Join>
Result reduce_sets(int sets, One one, Result start, Join join, TemporaryMemory& memory, cudaStream_t stream) {
  const thrust::counting_iterator<int> first(0);
  try {
    return thrust::transform_reduce(device_policy(stream, memory), first, first + sets, one, start, join);
  } catch (const thrust::system_error& e) {  // knows no place
    const std::string message = detail::failure(__FILE__, __LINE__, "thrust::transform_reduce", e.what());
    if (e.code().value() == cudaErrorMemoryAllocation) throw OutOfDeviceMemory(message);
    throw CudaError(message);
  }
}

}  // namespace

template <class T>
Summary reduce_tile(const T* values, const std::uint8_t* status, int n_measures, std::uint64_t first_set, int sets,
                    TemporaryMemory& memory, cudaStream_t stream) {
  const Counts counts = reduce_sets(sets, CountOne{status}, Counts{}, AddCounts{}, memory, stream);
  Summary summary{std::uint64_t(sets), counts.diverged, counts.out_of_domain, {}};
  for (std::int64_t c = 0; c < n_measures; ++c) {
    const OneSet<T> one{values + c * sets, first_set};
    summary.extremes.push_back(reduce_sets(sets, one, Extremes{}, Wider{}, memory, stream));
  }
  return summary;
}

template Summary reduce_tile(const float*, const std::uint8_t*, int, std::uint64_t, int, TemporaryMemory&,
                             cudaStream_t);
template Summary reduce_tile(const double*, const std::uint8_t*, int, std::uint64_t, int, TemporaryMemory&,
                             cudaStream_t);

}  // namespace neurosweep
