// Batched transforms of signals that stand as columns: cuFFT reads them where they are, no transpose.
#pragma once
#include <cstdint>
#include <utility>

#include "check.cuh"

namespace neurosweep {

template <class T>
struct FftTypes;
template <>
struct FftTypes<float> {
  using Complex = cufftComplex;
  static constexpr cufftType type = CUFFT_R2C;
  static constexpr auto execute = cufftExecR2C;
};
template <>
struct FftTypes<double> {
  using Complex = cufftDoubleComplex;
  static constexpr cufftType type = CUFFT_D2Z;
  static constexpr auto execute = cufftExecD2Z;
};

// The plain DFT of `columns` columns of `segment` real rows that lie `stride` apart. Both numbers even, for alignment.
template <class T>
class BatchedFft {
 public:
  using Complex = typename FftTypes<T>::Complex;

  BatchedFft(int segment, std::int64_t stride, int columns, cudaStream_t stream) {
    int rows = segment, bins = segment / 2 + 1;
    NS_CHECK(cufftPlanMany(&plan_, 1, &rows, &rows, int(stride), 1, &bins, columns, 1, FftTypes<T>::type, columns));
    made_ = true;
    if (const cufftResult error = cufftSetStream(plan_, stream); error != CUFFT_SUCCESS) {
      (void)cufftDestroy(plan_);  // no destructor runs for what was never constructed
      NS_CHECK(error);
    }
  }
  BatchedFft(const BatchedFft&) = delete;
  ~BatchedFft() {
    if (made_) (void)cufftDestroy(plan_);
  }

  // Queues signal[row * stride + j] -> spectrum[bin * columns + j], bin = 0 ... segment / 2.
  void transform(T* signal, Complex* spectrum) const { NS_CHECK(FftTypes<T>::execute(plan_, signal, spectrum)); }

 private:
  cufftHandle plan_{};
  bool made_ = false;
};

}  // namespace neurosweep
