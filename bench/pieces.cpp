// What the pieces of a time step cost for each instruction set that this CPU runs: functions, noise, measures, spectra.
//   build-release/bench/bench_pieces --benchmark_filter='avx2/float/' --benchmark_counters_tabular=true
//
// Work is declared: an item is what one set asks for (a value of a function, a word, a normal, a sample, a sample's share of
// a bin, a segment), and lanes count, so a register of 16 floats is 16 items. `items/s`, and `ns/16` for 16 items, which
// compares instruction sets. `flop/s`: additions and products by definition (a multiply-add is two) where those are all there
// is. `bytes/s`: numbers read and written in the first-level cache (the FFT's beyond 256 points lie in the second). What is
// measured is throughput: 64 independent registers, or two of sets where one sample must follow the other, as in the time
// loop. `copy` is what loop and memory cost by themselves.
#include "pieces.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "backend.hpp"
#include "measures/welch.hpp"

namespace neurosweep::bench {
namespace {

constexpr std::size_t bytes_of_register = 64;              // the largest
constexpr std::size_t room = 4 * 4096 * bytes_of_register;  // two complex signals of the longest FFT

struct alignas(64) Line { std::byte bytes[64]; };

template <class E>
struct Prepared {
  std::vector<Line> in{registers * bytes_of_register / sizeof(Line)}, out{room / sizeof(Line)};
  std::vector<E> table;
  Workload work;

  explicit Prepared(const Piece& piece) {
    std::mt19937 random(1);
    std::uniform_real_distribution<E> number(-4, 4);
    E* x = reinterpret_cast<E*>(in.data());
    std::generate(x, x + in.size() * sizeof(Line) / sizeof(E), [&] { return number(random); });
    const bool fft = std::string(piece.name) == "fft";
    if (fft)
      for (int j = 0; j < piece.parameter; ++j)
        table.push_back(E(std::cos(2 * pi * j / piece.parameter))), table.push_back(E(std::sin(2 * pi * j / piece.parameter)));
    else table = direct_table<E>({512, 256, 1, max_direct_bins, 3, 0, 256 / group}, max_direct_bins);
    work = {in.data(), out.data(), table.data(), fft_plan(fft ? piece.parameter : 1)};
  }
};

template <class E>
void measure(benchmark::State& state, const Piece& piece) {
  const Prepared<E> prepared(piece);
  for (auto _ : state) {
    piece.run(prepared.work);
    benchmark::ClobberMemory();
  }
  using benchmark::Counter;
  const double items = piece.items * double(state.iterations());
  state.counters["items/s"] = Counter(items, Counter::kIsRate);
  state.counters["ns/16"] = Counter(items / 16 * 1e-9, Counter::kIsRate | Counter::kInvert);
  if (piece.operations > 0) state.counters["flop/s"] = Counter(items * piece.operations, Counter::kIsRate);
  state.counters["bytes/s"] = Counter(items * piece.bytes, Counter::kIsRate);
  state.SetLabel(std::string("item: ") + piece.item);
}

void add(const std::string& isa, const Pieces& pieces) {
  for (int i = 0; i < pieces.count; ++i) {
    const Piece& piece = pieces.begin[i];
    const std::string name = isa + (piece.is_double ? "/double/" : "/float/") + piece.name +
                             (piece.parameter > 0 ? "/" + std::to_string(piece.parameter) : "");
    benchmark::RegisterBenchmark(name.c_str(), piece.is_double ? measure<double> : measure<float>, piece);
  }
}

}  // namespace
}  // namespace neurosweep::bench

int main(int argc, char** argv) {
  using namespace neurosweep::bench;
  for (const std::string& isa : neurosweep::cpu_isas())
    for (bool is_double : {false, true}) {
#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
      if (isa == "avx512") add(isa, avx512::pieces(is_double));
      if (isa == "avx2") add(isa, avx2::pieces(is_double));
#endif
      if (isa == "baseline") add(isa, baseline::pieces(is_double));
    }
  benchmark::AddCustomContext("cpu", neurosweep::cpu_name());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
