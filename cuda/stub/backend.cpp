// What neurosweep_cuda is when it is built without CUDA: the same symbols, and an answer.
#include "backend.hpp"

#include <stdexcept>

namespace neurosweep {
namespace {

constexpr const char* reason = "this neurosweep was built without CUDA";

}  // namespace

std::unique_ptr<Backend> make_cuda_backend(std::vector<int>) { throw std::runtime_error(reason); }

std::vector<DeviceInfo> cuda_devices(std::string& why) {
  why = reason;
  return {};
}

}  // namespace neurosweep
