// Words that mean one thing to nvcc and another to a plain C++ compiler. Everything in cuda/*.hpp compiles with both.
#pragma once

#if defined(__CUDACC__)
#define NS_HD __host__ __device__ __forceinline__
#define NS_UNROLL _Pragma("unroll")
// Over the steps of a span: in registers on a GPU,
#define NS_SPAN_LOOP _Pragma("unroll")
#define NS_STEP_LOOP _Pragma("unroll")
#define NS_RARE_LOOP _Pragma("unroll 1")   // the same where time does not count
#define NS_OUTLINE NS_HD                   // rare work: a call of its own on a CPU, in registers on a GPU
#else
// Always inlined: no function of a header may become a weak symbol that two objects with different instruction sets share.
#define NS_HD inline __attribute__((always_inline))
#define NS_UNROLL _Pragma("GCC unroll 64")
#define NS_SPAN_LOOP _Pragma("GCC unroll 4")   // in the first-level cache on a CPU
#define NS_STEP_LOOP _Pragma("GCC unroll 1")   // the registers that a step of several sets needs are all there are
#define NS_RARE_LOOP NS_SPAN_LOOP
#define NS_OUTLINE __attribute__((noinline))
#endif
