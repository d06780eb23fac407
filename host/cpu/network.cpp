#include "network.hpp"

#include <algorithm>
#include <cstring>

namespace neurosweep {
namespace {

// Adding to a register of lanes costs about as much as to two slots alone.
constexpr double slots_per_register = 2;
// Draws in which this many words on average go beyond a limit do not count as going there: those that do are guessed wrong.
constexpr double seldom = 0.1;

}  // namespace

AlignedBytes aligned_bytes(std::size_t n) { return AlignedBytes(static_cast<std::byte*>(::operator new[](n + 64, std::align_val_t(64)))); }

CpuNetwork::CpuNetwork(const Problem& p, const CpuPlan& cpu, const NetworkKernels& kernels_)
    : PreparedNetwork(p, kernels_.width[int(p.precision)], slots_per_register, kernels_.draw[int(p.precision)]), kernels(kernels_) {
  plan.cpu = &cpu;
}

NetworkRunner::NetworkRunner(const CpuNetwork& network)
    : network_(network), prepared_(network), arrivals_(network.slots.runs.size()), arrival_views_(network.slots.runs.size()),
      workspace_(aligned_bytes(network.kernels.workspace_bytes(network.plan))) {
  set_.workspace = workspace_.get();
}

void NetworkRunner::prepare(std::uint64_t set) {
  prepared_.prepare(set);
  for (std::size_t run = 0; run < arrivals_.size(); ++run) {
    if (network_.problem.precision == Precision::single_) fill_limits<std::uint32_t>(run);
    else fill_limits<std::uint64_t>(run);
  }
  const SetNumbers& numbers = prepared_.numbers;
  set_.quantity = prepared_.quantity.data(), set_.set = set;
  set_.channels = numbers.channels.data(), set_.n_channel = int(numbers.channels.size());
  set_.blocks = numbers.blocks.data(), set_.n_block = int(numbers.blocks.size());
  set_.gaps = numbers.gaps.data(), set_.n_gap = int(numbers.gaps.size());
  set_.inhibits = numbers.inhibits.data(), set_.arrivals = arrival_views_.data();
}

std::uint8_t NetworkRunner::run(std::uint32_t replicate, double* out, bool (*go_on)(void*), void* context, const NetworkTrace* trace) {
  set_.replicate = replicate, set_.out = out, set_.go_on = go_on, set_.context = context, set_.trace = trace;
  return network_.kernels.run(network_.plan, set_);
}

template <class Word>
void NetworkRunner::fill_limits(std::size_t run) {
  const std::size_t width = std::size_t(network_.slots.width), at = std::size_t(network_.slots.runs[run].first) * width;
  RunArrivals& a = arrivals_[run];
  a.first.assign(width, 0), a.weight.assign(width, 0);
  const auto arrivals_at = [&](std::size_t lane) -> const Arrivals& { return prepared_.arrivals[std::size_t(network_.slots.population[at + lane])]; };
  std::size_t most = 0;
  bool any = false;
  for (std::size_t lane = 0; lane < width; ++lane) {
    const Arrivals& of = arrivals_at(lane);
    most = std::max(most, of.limits.size()), any = any || of.first > 0 || !of.limits.empty();
    a.first[lane] = of.first, a.weight[lane] = of.weight;
  }
  std::vector<Word> limits(std::max<std::size_t>(most, 1) * width, Word(~std::uint32_t(0)));      // that no word exceeds
  std::vector<double> beyond(most);          // how many words of a draw go beyond each limit
  for (std::size_t lane = 0; lane < width; ++lane) {
    const std::vector<std::uint32_t>& of = arrivals_at(lane).limits;
    for (std::size_t i = 0; i < of.size(); ++i) limits[i * width + lane] = of[i], beyond[i] += cell_steps * (1 - of[i] * 0x1p-32);
  }
  a.limits.resize((limits.size() * sizeof(Word) + 7) / 8);
  std::memcpy(a.limits.data(), limits.data(), limits.size() * sizeof(Word));
  arrival_views_[run] = {a.first.data(), any ? static_cast<const void*>(a.limits.data()) : nullptr, int(most),
                         int(std::partition_point(beyond.begin(), beyond.end(), [](double n) { return n > seldom; }) - beyond.begin()), a.weight.data()};
}

}  // namespace neurosweep
