// neurosweep_gpu_test: backend_test.cpp on a real GPU. Without one its tests are skipped, or fail if
// NEUROSWEEP_REQUIRE_GPU is set.
#include "sweeps.hpp"

std::string neurosweep::test::prepare_device() {
  std::string why;
  return cuda_devices(why).empty() ? why : "";
}
