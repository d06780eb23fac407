// The networks that `neurosweep bench` measures and bench/instructions.cpp counts, as sweep files.
#pragma once
#include <string_view>

namespace neurosweep {

// LIF cells under Poisson input, joined sparsely by conductances: the kind of network that Brian2's and others' benchmarks are.
inline constexpr std::string_view balanced_network = R"(model = "network"
method = "euler"
dt = "0.1 ms"
duration = "400 ms"
[[axis]]
name = "population.E.poisson.rate"
from = "38 Hz"
to = "42 Hz"
count = 2
[receptor.exc]
decay = "2 ms"
E_rev = "0 mV"
[receptor.inh]
decay = "5 ms"
E_rev = "-80 mV"
[[population]]
name = "E"
model = "lif"
size = 160
parameters = { g_L = 10, tau = 10, E_L = -75, V_th = -55, V_reset = -75, t_ref = 2 }
poisson = { rate = "40 Hz", weight = "0.5 mV", sources = 100 }
[[population]]
name = "I"
model = "lif"
size = 40
parameters = { g_L = 10, tau = 10, E_L = -75, V_th = -55, V_reset = -75, t_ref = 2 }
poisson = { rate = "40 Hz", weight = "0.5 mV", sources = 100 }
[[projection]]
from = "E"
to = "all"
receptor = "exc"
mode = "conductance"
weight = "0.6 nS"
probability = 0.1
[[projection]]
from = "I"
to = "all"
receptor = "inh"
mode = "conductance"
weight = "4 nS"
probability = 0.1
[observe]
measures = ["E.spike_count", "I.spike_count"]
)";

// Izhikevich cells with noise, everyone joined to everyone (Izhikevich 2003, IEEE Trans. Neural Netw. 14:1569-1572).
inline constexpr std::string_view all_to_all_network = R"(model = "network"
method = "euler"
dt = "0.5 ms"
duration = "2 s"
[[axis]]
name = "population.E.input.I.mean"
from = 4
to = 6
count = 2
[[population]]
name = "E"
model = "izhikevich"
size = 80
parameters = { a = 0.02, b = 0.2, c = -65, d = 8 }
input.I = { mean = 5, noise = 0.0111803 }
[[population]]
name = "I"
model = "izhikevich"
size = 20
parameters = { a = 0.1, b = 0.2, c = -65, d = 2 }
input.I = { mean = 3, noise = 0.0111803 }
[[projection]]
from = "E"
to = "all"
receptor = "instant"
weight = 0.05
[[projection]]
from = "I"
to = "all"
receptor = "instant"
weight = -0.05
[observe]
measures = ["E.spike_count", "I.spike_count"]
)";

struct BenchNetwork {
  std::string_view name, text;
  double synapses;                     // of a cell: how many cells a spike reaches on average
};
inline constexpr BenchNetwork bench_networks[] = {{"balanced 200", balanced_network, 0.1 * 199}, {"all to all 100", all_to_all_network, 99}};

}  // namespace neurosweep
