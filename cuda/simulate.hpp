// THE time loop: one parameter set (or K registers of sets, one set per lane) from the first step to the last.
//
// Time is cut into spans of `span` steps (a multiple of 8) that begin at multiples of `span`, so that noise blocks and
// spectral groups lie alike for everybody. Between two events - the transient's end, the last step, and on a GPU a flush of the
// moments and the end of a hop - spans are whole, and that is the hot loop; a span with an event inside goes the slow way.
#pragma once
#include <utility>

#include "measures/moments.hpp"
#include "measures/spikes.hpp"
#include "measures/welch.hpp"
#include "numerics/input.hpp"
#include "numerics/spiking.hpp"

#if defined(__CUDA_ARCH__) && defined(NS_STEP_MARK)
#define NS_STEP asm volatile("pmevent 1;");   // marks a step in the machine code, for scripts/sass-budget
#else
#define NS_STEP
#endif

namespace neurosweep {

inline constexpr std::int64_t never = std::int64_t(1) << 62;

// What a set carries from step to step besides its spectrum: plain T throughout, so that it can be put away and resumed.
template <class Model, class T>
struct Carried {
  Pack<T, Model::n_state> x;
  [[no_unique_address]] Hold<Model, T> hold;
  Moments<T> moments;
  T poison;                                   // 0 until a state is NaN or infinite, then NaN
  T outside;                                  // 0 until a state leaves its domain, then 1

  template <class Dynamics>
  NS_HD T signal(const Setup& s, Path path) const {
    return path == Path::general ? Model::signal(Dynamics::leave(x, s.per_dt), s.signal) : Model::signal(x, 0);
  }

  NS_HD void look_at_states() {
    using E = typename Arithmetic<T>::element;
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) poison = fma(x[i], T(E(0)), poison);
    look_at_domains(std::make_integer_sequence<int, Model::n_state>());
  }
  template <int... i>
  NS_HD void look_at_domains(std::integer_sequence<int, i...>) {
    (look_at_domain<i>(), ...);
  }
  template <int i>                            // a constant: the tables are not in a GPU's memory
  NS_HD void look_at_domain() {
    using E = typename Arithmetic<T>::element;
    constexpr double low = Model::states[i].low, high = Model::states[i].high;
    if constexpr (low > -unbounded) outside = select(x[i] < T(E(low)), T(E(1)), outside);
    if constexpr (high < unbounded) outside = select(T(E(high)) < x[i], T(E(1)), outside);
  }
};

template <class Model, Method method, class T, Path path>
struct Node {
  Dynamics<Model, method, T> dynamics;
  Input<Model, T, path> input;
  Carried<Model, T> carried;
  [[no_unique_address]] SpikeTrains<Model, T> spikes;

  // source(quantity, lane): this set's numbers (numerics/input.hpp).
  template <class Source>
  NS_HD void prepare(const Source& source, const Setup& s, typename Arithmetic<T>::Wide set,
                     typename Arithmetic<T>::Word replicate) {
    using E = typename Arithmetic<T>::element;
    constexpr Layout layout = layout_of<Model>();
    Pack<T, Model::n_par> p;
    Pack<T, Model::n_port> mean, scale;
    NS_UNROLL for (int i = 0; i < Model::n_par; ++i)
      p[i] = real_of<T>([&](int lane) { return source(layout.parameter(i), lane); });
    input.prepare(source, s, set, replicate, mean, scale);
    dynamics.prepare(source, p, mean, scale, s.dt);
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i)
      carried.x[i] = real_of<T>([&](int lane) { return source(layout.initial(i), lane); });
    if constexpr (requires { Model::start(carried.x, p); }) Model::start(carried.x, p);
    carried.x = dynamics.enter(carried.x, s.dt);
    if constexpr (Refractory<Model>) carried.hold.steps = T(E(0));
    spikes.begin();
    carried.moments.begin(signal(s));
    carried.poison = carried.outside = T(E(0));
  }

  NS_HD T signal(const Setup& s) const { return carried.template signal<Dynamics<Model, method, T>>(s, path); }
};

// One step with input u[slot][q], number `place` of its span; returns the sample.
template <class Model, Path path, int n, class T, class Dynamics, class Times>
NS_HD T step(const Setup& s, const Dynamics& dynamics, Carried<Model, T>& carried, const T (*u)[n], int q,
             [[maybe_unused]] Times& times, [[maybe_unused]] int place) {
  NS_STEP
  using In = Input<Model, T, path>;
  Pack<T, Model::n_port> in;
  NS_UNROLL for (int slot = 0; slot < In::slots; ++slot) in[In::port_of(slot)] = u[slot][q];
  if constexpr (Spiking<Model>) times.set(place, dynamics.template step<In::varying>(carried.x, carried.hold, in));
  else dynamics.template step<In::varying>(carried.x, carried.hold, in);
  return carried.template signal<Dynamics>(s, path);
}

// No spectrum wanted.
struct NoSpectrum {
  NS_HD std::int64_t next_event() const { return never; }
  template <class T> NS_HD void add(int, const T*, std::int64_t, int, int) {}
  NS_HD void event() {}
};

// A spectrum sees samples y[a] ... y[b - 1] of a span whose y[0] is observed sample number `at` (negative while the
// transient's end lies inside the span); no event lies between them. event() is called when next_event() is reached.
// A spectrum may also record(): it is then shown the first register's states after each step.
template <class Model, Method method, class T, Path path, int K, int span, class Spectrum>
class Simulation {
 public:
  using N = Node<Model, method, T, path>;
  static_assert(span % group == 0 && flush_every % span == 0);

  NS_HD Simulation(const Setup& s, N (&nodes)[K], Spectrum& spectrum) : s_(s), node_(nodes), spectrum_(spectrum) {}

  // Whether somebody wants to see every step. All of them then go the slow way, which computes the same bits.
  static constexpr bool can_record = requires(Spectrum& spectrum) { spectrum.recording(); };
  NS_HD bool recording() const {
    if constexpr (can_record) return spectrum_.recording();
    else return false;
  }

  // Steps begin ... end - 1; both are multiples of flush_every, or end is the last step.
  NS_HD void run(std::int64_t begin, std::int64_t end) {
    flushed_ = begin > s_.transient ? begin : s_.transient;
    if (begin == 0 && s_.transient == 0) begin_observation();
    std::int64_t t = begin;
    while (t < end) {
      const std::int64_t event = next_event(t, end);
      const int whole = recording() ? 0 : int((event - t) / span);
      if (whole > 0) whole_spans(t, whole, t >= s_.transient);
      t += std::int64_t(whole) * span;
      if (t < event) {
        const int active = int(end - t < span ? end - t : span);
        broken_span(t, active);
        t += active;
      }
      close(t);
    }
  }

 private:
  static constexpr int slots = Input<Model, T, path>::slots;
  // Steps whose inputs are drawn at a time: fewer where a GPU's registers hold doubles.
  static constexpr int ahead = span == group && sizeof(typename Arithmetic<T>::element) == 8 ? 4 : span;
  // Steps whose sums are made at once. On a CPU sums use ports that a step leaves idle, and two steps' sums are loaded and stored
  // once, which there are not registers enough to keep; where short steps of many sets leave some, each step's at once.
  static constexpr int together = Scalar<T> ? ahead : K >= 4 && Arithmetic<T>::registers == 32 ? 1 : 2;
  // A CPU takes a load for one that waits for a sample's store if both addresses end alike, as they would in arrays of 4096 bytes.
  static constexpr int apart = Scalar<T> ? 0 : 1;
  struct Inputs {
    T u[slots > 0 ? slots : 1][ahead];
    T unused;
  };
  using Times = SpikeTimes<Model, T, span>;
  // A span of several groups lies in memory, where a hop may end anywhere; a group in registers is cut at one.
  static constexpr bool hops_cut = span == group;

  // The next step at which the hot loop must stop.
  NS_HD std::int64_t next_event(std::int64_t t, std::int64_t end) const {
    std::int64_t e = end;
    if constexpr (Scalar<T>) {                // a GPU's hot loop has no register for what a flush needs
      e = (t / flush_every + 1) * flush_every;
      if (e > end) e = end;
    }
    if (t < s_.transient) {
      if (e > s_.transient) e = s_.transient;
    } else if constexpr (hops_cut) {
      const std::int64_t hop = spectrum_.next_event() + s_.transient;
      if (e > hop) e = hop;
    }
    return e;
  }

  // The hot loop. It works on copies that nothing else can see, so that they may live in registers.
  NS_HD void whole_spans(std::int64_t t, int count, bool observed) {
    const bool sums = Scalar<T> || (observed && s_.of_signal);                       // spikes alone need none
    const bool keeps = Scalar<T> || (sums && spectrum_.next_event() != never);       // the samples, for the spectrum
    Dynamics<Model, method, T> dynamics[K];
    Carried<Model, T> carried[K];
    NS_UNROLL for (int k = 0; k < K; ++k) dynamics[k] = node_[k].dynamics, carried[k] = node_[k].carried;
    NS_UNROLL for (int k = 1; k < K; ++k) dynamics[k].share(dynamics[0]);
    const std::uint32_t number = std::uint32_t(t / span);     // below 2^31: one 32-bit counter serves the loop and the noise
    for (std::uint32_t i = number; i < number + std::uint32_t(count); ++i) {
      t = std::int64_t(i) * span;
      T y[K][span + apart];
      Times times[K];
      if constexpr (Scalar<T>) NS_UNROLL for (int k = 0; k < K; ++k) times[k].clear();
      NS_UNROLL for (int first = 0; first < span; first += ahead) {
        Inputs u[K];
        NS_UNROLL for (int k = 0; k < K; ++k) node_[k].input.template draw<ahead>(s_, t + first, u[k].u);
        NS_STEP_LOOP for (int q = 0; q < ahead; q += together) {
          T sample[together][K];
          NS_UNROLL for (int j = 0; j < together; ++j)
            NS_UNROLL for (int k = 0; k < K; ++k)
              sample[j][k] = step<Model, path>(s_, dynamics[k], carried[k], u[k].u, q + j, times[k], first + q + j);
          NS_UNROLL for (int k = 0; k < K; ++k)
            NS_UNROLL for (int j = 0; j < together; ++j) {
              if (sums) sample[j][k] = carried[k].moments.add(sample[j][k]);
              if (keeps) y[k][first + q + j] = sample[j][k];
            }
        }
      }
      if (observed) {
        if constexpr (hops_cut) NS_UNROLL for (int k = 0; k < K; ++k) spectrum_.add(k, y[k], t - s_.transient, 0, span);
        else if (keeps) show(y, t - s_.transient, 0, span);
        add_spikes(times, t - s_.transient, 0, span);
      }
      if constexpr (!Scalar<T>)
        if ((t + span) % flush_every == 0) merge_sums(t + span, [&](int k) -> auto& { return carried[k]; });
    }
    NS_UNROLL for (int k = 0; k < K; ++k) node_[k].carried = carried[k];
  }

  // Samples a ... b - 1 of a span to the spectrum, hop by hop.
  NS_HD void show(const T (&y)[K][span + apart], std::int64_t at, int a, int b) {
    while (a < b) {
      const std::int64_t event = spectrum_.next_event();
      const int end = at + b < event ? b : int(event - at);
      NS_UNROLL for (int k = 0; k < K; ++k) spectrum_.add(k, y[k], at, a, end);
      if (at + end == event) spectrum_.event();
      a = end;
    }
  }

  // The first `active` steps of a span in which the observation begins or ends, or a hop that cuts.
  NS_HD void broken_span(std::int64_t t, int active) {
    T y[K][span + apart];
    Times times[K];
    NS_UNROLL for (int k = 0; k < K; ++k) times[k].clear();
    NS_UNROLL for (int first = 0; first < span; first += ahead) {
      Inputs u[K];
      NS_UNROLL for (int k = 0; k < K; ++k) node_[k].input.template draw<ahead>(s_, t + first, u[k].u);
      NS_RARE_LOOP for (int q = 0; q < ahead; ++q) {
        if (t + first + q == s_.transient) begin_observation();
        if (first + q < active)
          NS_UNROLL for (int k = 0; k < K; ++k)
            y[k][first + q] = node_[k].carried.moments.add(
                step<Model, path>(s_, node_[k].dynamics, node_[k].carried, u[k].u, q, times[k], first + q));
        if constexpr (can_record)
          if (first + q < active && recording()) spectrum_.template record<Model>(t + first + q, node_[0].dynamics.leave(node_[0].carried.x, s_.per_dt), times[0], first + q);
      }
    }
    const std::int64_t at = t - s_.transient;
    const int observed = at < 0 ? int(at < -span ? span : -at) : 0;
    if (observed < active) add_spikes(times, at, observed, active);
    show(y, at, observed, active);
  }

  NS_HD void add_spikes([[maybe_unused]] const Times (&times)[K], [[maybe_unused]] std::int64_t at,
                        [[maybe_unused]] int a, [[maybe_unused]] int b) {
    if constexpr (Spiking<Model>)
      if (Scalar<T> || s_.of_spikes)          // a GPU adds them without a branch
        NS_UNROLL for (int k = 0; k < K; ++k) node_[k].spikes.add(times[k], at, a, b, s_.of_intervals);
  }

  // What is due at step t, all steps before it being done.
  NS_HD void close(std::int64_t t) {
    if (t == s_.transient) begin_observation();
    if (t > s_.transient && t - s_.transient == spectrum_.next_event()) spectrum_.event();
    if (t % flush_every == 0 || t == s_.steps) flush(t);
  }

  NS_OUTLINE void begin_observation() {
    NS_UNROLL for (int k = 0; k < K; ++k) node_[k].carried.moments.begin(node_[k].signal(s_));
  }

  NS_OUTLINE void flush(std::int64_t t) {
    merge_sums(t, [&](int k) -> auto& { return node_[k].carried; });
  }
  // carried(k): register k's.
  template <class F>
  NS_HD void merge_sums(std::int64_t t, F carried) {
    NS_UNROLL for (int k = 0; k < K; ++k) carried(k).look_at_states();
    if (t <= flushed_) return;
    NS_UNROLL for (int k = 0; k < K; ++k) carried(k).moments.flush(int(t - flushed_), flushed_ - s_.transient);
    flushed_ = t;
  }

  const Setup& s_;
  N (&node_)[K];
  Spectrum& spectrum_;
  std::int64_t flushed_ = 0;                  // steps whose samples are in the running mean
};

// The `direct` engine's part in the time loop for K registers.
template <class T, int K, int capacity, bool unrolled>
struct DirectSpectrum {
  using E = typename Arithmetic<T>::element;
  DirectPlan plan;
  const E* table;                             // direct_table(plan, capacity)
  std::int64_t hops;                          // to go through: what follows belongs to no whole segment
  std::int64_t hop, begin;                    // the running one, and its first sample
  bool open;                                  // whether there is one
  DirectBins<T, capacity, unrolled> bins[K];

  NS_HD DirectSpectrum(const Setup& s, const DirectPlan& p, const E* t, std::int64_t first_hop = 0)
      : plan(p), table(t), hops(s.segments + (paired() ? 1 : 0)) {
    begin_hop(first_hop);
  }
  NS_HD void init() {
    NS_UNROLL for (int k = 0; k < K; ++k) bins[k].init(plan.bins);
  }
  NS_HD bool paired() const { return plan.hop != plan.segment; }
  NS_HD void begin_hop(std::int64_t number) { hop = number, begin = number * plan.hop, open = number < hops; }
  NS_HD std::int64_t next_event() const { return open ? begin + plan.hop : never; }

  NS_HD void add(int k, const T* y, std::int64_t at, int a, int b) {
    if (!open) return;
    const int place = int(at - begin);
    if constexpr (unrolled) {
      add_group(k, y, place, a, b);           // a span is one group
    } else {
      for (int g = a / group * group; g < b; g += group) add_group(k, y + g, place + g, a - g, b - g);
    }
  }
  // Samples y[a] ... y[b - 1] of eight; the others count as zero. a and b may lie outside 0 ... 8.
  NS_HD void add_group(int k, const T* y, int place, int a, int b) {
    const E* rotation = table + capacity * group_weights + plan.row(place) * capacity * 2;
    if (!unrolled && a <= 0 && b >= group) return bins[k].add(plan.bins, y, table, rotation);
    T part[group];
    NS_UNROLL for (int q = 0; q < group; ++q) part[q] = q >= a && q < b ? y[q] : T(E(0));
    bins[k].add(plan.bins, part, table, rotation);
  }
  NS_HD void event() {
    NS_UNROLL for (int k = 0; k < K; ++k) bins[k].end_hop(plan.bins, plan.first_bin, paired(), hop == 0);
    begin_hop(hop + 1);
  }
};

}  // namespace neurosweep
