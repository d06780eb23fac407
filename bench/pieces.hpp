// The pieces of a time step that bench/pieces.cpp times, compiled for each instruction set (bench/pieces_isa.cpp).
#pragma once
#include "host/cpu/fft_plan.hpp"

namespace neurosweep::bench {

inline constexpr int registers = 64;        // independent ones that a run goes through: all in the first-level cache

// What a piece is given. Arrays of the piece's precision, 64-byte aligned.
struct Workload {
  const void* in;                           // max_samples registers of numbers in [-4, 4]
  void* out;                                // room for all that it makes
  const void* table;                        // direct_table() or roots of unity
  FftPlan fft;
};

struct Piece {
  const char* name;
  const char* item;                         // what one item is
  bool is_double;
  int parameter;                            // bins of the direct engine, length of the FFT, or 0
  double items;                             // of one run, all lanes together
  double operations;                        // floating-point operations an item by definition (a multiply-add is two), or 0
  double bytes;                             // read and written an item
  void (*run)(const Workload&);
};

struct Pieces {
  const Piece* begin;
  int count;
};

#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
namespace avx512 { Pieces pieces(bool is_double); }
namespace avx2 { Pieces pieces(bool is_double); }
#endif
namespace baseline { Pieces pieces(bool is_double); }

}  // namespace neurosweep::bench
