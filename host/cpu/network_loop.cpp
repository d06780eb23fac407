// The time loop of a network for one instruction set: a set at a time, the order of a step is that of cell.hpp.
#include <new>

#include "measures/measures.hpp"
#include "network_lanes.hpp"
#include "spectrum.hpp"

namespace neurosweep::NS_ISA {

extern template class CpuSpectrum<double, 1>;       // below

namespace {

// Hands out parts of a workspace; without one it counts how much would be needed, and what it hands out is nobody's.
class Arena {
 public:
  explicit Arena(std::byte* base) : base_(std::uintptr_t(base)) {}
  bool counts() const { return base_ == 0; }
  template <class U>
  U* take(std::int64_t n) {
    const std::uintptr_t at = (counts() ? 64 : base_) + used_;
    used_ += (sizeof(U) * std::size_t(n) + 63) / 64 * 64;
    return reinterpret_cast<U*>(at);
  }
  std::size_t used() const { return used_; }

 private:
  std::uintptr_t base_;
  std::size_t used_ = 0;
};

template <class E>
const CellKernels<E>& cells_of_model(int model) {
  const CellKernels<E>* found = nullptr;
  with_model(model, [&]<class M>(std::type_identity<M>) {
    if constexpr (sizeof(E) == 4) found = &float_cells<M>();
    else found = &double_cells<M>();
  });
  return *found;
}

// What a port of a run's cells receives besides its mean.
template <class T>
struct Drives {
  T noise;                                   // SD of a step
  Sine<T> sine;
  Pulse<T> pulse;
  bool noisy, waves, pulses;
};

// Signals that are measured, a lane for each: the moments' and spectra's register of sets.
template <class E>
struct SignalLanes {
  using T = Lanes<E>;
  static constexpr int span = 64;
  Moments<T> moments;
  CpuSpectrum<E, 1>* spectrum;
  E* y;                                      // [span][lanes]
};

template <class E>
class NetworkLoop {
  using T = Lanes<E>;
  using Word = typename Arithmetic<T>::Word;
  using Rank = typename T::B;
  static constexpr int width = T::width, span = SignalLanes<E>::span;

 public:
  NetworkLoop(const NetworkPlan& plan, const NetworkSet& set, Arena& arena) : plan_(plan), set_(set), slots_(plan.slots), s_(plan.cpu->setup) {
    lay_out(arena);
  }

  std::uint8_t run() {
    begin();
    const FloatMode before = flush_denormals();
    const bool whole = integrate();
    restore_denormals(before);
    return whole ? finish() : std::uint8_t(status_diverged);
  }

 private:
  // False if the set was given up.
  bool integrate() {
    connect_gaps();
    for (std::int64_t t = 0; t < s_.steps; ++t) {
      if (t % cell_steps == 0) draw_inputs(t);
      step(t);
      if ((t + 1) % span == 0 || t + 1 == s_.steps) close_span(t + 1);
      if ((t + 1) % flush_every == 0 || t + 1 == s_.steps) {
        flush(t + 1);
        if (!set_.go_on(set_.context)) return false;
      }
    }
    return true;
  }

  struct Group {
    const CellKernels<E>* kernels;
    typename CellKernels<E>::OfMethod method;
    CellGroup<E> cells;
    E* mean[max_cell_port];                  // [registers]
    Drives<T>* drives[max_cell_port];        // [runs]
    Normals<T>* normals[max_cell_port];      // [registers]
    PhiloxLanes<E>* words;                   // [registers] of Poisson arrivals
  };

  // ---- memory --------------------------------------------------------------------------------------------------------

  E* lanes(Arena& arena, std::int64_t registers) { return arena.take<E>(registers * width); }

  void lay_out(Arena& arena) {
    const int n = slots_.registers;
    groups_ = arena.take<Group>(slots_.n_group);
    v_ = lanes(arena, n), open_ = arena.take<LaneBits>(n);
    s_of_channel_ = arena.take<E*>(plan_.max_channel);
    channel_lanes_ = arena.take<ChannelLanes<T>>(std::int64_t(slots_.n_group) * plan_.max_channel);
    s_of_group_ = arena.take<E*>(std::int64_t(slots_.n_group) * plan_.max_channel);
    E* const channels = lanes(arena, std::int64_t(n) * plan_.max_channel);
    stride_ = (n + 3) / 4 * 4;
    ring_ = arena.take<LaneBits>(std::int64_t(plan_.ring) * stride_);
    any_ = arena.take<bool>(plan_.ring);
    trains_ = arena.take<SpikeTrain<E>>(std::int64_t(n) * width);
    next_spike_ = arena.take<std::int64_t>(plan_.n_population);
    sample_ = arena.take<E>(std::int64_t(plan_.n_population) * n_network_signal);
    spread_ = arena.take<Moments<T>>(n), spreads_at_ = arena.take<bool>(n);
    n_signal_ = (plan_.n_lane + width - 1) / width;
    signals_ = arena.take<SignalLanes<E>>(n_signal_);
    CpuSpectrum<E, 1>* const spectra = arena.take<CpuSpectrum<E, 1>>(n_signal_);
    E* const y = lanes(arena, std::int64_t(n_signal_) * span);
    const std::size_t fft = plan_.cpu->engine == Engine::fft ? fft_bytes<E>(s_, 1) : 0;
    std::byte* const work = arena.take<std::byte>(std::int64_t((fft + 63) / 64 * 64) * n_signal_);
    const bool real = !arena.counts();
    if (real) {
      for (int c = 0; c < plan_.max_channel; ++c) s_of_channel_[c] = channels + std::int64_t(c) * n * width;
      for (int i = 0; i < n_signal_; ++i) {
        CpuBatch batch{};
        batch.workspace = work + std::size_t(i) * ((fft + 63) / 64 * 64);
        signals_[i].y = y + std::int64_t(i) * span * width;
        signals_[i].spectrum = new (spectra + i) CpuSpectrum<E, 1>(*plan_.cpu, batch);
      }
    }
    Group unused;
    for (int i = 0, run = 0; i < slots_.n_group; ++i) lay_out_group(arena, i, real ? groups_[i] : unused, run);
  }

  void lay_out_group(Arena& arena, int number, Group& g, int& run) {
    const ModelGroup& is = slots_.groups[number];
    CellGroup<E>& cells = g.cells;
    const int n = is.registers;
    cells = {};
    cells.first = is.first, cells.registers = n, cells.first_run = run;
    while (run < slots_.n_run && slots_.runs[run].group == number) ++run;
    cells.end_run = run;
    cells.v = v_ + std::int64_t(is.first) * width, cells.open = open_ + is.first;
    cells.channels = channel_lanes_ + std::int64_t(number) * plan_.max_channel, cells.s = s_of_group_ + std::int64_t(number) * plan_.max_channel;
    g.kernels = nullptr;
    if (is.model < 0) return;
    g.kernels = &cells_of_model<E>(is.model), g.method = g.kernels->method[int(plan_.cpu->method)];
    cells.dynamics = arena.take<std::byte>(std::int64_t(g.method.dynamics_bytes) * (cells.end_run - cells.first_run));
    for (int i = 0; i < g.kernels->n_state; ++i) cells.x[i] = i == g.kernels->potential ? cells.v : lanes(arena, n);
    cells.hold = g.kernels->refractory ? lanes(arena, n) : nullptr;
    for (int p = 0; p < g.kernels->n_port; ++p) {
      cells.input[p] = lanes(arena, std::int64_t(n) * cell_steps);
      g.mean[p] = lanes(arena, n);
      g.drives[p] = arena.take<Drives<T>>(cells.end_run - cells.first_run);
      g.normals[p] = arena.take<Normals<T>>(n);
    }
    g.words = arena.take<PhiloxLanes<E>>(n);
    cells.arrivals = lanes(arena, std::int64_t(n) * cell_steps);
  }

  // ---- the start -----------------------------------------------------------------------------------------------------

  void begin() {
    const std::int64_t n = slots_.registers;
    for (std::int64_t i = 0; i < n * width; ++i) v_[i] = 0, trains_[i].begin();
    for (std::int64_t i = 0; i < n; ++i) open_[i] = 0, spreads_at_[i] = false;
    for (std::int64_t i = 0; i < std::int64_t(plan_.ring) * stride_; ++i) ring_[i] = 0;
    for (int i = 0; i < plan_.ring; ++i) any_[i] = false;
    for (int c = 0; c < set_.n_channel; ++c)
      for (std::int64_t i = 0; i < n * width; ++i) s_of_channel_[c][i] = 0;
    for (int p = 0; p < plan_.n_population; ++p) {
      next_spike_[p] = 0;
      const NetworkSignals& wanted = plan_.populations[p].wanted;
      if (wanted.spread) each_register(plan_.populations[p], [&](int r, std::uint32_t) { spreads_ = spreads_at_[r] = true; });
      samples_ = samples_ || wanted.rate || wanted.v || wanted.currents;
    }
    for (int i = 0; i < slots_.n_group; ++i)
      if (groups_[i].kernels) begin_group(i, groups_[i]);
  }

  void begin_group(int number, Group& g) {
    CellGroup<E>& cells = g.cells;
    for (int run = cells.first_run; run < cells.end_run; ++run) g.method.prepare(plan_, set_, cells, run);
    if (g.kernels->potential < 0)             // its cells have not written it
      for (int i = 0; i < cells.registers * width; ++i) cells.v[i] = 0;
    cells.varies = false;
    bool arrive = false;
    for (int run = cells.first_run; run < cells.end_run; ++run) {
      for (int p = 0; p < g.kernels->n_port; ++p) cells.varies = begin_drives(g, run, p) || cells.varies;
      arrive = arrive || set_.arrivals[run].limits != nullptr;
    }
    if (!arrive) cells.arrivals = nullptr;
    else
      for (int r = 0; r < cells.registers; ++r) begin_generator(g.words[r], cells.first + r, poisson_stream);
    if (!cells.varies)
      for (int p = 0; p < g.kernels->n_port; ++p)
        for (int i = 0; i < cells.registers * width; ++i) cells.input[p][i] = g.mean[p][i];
    begin_channels(number, cells);
  }

  template <class Generator>
  void begin_generator(Generator& g, int r, std::uint32_t stream) const {
    typename Arithmetic<T>::Wide number;
    Word replicate;
    for (int i = 0; i < width; ++i) {
      const std::uint64_t cell = std::uint64_t(slots_.cell[std::int64_t(r) * width + i]);
      number[i] = cell + (set_.set >> 32 << 24) + (set_.set << 32), replicate[i] = set_.replicate;
    }
    g.init(s_.seed, number, replicate, stream);
  }

  // Whether anything but the mean is there.
  bool begin_drives(Group& g, int run, int port) {
    const RegisterRun& where = slots_.runs[run];
    const int* population = slots_.population + std::int64_t(where.first) * width;
    const Layout layout(g.kernels->n_par, g.kernels->n_state, g.kernels->n_port);
    const auto source = [&](int quantity, int lane) { return set_.quantity[plan_.populations[population[lane]].quantities + quantity]; };
    const auto some = [&](Drive d) {
      bool found = false;
      for (int lane = 0; lane < width; ++lane) found = found || source(layout.drive(port, d), lane) != 0;
      return found;
    };
    for (int r = where.first; r < where.end; ++r)
      for (int lane = 0; lane < width; ++lane) {
        const std::int64_t slot = std::int64_t(r) * width + lane;
        const NetworkPopulation& p = plan_.populations[slots_.population[slot]];
        const std::int64_t within = slot - p.first;      // a copy's is beyond the last
        const bool own = p.mean && port == g.kernels->main_port;
        g.mean[port][slot - std::int64_t(g.cells.first) * width] =
            E(own ? p.mean[within < p.size ? within : p.size - 1] : source(layout.drive(port, drive_mean), lane));
      }
    Drives<T>& d = g.drives[port][run - g.cells.first_run];
    d.noisy = some(drive_noise), d.waves = some(drive_sine_amplitude), d.pulses = some(drive_pulse_amplitude);
    if (d.noisy) {
      const double per_step = 1 / std::sqrt(s_.dt_seconds);
      d.noise = real_of<T>([&](int lane) { return source(layout.drive(port, drive_noise), lane) * per_step; });
      for (int r = where.first; r < where.end; ++r) begin_generator(g.normals[port][r - g.cells.first], r, std::uint32_t(port));
    }
    if (d.waves) d.sine.prepare(source, s_, layout.drive(port, drive_mean));
    if (d.pulses) d.pulse.prepare(source, s_, layout.drive(port, drive_mean));
    return d.noisy || d.waves || d.pulses;
  }

  // The channels that reach a cell of the group.
  void begin_channels(int number, CellGroup<E>& cells) {
    for (int c = 0; c < set_.n_channel; ++c) {
      const Channel& channel = set_.channels[c];
      bool reached = false;
      const auto look = [&](const Block* blocks, int n) {
        for (int b = 0; b < n; ++b)
          reached = reached || (blocks[b].channel == c && blocks[b].rows->first < cells.first + cells.registers && blocks[b].rows->end > cells.first);
      };
      look(set_.blocks, set_.n_block), look(set_.gaps, set_.n_gap);
      if (!reached || channel.jump) continue;
      const std::int64_t at = std::int64_t(number) * plan_.max_channel + cells.n_channel++;
      channel_lanes_[at] = {T(E(channel.factor)), T(E(channel.offset)), T(E(channel.slope))};
      s_of_group_[at] = s_of_channel_[c] + std::int64_t(cells.first) * width;
    }
  }

  // ---- inputs --------------------------------------------------------------------------------------------------------

  void draw_inputs(std::int64_t t) {
    for (int i = 0; i < slots_.n_group; ++i) {
      Group& g = groups_[i];
      if (!g.kernels) continue;
      for (int run = g.cells.first_run; run < g.cells.end_run; ++run) {
        if (g.cells.varies)
          for (int p = 0; p < g.kernels->n_port; ++p) draw_drives(g, run, p, t);
        if (g.cells.arrivals) draw_arrivals(g, run, t);
      }
    }
  }

  void draw_drives(const Group& g, int run, int port, std::int64_t t) {
    const Drives<T>& d = g.drives[port][run - g.cells.first_run];
    const int n = g.cells.registers;
    T common[cell_steps];
    for (T& u : common) u = T(E(0));
    if (d.waves) d.sine.template add<cell_steps>(t, common);
    if (d.pulses) d.pulse.template add<cell_steps>(t, common);
    for (int r = slots_.runs[run].first - g.cells.first; r < slots_.runs[run].end - g.cells.first; ++r) {
      const T mean = T::load(g.mean[port] + std::int64_t(r) * width);
      E* const to = g.cells.input[port] + std::int64_t(r) * width;
      T z[cell_steps];
      if (d.noisy) g.normals[port][r].template draw<cell_steps>(std::uint32_t(t / 4), z);
      NS_UNROLL for (int q = 0; q < cell_steps; ++q) {
        T u = mean + common[q];
        if (d.noisy) u = fma(d.noise, z[q], u);
        u.store(to + std::int64_t(q) * n * width);
      }
    }
  }

  // All eight steps at a time: how far the limits must be gone through then hardly varies.
  void draw_arrivals(const Group& g, int run, std::int64_t t) {
    const NetworkArrivals& a = set_.arrivals[run];
    const int n = g.cells.registers;
    const T first = real_of<T>([&](int lane) { return a.first[lane]; }), weight = real_of<T>([&](int lane) { return a.weight[lane]; });
    for (int r = slots_.runs[run].first - g.cells.first; r < slots_.runs[run].end - g.cells.first; ++r) {
      E* const to = g.cells.arrivals + std::int64_t(r) * width;
      Word count[cell_steps] = {};
      if (a.limits) count_arrivals(g.words[r], a, t, count);
      NS_UNROLL for (int q = 0; q < cell_steps; ++q) ((first + to_real<T>(count[q])) * weight).store(to + std::int64_t(q) * n * width);
    }
  }
  // Few words go beyond the usual limits: whether one does is seldom guessed wrong.
  void count_arrivals(const PhiloxLanes<E>& words, const NetworkArrivals& a, std::int64_t t, Word (&count)[cell_steps]) const {
    Word word[cell_steps];
    words.template draw<cell_steps / 4>(std::uint32_t(t / 4), word);
    Rank rank[cell_steps];
    NS_UNROLL for (int q = 0; q < cell_steps; ++q) rank[q] = ranked(word[q]);
    const auto limit = [&](int i) {
      Word w;
      std::memcpy(&w, static_cast<const std::byte*>(a.limits) + std::size_t(i) * sizeof w, sizeof w);
      return ranked(w);
    };
    for (int i = 0; i < a.n_usual; ++i) {
      const Rank of = limit(i);
      NS_UNROLL for (int q = 0; q < cell_steps; ++q) count[q] = count_beyond(count[q], rank[q], of);
    }
    Rank largest = rank[0];
    NS_UNROLL for (int q = 1; q < cell_steps; ++q) largest = larger(largest, rank[q]);
    for (int i = a.n_usual; i < a.n_limit; ++i) {
      const Rank of = limit(i);
      if (bits_of<E>(beyond(largest, of)) == 0) return;
      NS_UNROLL for (int q = 0; q < cell_steps; ++q) count[q] = count_beyond(count[q], rank[q], of);
    }
  }
  // ---- a step --------------------------------------------------------------------------------------------------------

  LaneBits* row(std::int64_t t) const { return ring_ + (t & (plan_.ring - 1)) * stride_; }
  bool& any(std::int64_t t) const { return any_[t & (plan_.ring - 1)]; }

  void step(std::int64_t t) {
    const int q = int(t % cell_steps);
    LaneBits* const spikes = row(t);
    bool some = false;
    for (int i = 0; i < slots_.n_group; ++i) {
      const Group& g = groups_[i];
      if (g.kernels) some = g.method.advance(slots_, g.cells, q, spikes + g.cells.first) || some;
      else some = give_spikes(g.cells, t, spikes) || some;
    }
    any(t) = some;
    if (some && (t >= s_.transient || set_.trace)) note_spikes(t, spikes);
    for (int b = 0; b < set_.n_block; ++b)
      if (any(t - set_.blocks[b].delay)) deliver(set_.blocks[b], t);
    if (jumped_) apply_jumps();
    if ((samples_ && t >= s_.transient) || set_.trace) sample(t, q);
    if (spreads_ && t >= s_.transient) add_to_spread(t);
    if (jumped_) clear_jumps();
    connect_gaps();
  }

  // Populations that spike at given times.
  bool give_spikes(const CellGroup<E>& g, std::int64_t t, LaneBits* spikes) {
    bool some = false;
    for (int r = g.first; r < g.first + g.registers; ++r) spikes[r] = 0;
    for (int p = 0; p < plan_.n_population; ++p) {
      const NetworkPopulation& population = plan_.populations[p];
      if (population.model >= 0) continue;
      std::int64_t& next = next_spike_[p];
      for (; next < population.n_spike && population.spikes[next].step <= t; ++next)
        if (population.spikes[next].step == t) {
          const int slot = population.first + population.spikes[next].cell;
          spikes[slot / width] |= LaneBits(1u << slot % width), some = true;
        }
    }
    return some;
  }

  // Calls f(slot) for every spike of registers first ... end - 1 in the lanes `among`. They are rare: four registers at a time.
  template <class F>
  NS_HD static void each_spike(const LaneBits* spikes, const LaneBits* among, int first, int end, F f) {
    for (int four = first / 4 * 4; four < end; four += 4) {
      std::uint64_t together;
      std::memcpy(&together, spikes + four, sizeof together);
      if (together == 0) continue;
      for (int r = four < first ? first : four; r < four + 4 && r < end; ++r)
        for (std::uint32_t left = among ? spikes[r] & among[r] : spikes[r]; left != 0; left &= left - 1) f(r * width + lowest_bit(left));
    }
  }

  void note_spikes(std::int64_t t, const LaneBits* spikes) {
    each_spike(spikes, nullptr, 0, slots_.registers, [&](int slot) {
      if (t >= s_.transient) trains_[slot].add(typename SpikeTrain<E>::Count(t - s_.transient));
      if (set_.trace) set_.trace->spiked(set_.trace->context, t, slots_.cell[slot]);
    });
  }

  // The spikes of step t - delay arrive.
  void deliver(const Block& block, std::int64_t t) {
    const RowsView& rows = *block.rows;
    const LaneBits* const spikes = row(t - block.delay);
    E* const s = s_of_channel_[block.channel];
    if (set_.channels[block.channel].jump) jumped_ = true;
    const E w = E(block.weight);
    if (rows.kind == RowKind::all) return deliver_to_all(rows, spikes, w, s);
    const int across = rows.end - rows.first;
    E* const to = s + std::int64_t(rows.first) * width;
    switch (rows.kind) {
      case RowKind::all: break;
      case RowKind::lanes:
        return each_spike(spikes, rows.from, rows.from_first, rows.from_end, [&](int slot) {
          const LaneBits* const bits = rows.bits + std::int64_t(rows.row[slot]) * across;
          for (int r = 0; r < across; ++r)
            add_where(mask_of_bits<E>(bits[r]), T::load(to + r * width), T(w)).store(to + r * width);
        });
      case RowKind::weights:
        return each_spike(spikes, rows.from, rows.from_first, rows.from_end, [&](int slot) {
          const E* const weight = static_cast<const E*>(rows.weight) + std::int64_t(rows.row[slot]) * across * width;
          for (int i = 0; i < across * width; i += width) (T::load(to + i) + T::load(weight + i)).store(to + i);
        });
      case RowKind::slots:
        return each_spike(spikes, rows.from, rows.from_first, rows.from_end, [&](int slot) {
          const std::uint32_t* const target = rows.target;
          const std::uint64_t end = rows.begin[slot + 1];
          if (const E* const weight = static_cast<const E*>(rows.weight))
            for (std::uint64_t i = rows.begin[slot]; i < end; ++i) s[target[i]] += weight[i];
          else
            for (std::uint64_t i = rows.begin[slot]; i < end; ++i) s[target[i]] += w;
        });
    }
  }
  void deliver_to_all(const RowsView& rows, const LaneBits* spikes, E w, E* s) {
    int count = 0;
    for (int r = rows.from_first; r < rows.from_end; ++r) count += __builtin_popcount(unsigned(spikes[r] & rows.from[r]));
    if (count == 0) return;
    const T others(w * E(count)), less_self(w * E(count - 1));
    for (int r = rows.first; r < rows.end; ++r) {
      const Mask<E> self = mask_of_bits<E>(rows.self ? 0u : unsigned(spikes[r] & rows.from[r]));
      const T old = T::load(s + r * width);
      add_where(mask_of_bits<E>(rows.to[r]), old, select(self, less_self, others)).store(s + r * width);
    }
  }

  void apply_jumps() {
    for (int c = 0; c < set_.n_channel; ++c) {
      if (!set_.channels[c].jump) continue;
      for (int r = 0; r < slots_.registers; ++r) {
        const std::int64_t at = std::int64_t(r) * width;
        add_where(mask_of_bits<E>(open_[r]), T::load(v_ + at), T::load(s_of_channel_[c] + at)).store(v_ + at);
      }
    }
  }
  void clear_jumps() {
    jumped_ = false;
    for (int c = 0; c < set_.n_channel; ++c)
      if (set_.channels[c].jump)
        for (std::int64_t i = 0; i < std::int64_t(slots_.registers) * width; i += width) T(E(0)).store(s_of_channel_[c] + i);
  }

  // I_i += g sum (v_j - v_i) for the next step.
  void connect_gaps() {
    for (int b = 0; b < set_.n_gap; ++b) {
      const Block& block = set_.gaps[b];
      const RowsView& rows = *block.rows;
      E* const s = s_of_channel_[block.channel];
      const E g = E(block.weight);
      if (rows.kind == RowKind::all) {
        connect_all(rows, g, s);
        continue;
      }
      const int across = rows.end - rows.first;
      each_spike(rows.from, nullptr, rows.from_first, rows.from_end, [&](int slot) {
        const E v = v_[slot];
        if (rows.kind == RowKind::lanes) {
          const LaneBits* const bits = rows.bits + std::int64_t(rows.row[slot]) * across;
          for (int r = 0; r < across; ++r) {
            const std::int64_t at = std::int64_t(rows.first + r) * width;
            add_where(mask_of_bits<E>(bits[r]), T::load(s + at), T(g) * (T(v) - T::load(v_ + at))).store(s + at);
          }
        } else {
          for (std::uint64_t i = rows.begin[slot]; i < rows.begin[slot + 1]; ++i) s[rows.target[i]] += g * (v - v_[rows.target[i]]);
        }
      });
    }
  }
  // Every pair: n (mean - v_i), counted from the first cell's v. A cell's junction with itself brings nothing.
  void connect_all(const RowsView& rows, E g, E* s) {
    const E origin = v_[rows.from_first * width + __builtin_ctz(unsigned(rows.from[rows.from_first]))];
    T sum(E(0));
    int n = 0;
    for (int r = rows.from_first; r < rows.from_end; ++r) {
      sum = add_where(mask_of_bits<E>(rows.from[r]), sum, T::load(v_ + std::int64_t(r) * width) - T(origin));
      n += __builtin_popcount(unsigned(rows.from[r]));
    }
    const T all(sum_of_lanes(sum));
    for (int r = rows.first; r < rows.end; ++r) {
      const std::int64_t at = std::int64_t(r) * width;
      const T current = T(g) * fnma(T(E(n)), T::load(v_ + at) - T(origin), all);
      add_where(mask_of_bits<E>(rows.to[r]), T::load(s + at), current).store(s + at);
    }
  }

  // ---- what is measured ----------------------------------------------------------------------------------------------

  // Calls f(register, its lanes of the population).
  template <class F>
  NS_HD static void each_register(const NetworkPopulation& p, F f) {
    for (int r = p.first / width; r * width < p.first + p.size; ++r) {
      const int low = p.first - r * width, high = p.first + p.size - r * width;
      const std::uint32_t below = high >= width ? (1u << width) - 1 : (1u << high) - 1, skipped = low > 0 ? (1u << low) - 1 : 0;
      f(r, below & ~skipped);
    }
  }

  void sample(std::int64_t t, int q) {
    for (int p = 0; p < plan_.n_population; ++p) {
      const NetworkPopulation& population = plan_.populations[p];
      E* const to = sample_ + std::int64_t(p) * n_network_signal;
      if (population.wanted.rate || set_.trace) {
        int count = 0;
        each_register(population, [&](int r, std::uint32_t in) { count += __builtin_popcount(row(t)[r] & in); });
        to[signal_rate] = E(count / (population.size * s_.dt_seconds));
      }
      if (population.wanted.v || set_.trace) {
        T sum(E(0));
        each_register(population, [&](int r, std::uint32_t in) { sum = add_where(mask_of_bits<E>(in), sum, T::load(v_ + std::int64_t(r) * width)); });
        to[signal_v] = sum_of_lanes(sum) / E(population.size);
      }
      if (population.wanted.currents || set_.trace) sample_currents(p, q, to);
    }
    if (set_.trace)
      for (int i = 0; i < plan_.n_population * n_network_signal; ++i)
        set_.trace->signals[t * plan_.n_population * n_network_signal + i] = double(sample_[i]);
    if (t < s_.transient) return;
    for (int lane = 0; lane < plan_.n_lane; ++lane)
      signals_[lane / width].y[(t % span) * width + lane % width] = sample_[plan_.lanes[lane]];
  }

  void sample_currents(int p, int q, E* to) {
    const NetworkPopulation& population = plan_.populations[p];
    const std::uint8_t* const inhibits = set_.inhibits + std::int64_t(p) * set_.n_channel;
    T exc_sum(E(0)), inh_sum(E(0)), lfp_sum(E(0));
    each_register(population, [&](int r, std::uint32_t in) {
      const std::int64_t at = std::int64_t(r) * width;
      T arriving[2] = {T(E(0)), T(E(0))};
      const T v = T::load(v_ + at);
      for (int c = 0; c < set_.n_channel; ++c) {
        const Channel& channel = set_.channels[c];
        if (channel.receptor < 0) continue;
        T& sum = arriving[inhibits[c] != 0];
        sum = fma(T::load(s_of_channel_[c] + at), fma(T(E(channel.slope)), v, T(E(channel.offset))), sum);
      }
      if (const E* const arrivals = arrivals_of_register(p, q, r)) {
        const T jump = T::load(arrivals), zero(E(0));
        arriving[0] = arriving[0] + max(jump, zero), arriving[1] = arriving[1] + min(jump, zero);
      }
      const Mask<E> lanes = mask_of_bits<E>(in);
      exc_sum = add_where(lanes, exc_sum, arriving[0]), inh_sum = add_where(lanes, inh_sum, arriving[1]);
      lfp_sum = add_where(lanes, lfp_sum, max(arriving[0], -arriving[0]) + max(arriving[1], -arriving[1]));
    });
    const E n = E(population.size);
    to[signal_exc] = sum_of_lanes(exc_sum) / n, to[signal_inh] = sum_of_lanes(inh_sum) / n, to[signal_lfp] = sum_of_lanes(lfp_sum) / n;
  }
  const E* arrivals_of_register(int p, int q, int r) const {
    for (int i = 0; i < slots_.n_group; ++i) {
      const CellGroup<E>& g = groups_[i].cells;
      if (slots_.groups[i].model == plan_.populations[p].model)
        return g.arrivals ? g.arrivals + (std::int64_t(q) * g.registers + r - g.first) * width : nullptr;
    }
    return nullptr;
  }

  void add_to_spread(std::int64_t t) {
    for (int r = 0; r < slots_.registers; ++r) {
      if (!spreads_at_[r]) continue;
      const T v = T::load(v_ + std::int64_t(r) * width);
      if (t == s_.transient) spread_[r].begin(v);
      spread_[r].add(v);
    }
  }

  // The samples since the last multiple of `span` go to moments and spectra; t steps are done.
  void close_span(std::int64_t t) {
    if (n_signal_ == 0 || t <= s_.transient) return;
    const std::int64_t begin = (t - 1) / span * span, at = begin - s_.transient;
    const int observed = at < 0 ? int(-at) : 0, active = int(t - begin);
    for (int i = 0; i < n_signal_; ++i) {
      SignalLanes<E>& lanes = signals_[i];
      T y[span];
      for (int q = 0; q < active; ++q) y[q] = T::load(lanes.y + q * width);
      if (at <= 0) lanes.moments.begin(y[observed]);
      for (int q = observed; q < active; ++q) y[q] = lanes.moments.add(y[q]);
      CpuSpectrum<E, 1>& spectrum = *lanes.spectrum;
      for (int a = observed; a < active;) {
        const std::int64_t event = spectrum.next_event();
        const int b = at + active < event ? active : int(event - at);
        spectrum.add(0, y, at, a, b);
        if (at + b == event) spectrum.event();
        a = b;
      }
    }
  }

  // What is due at step t, all steps before it being done.
  void flush(std::int64_t t) {
    for (int i = 0; i < slots_.n_group; ++i)
      if (groups_[i].kernels) found_ |= groups_[i].kernels->inspect(slots_, groups_[i].cells);
    if (t <= s_.transient) return;
    const std::int64_t last = t - 1 - (t - 1) % flush_every, from = last > s_.transient ? last : s_.transient;
    for (int i = 0; i < n_signal_; ++i) signals_[i].moments.flush(int(t - from), from - s_.transient);
    for (int r = 0; r < slots_.registers; ++r)
      if (spreads_at_[r]) spread_[r].flush(int(t - from), from - s_.transient);
  }

  // ---- the end -------------------------------------------------------------------------------------------------------

  std::uint8_t finish() {
    const bool diverged = found_ & 1;
    for (int c = 0; c < plan_.n_column; ++c) {
      const NetworkColumn& column = plan_.columns[c];
      set_.out[c] = diverged ? std::numeric_limits<double>::quiet_NaN()
                    : is_of_spikes(column.measure) ? measure_cells(column) : measure_signal(column);
    }
    return diverged ? status_diverged : found_ & 2 ? status_out_of_domain : status_ok;
  }

  double measure_signal(const NetworkColumn& column) {
    const SignalLanes<E>& lanes = signals_[column.lane / width];
    const int lane = column.lane % width;
    const auto of = [&](const T& x) {
      E all[width];
      x.store(all);
      return all[lane];
    };
    const Moments<T>& m = lanes.moments;
    const Statistics<E> stat{of(m.minimum), of(m.maximum), of(m.mean_value()), std::sqrt(of(m.variance(s_.steps - s_.transient)))};
    SpectralMeasures<E> spectral;
    for (int bin = s_.kept.first; bin < s_.kept.first + s_.kept.count; ++bin)
      spectral.add(s_, bin, psd_of<E>(s_, bin, of(lanes.spectrum->power(0, bin))));
    Setup one = s_;
    one.measure[0] = std::uint8_t(column.measure);
    E out[1];
    write_measures<E>(one, stat, spectral, SpikeStatistics(), E(0), E(0), out, 1);
    return double(out[0]);
  }

  double measure_cells(const NetworkColumn& column) {
    const NetworkPopulation& p = plan_.populations[column.population];
    if (column.measure == Measure::synchrony) return synchrony(column);
    double spikes = 0, active = 0, intervals = 0, variation = 0, several = 0;
    for (int i = p.first; i < p.first + p.size; ++i) {
      const SpikeStatistics train(trains_[i]);
      spikes += train.spikes, active += train.spikes > 0;
      if (train.spikes >= 3) ++several, intervals += train.isi_mean, variation += train.isi_cv;
    }
    switch (column.measure) {
      case Measure::spike_count: return spikes;
      case Measure::rate: return spikes / (p.size * (double(s_.steps - s_.transient) * s_.dt_seconds));
      case Measure::isi_mean: return intervals / several * s_.dt;           // ms; NaN without such cells
      case Measure::isi_cv: return variation / several;
      case Measure::active: return active / p.size;
      default: return std::numeric_limits<double>::quiet_NaN();
    }
  }

  // Golomb's chi: the SD of the mean v over the root of the mean of the cells' variances.
  double synchrony(const NetworkColumn& column) {
    const NetworkPopulation& p = plan_.populations[column.population];
    const double nan = std::numeric_limits<double>::quiet_NaN();
    if (p.model < 0) return nan;
    double sum = 0;
    each_register(p, [&](int r, std::uint32_t in) {
      E variance[width];
      spread_[r].variance(s_.steps - s_.transient).store(variance);
      for (int lane = 0; lane < width; ++lane)
        if (in >> lane & 1) sum += double(variance[lane]);
    });
    if (!(sum > 0)) return nan;
    if (p.size == 1) return 1;
    E of_mean[width];
    signals_[column.lane / width].moments.variance(s_.steps - s_.transient).store(of_mean);
    return std::sqrt(double(of_mean[column.lane % width]) / (sum / p.size));
  }

  const NetworkPlan& plan_;
  const NetworkSet& set_;
  const SlotsView& slots_;
  const Setup& s_;
  Group* groups_;
  E* v_;                                     // [registers] membrane potentials
  LaneBits* open_;
  E** s_of_channel_;                         // [channels][registers]
  ChannelLanes<T>* channel_lanes_;           // [groups][max_channel]
  E** s_of_group_;
  LaneBits* ring_;                           // [ring][stride_] spikes of the last steps
  bool* any_;                                // [ring] whether there were any
  int stride_;
  SpikeTrain<E>* trains_;                    // [slots]
  std::int64_t* next_spike_;                 // [populations]
  E* sample_;                                // [populations][n_network_signal]
  Moments<T>* spread_;                       // [registers] of v, where it is wanted
  bool* spreads_at_;
  SignalLanes<E>* signals_;                  // [n_signal_]
  int n_signal_;
  int found_ = 0;                            // as CellKernels::inspect has it
  bool jumped_ = false, samples_ = false, spreads_ = false;
};

// draw_edges() of wiring.hpp for a register of cells: eight words of each at a time.
template <class E>
void draw_register(int, const EdgeDraw& d, LaneBits* reached) {
  using Word = typename Vectors<E>::Word;
  constexpr int width = Lanes<E>::width;
  typename Vectors<E>::Wide number;
  Word projection;
  for (int i = 0; i < width; ++i) number[i] = std::uint64_t(d.pre[i]) + (d.n >> 32 << 24) + (d.n << 32), projection[i] = std::uint32_t(d.projection);
  PhiloxLanes<E> words;
  words.init(d.seed, number, projection, wiring_stream);
  const bool all = d.bound >> 32 != 0;
  const auto bound = ranked(std::uint32_t(d.bound) - Word{});
  for (int eight = d.first / 8 * 8; eight < d.end; eight += 8) {
    Word word[8];
    words.template draw<2>(std::uint32_t(eight / 4), word);
    for (int q = 0; q < 8; ++q)
      if (const int post = eight + q; post >= d.first && post < d.end)
        reached[post - d.first] = LaneBits(all ? (1u << width) - 1 : bits_of<E>(beyond(bound, ranked(word[q]))));
  }
}

template <class E>
std::size_t bytes_for(const NetworkPlan& plan) {
  Arena arena(nullptr);
  const NetworkSet none{};
  NetworkLoop<E>(plan, none, arena);
  return arena.used();
}
template <class E>
std::uint8_t run_set(const NetworkPlan& plan, const NetworkSet& set) {
  Arena arena(set.workspace);
  return NetworkLoop<E>(plan, set, arena).run();
}

std::size_t workspace_bytes(const NetworkPlan& plan) {
  return plan.cpu->precision == Precision::single_ ? bytes_for<float>(plan) : bytes_for<double>(plan);
}
std::uint8_t run(const NetworkPlan& plan, const NetworkSet& set) {
  return plan.cpu->precision == Precision::single_ ? run_set<float>(plan, set) : run_set<double>(plan, set);
}

}  // namespace

template class CpuSpectrum<double, 1>;

const NetworkKernels& network_kernels() {
  static constexpr NetworkKernels found{{Lanes<float>::width, Lanes<double>::width}, {draw_register<float>, draw_register<double>}, workspace_bytes, run};
  return found;
}

}  // namespace neurosweep::NS_ISA
