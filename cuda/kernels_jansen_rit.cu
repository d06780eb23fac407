// The Jansen-Rit model on the GPU.
#include "models/jansen_rit.hpp"
#include "simulate.cuh"

namespace neurosweep {

template struct ModelKernels<JansenRit, float>;
template struct ModelKernels<JansenRit, double>;

}  // namespace neurosweep
