// The spectra's part of the time loops for one instruction set: the same for all models, so compiled once.
#include "spectrum.hpp"

#include "lanes_noise.hpp"

namespace neurosweep::NS_ISA {

template class CpuSpectrum<float, 1>;
template class CpuSpectrum<float, 2>;
template class CpuSpectrum<float, 3>;
template class CpuSpectrum<float, 4>;
template class CpuSpectrum<double, 2>;
template class CpuSpectrum<double, 3>;
template class CpuSpectrum<double, 4>;

}  // namespace neurosweep::NS_ISA
