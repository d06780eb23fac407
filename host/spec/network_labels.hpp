// What the parts of a network are called: signals, cells, units.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "network/network.hpp"

namespace neurosweep {

const ModelInfo& network_model();                     // its row in the lists of models; it has no quantities of its own

// The receptors that need no [receptor.NAME].
struct KnownReceptor {
  std::string_view name;
  double decay, reversal;                             // ms, mV
};
inline constexpr KnownReceptor known_receptors[] = {{"AMPA", 2, 0}, {"NMDA", 100, 0}, {"GABA_A", 5, -80}, {"GABA_B", 150, -95}};

struct NetworkSignalRow {
  std::string_view name, description;
};
inline constexpr NetworkSignalRow network_signals[n_network_signal] = {
    {"rate", "spikes per cell and second in each step"},
    {"v", "mean membrane potential"},
    {"I_exc", "mean excitatory current that arrives"},
    {"I_inh", "mean inhibitory current that arrives, negative"},
    {"lfp", "mean of |I_exc| + |I_inh|"},
};

int main_port_of(int model);
std::string v_unit(const Population& population);     // of the membrane potential
std::string port_unit(const Population& population);  // of the current that synapses add to
// Of what times the membrane potential is that current: "nS" for pA and mV.
std::string conductance_unit(const Population& population);

// "E.rate" and its unit, of the signals' numbers (network/network.hpp).
std::string network_signal_name(const Network& network, int signal);
std::string network_signal_unit(const Network& network, int signal);
bool has_signal(const Population& population, int kind);     // cells that only spike have a rate alone

}  // namespace neurosweep
