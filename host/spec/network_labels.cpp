#include "host/spec/network_labels.hpp"

#include "models/models.hpp"

namespace neurosweep {

const ModelInfo& network_model() {
  static constexpr ModelInfo info{network_name, "network of spiking cells", "", "", "ms", {}, {}, {}, {}, {}, true};
  return info;
}

int main_port_of(int model) {
  int port = 0;
  with_model(model, [&]<class M>(std::type_identity<M>) { port = M::main_port; });
  return port;
}

std::string v_unit(const Population& p) { return std::string(models()[std::size_t(p.model)].signals[0].unit); }

std::string port_unit(const Population& p) {
  return std::string(models()[std::size_t(p.model)].ports[std::size_t(main_port_of(p.model))].unit);
}

std::string conductance_unit(const Population& p) {
  const std::string port = port_unit(p), v = v_unit(p);
  if (v == "mV" && port == "pA") return "nS";
  if (v == "mV" && port == "uA/cm2") return "mS/cm2";
  return (port.empty() ? "1" : port) + (v.empty() ? "" : "/" + v);
}

std::string network_signal_name(const Network& n, int signal) {
  const std::string_view kind = network_signals[signal % n_network_signal].name;
  return n.populations[std::size_t(signal / n_network_signal)].name + "." + std::string(kind);
}

std::string network_signal_unit(const Network& n, int signal) {
  const Population& p = n.populations[std::size_t(signal / n_network_signal)];
  const int kind = signal % n_network_signal;
  return kind == signal_rate ? "Hz" : kind == signal_v ? v_unit(p) : port_unit(p);
}

bool has_signal(const Population& p, int kind) { return kind == signal_rate || !p.spikes_only(); }

}  // namespace neurosweep
