// N values of one arithmetic type: the states, parameters or inputs of one parameter set (or of one register of sets).
#pragma once
#include "config.hpp"

namespace neurosweep {

template <class T, int N>
struct Pack {
  T v[N > 0 ? N : 1];
  NS_HD T& operator[](int i) { return v[i]; }
  NS_HD const T& operator[](int i) const { return v[i]; }
};

}  // namespace neurosweep
