// A network's sweep file: populations, projections, gap junctions and receptors.
#include "network/network.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>

#include "host/spec/csv_file.hpp"
#include "host/spec/keys.hpp"
#include "host/spec/network_labels.hpp"
#include "host/spec/reader.hpp"
#include "host/spec/sections.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/units.hpp"
#include "host/spec/values.hpp"

namespace neurosweep::spec {
namespace {

using Kind = Node::Kind;

constexpr std::string_view name_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const std::vector<std::string> modes{"current", "conductance", "jump"}, scales{"1", "1/sqrt(n)"}, wirings{"fixed", "per-set"};
enum Mode { mode_current, mode_conductance, mode_jump };

bool is_text(const Node* node) { return node && (node->kind == Kind::string || node->kind == Kind::word); }

// A number that is `whole` up to the rounding of what was written in decimals.
bool is_whole(double x) { return std::fabs(x - std::round(x)) <= 1e-9 * std::max(1.0, std::fabs(x)); }

// ---- what a quantity cannot be: why, or nothing; times of a problem whose steps are known -------------------------------------

std::string wrong_probability(double p) { return p < 0 || p > 1 ? fmt::format("{} is no probability: allowed are 0 to 1", p) : ""; }

std::string wrong_delay(const Problem& p, double delay) {            // ms
  const double dt = p.dt * 1000;
  if (!is_whole(delay / dt)) return fmt::format("{} ms is no multiple of dt, {} ms", delay, dt);
  return std::round(delay / dt) >= double(p.steps) ? fmt::format("{} ms is longer than the duration, {} ms", delay, dt * double(p.steps)) : "";
}

std::string wrong_sources(double n) {
  return n < 0 || n != std::floor(n) || n > max_cells ? fmt::format("found {} where a whole number from 0 to {} is wanted", n, max_cells) : "";
}

std::string wrong_rate(const Problem& p, double rate) {              // Hz
  return rate * p.dt > 1 ? fmt::format("{} Hz are more than one spike in a step of {} s: at most {} Hz are possible", rate, p.dt, 1 / p.dt) : "";
}

class NetworkReader {
 public:
  NetworkReader(Context& c, Network& network, const std::string& folder) : c_(c), n_(network), folder_(folder) {}

  void read() {
    if (const auto node = lookup(c_.root, "connectivity"))
      n_.wired_per_set = read_choice(*node, "connectivity choice", wirings, c_.report) == std::size_t(1);
    read_own_receptors();
    each("population", &NetworkReader::read_population);
    if (n_.cells() > max_cells)
      c_.report.error(c_.root.entry("population")->place, "the populations have {} cells; at most {} are possible", n_.cells(), max_cells);
    if (n_.populations.size() < count("population")) return;      // what is wrong there is no mistake of the projections too
    each("projection", &NetworkReader::read_projection);
    each("gap_junction", &NetworkReader::read_gap_junction);
  }

  // What stands on dt, and holds of every value of an axis.
  void check() {
    for (const Population& p : n_.populations) check_population(p);
    for (const Projection& p : n_.projections) {
      check_probability(p.probability);
      check_delay(p.delay);
    }
    for (const GapJunction& g : n_.gap_junctions) check_probability(g.probability);
  }

  bool reads_files() const { return reads_files_; }

 private:
  // ---- of all sections --------------------------------------------------------------------------------------------------

  std::size_t count(std::string_view section) const {
    const Node* all = c_.root.entry(section);
    return all && all->kind == Kind::array ? all->items.size() : 0;
  }

  void each(const std::string& section, void (NetworkReader::*reader)(const Node&, const std::string&)) {
    const std::vector<std::string> names = section_names(c_.root, section);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Node& table = c_.root.entry(section)->items[i];
      if (table.kind != Kind::table) continue;
      if (std::find(names.begin(), names.begin() + std::ptrdiff_t(i), names[i]) != names.begin() + std::ptrdiff_t(i) && !names[i].empty())
        c_.report.error(table.entry("name") ? table.entry("name")->place : table.place, "there are two {}s called {}", section, quote(names[i]));
      (this->*reader)(table, names[i]);
    }
  }

  // Whether the table's keys are right; wrong values become unusable.
  bool keys_fit(Node& table, std::string_view section, const std::string& title, const ModelInfo* model = nullptr) {
    const std::size_t before = c_.report.errors();
    Keys(section, title, model).check(table, c_.report);
    return c_.report.errors() == before;
  }

  // The index of the word in `names`; the first where it is wrong.
  std::size_t choice(const Node& table, const char* key, std::string_view prefix, const std::vector<std::string>& names) {
    const std::optional<Node> node = lookup(table, key, prefix);
    return node ? read_choice(*node, key, names, c_.report).value_or(0) : 0;
  }

  // A quantity that the key of a section's table sets: the key's row in network_keys() says the rest.
  int add(const Node& table, const std::string& title, std::string_view section, std::string_view key, const std::string& unit = "") {
    const Key& row = file_key(std::string(section).append(".").append(key));
    const std::string name = title + "." + std::string(key);
    const Node* node = table.find(key);
    double base = 0;
    if (!row.fallback.empty()) base = parse_quantity(row.fallback, unit.empty() ? row.unit : unit);
    Quantity q{.name = name, .key = name, .unit = std::string(row.unit.empty() ? unit : row.unit), .base = base, .domain = row.domain,
               .description = std::string(row.help)};
    if (node && node->kind != Kind::unusable) {
      if (const auto value = read_value(c_, *node, q, name)) base = *value;
    }
    return append(std::move(q), base, node);
  }

  int append(Quantity q, double value, const Node* node) {
    c_.problem().base.push_back(value);
    c_.nodes.push_back(node);
    c_.given.push_back(node ? std::optional(node->place) : std::nullopt);
    c_.quantities.push_back(std::move(q));
    return int(c_.quantities.size()) - 1;
  }

  std::string path_of(const Node& node) {
    reads_files_ = true;
    return (std::filesystem::path(folder_) / node.text).string();
  }

  // ---- receptors ----------------------------------------------------------------------------------------------------------

  struct ReceptorQuantities {
    int decay = -1, reversal = -1;
  };

  std::vector<std::string> receptor_names() const {
    std::vector<std::string> names = names_of(known_receptors);
    if (const Node* own = c_.root.find("receptor"); own && own->kind == Kind::table)
      for (const Node& table : own->items)
        if (std::find(names.begin(), names.end(), table.key) == names.end()) names.push_back(table.key);
    return names;
  }

  void read_own_receptors() {
    const Node* own = c_.root.find("receptor");
    if (!own || own->kind != Kind::table) return;
    for (const Node& table : own->items) {
      const std::string title = "receptor." + table.key;
      if (table.key == "instant" || table.key.empty() || table.key.find_first_not_of(name_letters) != std::string::npos)
        c_.report.error(table.key_place, "{}: a receptor's name has letters, digits, - and _, and is not \"instant\"", quote(table.key));
      else if (table.kind != Kind::table)
        c_.report.error(table.place, "{}: found {} where a table with decay and E_rev is wanted", title, table.described());
      else
        receptor_quantities(table.key);
    }
  }

  // Made where it is first asked for, so that a sweep knows only receptors that it has.
  ReceptorQuantities receptor_quantities(const std::string& name) {
    if (const auto found = receptors_.find(name); found != receptors_.end()) return found->second;
    static const Node nothing = [] { Node n; n.kind = Kind::table; return n; }();
    const Node* own = c_.root.find("receptor." + name);
    Node table = own && own->kind == Kind::table ? *own : nothing;
    const std::string title = "receptor." + name;
    if (own) keys_fit(table, "receptor", title);
    const auto known = std::find_if(std::begin(known_receptors), std::end(known_receptors), [&](auto& k) { return k.name == name; });
    const bool is_known = known != std::end(known_receptors);
    if (!is_known && !table.entry("decay")) c_.report.error(table.place, "{}.decay is missing (time constant)", title);
    ReceptorQuantities r;
    r.decay = add(table, title, "receptor", "decay");
    if (is_known && !table.entry("decay")) c_.problem().base[std::size_t(r.decay)] = known->decay;
    if (table.entry("E_rev")) r.reversal = add(table, title, "receptor", "E_rev");
    // The nodes of a copy are gone when it is: axes look at the original.
    for (const auto& [quantity, key] : {std::pair(r.decay, "decay"), std::pair(r.reversal, "E_rev")})
      if (quantity >= 0) c_.nodes[std::size_t(quantity)] = own ? own->find(key) : nullptr;
    return receptors_[name] = r;
  }

  // The reversal potential of a receptor that no section changes: a quantity where conductances need it. -1 if it has none.
  int known_reversal(const std::string& name) {
    for (const KnownReceptor& known : known_receptors) {
      if (known.name != name) continue;
      static const Node nothing{};
      const int q = add(nothing, "receptor." + name, "receptor", "E_rev");
      c_.problem().base[std::size_t(q)] = known.reversal;
      return receptors_[name].reversal = q;
    }
    return -1;
  }

  int receptor(Receptor r) {
    for (std::size_t i = 0; i < n_.receptors.size(); ++i) {
      const Receptor& o = n_.receptors[i];
      if (o.transmission == r.transmission && o.decay == r.decay && o.reversal == r.reversal) return int(i);
    }
    n_.receptors.push_back(std::move(r));
    return int(n_.receptors.size()) - 1;
  }

  // ---- populations --------------------------------------------------------------------------------------------------------

  void read_population(const Node& original, const std::string& name) {
    Node table = original;                               // its mistakes are taken out of a copy
    const std::string title = "population." + name;
    const std::size_t before = c_.report.errors();
    const int model = read_model(table, title);
    const ModelInfo* info = model >= 0 ? &c_.models[std::size_t(model)] : nullptr;
    std::optional<Node> mean = info ? take_mean(table, *info, main_port_of(model)) : std::nullopt;
    keys_fit(table, "population", title, info);
    check_name(table, name);
    Population p;
    p.name = name, p.model = model, p.first = n_.cells();
    if (const auto size = lookup(table, "size", "population."))
      p.size = int(read_whole(*size, title + ".size", 1, max_cells, c_.report).value_or(0));
    if (c_.report.errors() > before && (p.size == 0 || model == unknown)) return;
    if (model == spikes_only) {
      refuse_keys_of_cells(table, title);
      read_spikes(table, title, p);
    } else {
      if (const Node* file = table.entry("file"))
        c_.report.error(file->key_place, "{}.file is of model \"spikes\"; this one is {}", title, info->name);
      p.quantities = int(c_.quantities.size());
      read_quantities(c_, *info, table, title + ".");
      keep_nodes(original, p.quantities);
      if (mean) read_mean(*mean, title, p);
      read_poisson(table, original, title, *info, p);
    }
    n_.populations.push_back(std::move(p));
  }

  static constexpr int spikes_only = -1, unknown = -2;

  // Index into models(), spikes_only, or unknown (reported here or by Keys).
  int read_model(const Node& table, const std::string& title) {
    const Node* node = table.entry("model");
    if (!node || node->kind == Kind::array || node->kind == Kind::table || node->kind == Kind::unusable) return unknown;
    if (node->text == "spikes") return spikes_only;
    std::vector<std::string> names;
    for (const ModelInfo& m : c_.models)
      if (m.spiking) names.emplace_back(m.name);
    for (std::size_t i = 0; i < c_.models.size(); ++i) {
      if (c_.models[i].name != node->text) continue;
      if (c_.models[i].spiking) return int(i);
      c_.report.error(node->place, "{}.model: {} does not spike (models: {}, spikes)", title, node->text, listed(names));
      return unknown;
    }
    names.emplace_back("spikes");
    (void)read_choice(*node, "model", names, c_.report);
    return unknown;
  }

  void check_name(const Node& table, const std::string& name) {
    const Node* node = table.entry("name");
    if (!is_text(node)) return;
    if (name.empty() || name == "all" || name.find_first_not_of(name_letters) != std::string::npos)
      c_.report.error(node->place, "population.name: {} is none: a name has letters, digits, - and _, and is not \"all\"", quote(name));
  }

  // input.PORT.mean = { file = ... } of the main port leaves the table.
  std::optional<Node> take_mean(Node& table, const ModelInfo& model, int port) {
    Node* mean = table.find("input." + std::string(model.ports[std::size_t(port)].name) + ".mean");
    if (!mean || mean->kind != Kind::table) return std::nullopt;
    Node taken = *mean;
    mean->kind = Kind::unusable;
    return taken;
  }

  // The quantities of a copy stand where the original has them.
  void keep_nodes(const Node& original, int first) {
    for (std::size_t q = std::size_t(first); q < c_.quantities.size(); ++q) {
      const std::string& key = c_.quantities[q].key;
      const Node* node = original.find(std::string_view(key).substr(key.find('.', key.find('.') + 1) + 1));
      c_.nodes[q] = node;
    }
  }

  void read_mean(const Node& node, const std::string& title, Population& p) {
    const ModelInfo& model = c_.models[std::size_t(p.model)];
    const int port = main_port_of(p.model);
    const std::string key = title + ".input." + std::string(model.ports[std::size_t(port)].name) + ".mean";
    const Node* file = node.entry("file");
    if (node.items.size() != 1 || !is_text(file))
      return c_.report.error(node.place, "{}: found {} where a number, or {{ file = \"drive.csv\" }}, is wanted", key, node.described());
    const std::string unit = port_unit(p);
    const CsvColumn columns[] = {{"mean", unit}};
    const auto table = read_csv(path_of(*file), file->place, columns, c_.report);
    if (!table) return;
    if (int(table->rows()) != p.size)
      return c_.report.error(file->place, "{}: {} has {} rows, and {} has {} cells", key, visible(table->path), table->rows(), p.name, p.size);
    p.mean = table->numbers[0];
    c_.given[std::size_t(p.quantities + Layout(model).drive(port, drive_mean))] = node.place;
  }

  void refuse_keys_of_cells(const Node& table, const std::string& title) {
    for (const char* key : {"preset", "parameters", "initial", "input", "poisson"})
      if (const Node* node = table.entry(key))
        c_.report.error(node->key_place, "{}.{}: cells of model \"spikes\" have none: they spike at given times", title, key);
  }

  void read_spikes(const Node& table, const std::string& title, Population& p) {
    const Node* file = table.entry("file");
    if (!file) return c_.report.error(table.place, "{}.file is missing ({})", title, file_key("population.file").help);
    if (file->kind == Kind::unusable) return;
    const CsvColumn columns[] = {{"time", "ms"}, {"neuron", "", CsvColumn::whole}};
    const auto csv = read_csv(path_of(*file), file->place, columns, c_.report);
    if (!csv || c_.problem().steps == 0) return;
    const double dt = c_.problem().dt * 1000;
    std::map<std::pair<std::int64_t, int>, int> seen;     // line
    for (std::size_t row = 0; row < csv->rows(); ++row) {
      const double time = csv->numbers[0][row], cell = csv->numbers[1][row];
      if (cell >= p.size)
        return c_.report.error(csv->place(row), "neuron: {} is out of range: {} has {} cells, 0 to {}", cell, p.name, p.size, p.size - 1);
      if (time < 0 || !is_whole(time / dt))
        return c_.report.error(csv->place(row), "time: {} ms is no whole number of steps of {} ms from 0 on", time, dt);
      const double step = std::round(time / dt);
      if (step >= double(c_.problem().steps)) continue;    // after the end
      const auto [at, is_new] = seen.emplace(std::pair(std::int64_t(step), int(cell)), csv->lines[row]);
      if (!is_new)
        return c_.report.error(csv->place(row), "neuron {} spikes at {} ms in line {} already", cell, time, at->second);
    }
    for (const auto& [spike, line] : seen) p.spikes.push_back({spike.first, spike.second});
  }

  // Where jumps go: the membrane potential, if it is a state.
  bool has_potential(const Population& p) const {
    const ModelInfo& m = c_.models[std::size_t(p.model)];
    return std::any_of(m.states.begin(), m.states.end(), [&](const State& s) { return s.name == m.signals[0].name; });
  }

  void read_poisson(const Node& table, const Node& original, const std::string& title, const ModelInfo& info, Population& p) {
    const Node* poisson = table.entry("poisson");
    if (!poisson || poisson->kind != Kind::table) return;
    const std::string_view v = info.signals[0].name;
    const Node* target = poisson->entry("target");
    if (!has_potential(p))
      return c_.report.error(poisson->key_place, "{}.poisson: the potential of {} is no state, so nothing can lift it", title, info.name);
    if (is_text(target) && target->text != v)
      c_.report.error(target->place, "{}.poisson.target: {} is not the membrane potential of {} (allowed: {})", title, quote(target->text), info.name, v);
    const int first = int(c_.quantities.size());
    p.poisson.rate = add(*poisson, title + ".poisson", "population.poisson", "rate");
    p.poisson.weight = add(*poisson, title + ".poisson", "population.poisson", "weight", v_unit(p));
    p.poisson.sources = add(*poisson, title + ".poisson", "population.poisson", "sources");
    keep_nodes(original, first);
  }

  // ---- projections --------------------------------------------------------------------------------------------------------

  // The populations that the key names: all that may stand there for "all". Empty (reported) if one is none.
  std::vector<int> read_populations(const Node& table, const char* key, const std::string& title, bool cells_only) {
    std::vector<int> found;
    const Node* node = table.entry(key);
    if (!node || node->kind == Kind::unusable) return found;
    const std::vector<std::string> names = names_of(n_.populations);
    const bool list = node->kind == Kind::array;
    if (list && node->items.empty()) c_.report.error(node->place, "{}.{} is empty (populations: {})", title, key, listed(names));
    for (const Node& item : list ? node->items : std::vector{*node}) {
      if (!list && item.text == "all") {
        for (std::size_t i = 0; i < names.size(); ++i)
          if (!cells_only || !n_.populations[i].spikes_only()) found.push_back(int(i));
        return found;
      }
      const auto index = read_choice(item, "population", names, c_.report);
      if (!index) return {};
      if (std::find(found.begin(), found.end(), int(*index)) != found.end()) {
        c_.report.error(item.place, "{}.{}: {} stands there twice", title, key, quote(item.text));
        return {};
      }
      if (cells_only && n_.populations[*index].spikes_only()) {
        c_.report.error(item.place, "{}.{}: the cells of {} only spike at given times: nothing reaches them", title, key, quote(item.text));
        return {};
      }
      found.push_back(int(*index));
    }
    return found;
  }

  // Whether what `unit_of` says of all these populations is the same (reported).
  bool same_unit(const std::vector<int>& populations, const Place& place, const std::string& title, std::string (*unit_of)(const Population&),
                 std::string_view what) {
    const auto& all = n_.populations;
    const Population& first = all[std::size_t(populations[0])];
    for (const int p : populations) {
      const std::string a = unit_of(first), b = unit_of(all[std::size_t(p)]);
      if (a == b) continue;
      const auto shown = [](const std::string& u) { return u.empty() ? std::string("a plain number") : u; };
      c_.report.error(place, "{}: the {} of {} is in {} and that of {} in {}: they need a {} each", title, what, first.name, shown(a),
                      all[std::size_t(p)].name, shown(b), title.substr(0, title.find('.')));
      return false;
    }
    return true;
  }

  // What the projection says of arriving spikes. Its receptor is -1 where a list of edges has to say it.
  struct Arrival {
    Mode mode;
    bool instant = false;
    int decay = -1, reversal = -1;
    std::string name = {};
  };

  Arrival read_arrival(const Node& table, const std::string& title) {
    Arrival a{Mode(choice(table, "mode", "projection.", modes))};
    const Node *receptor = table.entry("receptor"), *decay = table.entry("decay"), *reversal = table.entry("E_rev");
    a.name = a.mode == mode_jump ? "jump" : title.substr(title.find('.') + 1);
    if (a.mode == mode_jump) {
      for (const Node* node : {receptor, decay, reversal})
        if (node) c_.report.error(node->key_place, "{}.{}: mode \"jump\" has none: the weight is added to the membrane potential at once", title, node->key);
      return a;
    }
    if (receptor && decay)
      c_.report.error(decay->key_place, "{}.decay: the receptor {} says how s decays; write one of them", title, quote(receptor->text));
    if (reversal && a.mode == mode_current)
      c_.report.error(reversal->key_place, "{}.E_rev is of mode \"conductance\", and this one is \"current\"", title);
    if (is_text(receptor)) {
      std::vector<std::string> names = receptor_names();
      names.emplace_back("instant");
      if (const auto index = read_choice(*receptor, "receptor", names, c_.report)) {
        a.name = names[*index];
        a.instant = *index + 1 == names.size();
        if (a.instant && a.mode == mode_conductance)
          c_.report.error(receptor->place, "{}.receptor: \"instant\" is of mode \"current\"", title);
        if (!a.instant) {
          const ReceptorQuantities r = receptor_quantities(names[*index]);
          a.decay = r.decay;
          if (a.mode == mode_conductance) a.reversal = r.reversal >= 0 ? r.reversal : known_reversal(names[*index]);
        }
      }
    } else if (decay) {
      a.decay = add(table, title, "projection", "decay");
    } else if (!receptor && !table.entry("edges")) {
      c_.report.error(table.place, "{}: neither receptor nor decay is given, and mode is not \"jump\" (receptors: {}, instant)", title,
                      listed(receptor_names()));
    }
    if (a.mode == mode_conductance && reversal) a.reversal = add(table, title, "projection", "E_rev");
    if (a.mode == mode_conductance && a.reversal < 0 && !a.instant && (decay || is_text(receptor)))
      c_.report.error(table.place, "{}: mode \"conductance\" needs E_rev, and {} has none", title,
                      is_text(receptor) ? "the receptor " + quote(receptor->text) : "a decay");
    return a;
  }

  // The receptor of what arrives so; -1 if nothing says how it decays.
  int receptor_of(const Arrival& a) {
    if (a.mode == mode_jump) return receptor({"jump", Transmission::jump});
    if (a.instant) return receptor({"instant", Transmission::instant});
    if (a.decay < 0) return -1;
    return receptor({a.name, a.mode == mode_conductance ? Transmission::conductance : Transmission::current, a.decay, a.reversal});
  }

  std::string weight_unit(Mode mode, const Population& p) const {
    return mode == mode_jump ? v_unit(p) : mode == mode_conductance ? conductance_unit(p) : port_unit(p);
  }

  void read_projection(const Node& original, const std::string& name) {
    Node table = original;
    const std::string title = "projection." + name;
    keys_fit(table, "projection", title);
    const int first = int(c_.quantities.size());
    Projection p;
    p.name = name;
    p.from = read_populations(table, "from", title, false), p.to = read_populations(table, "to", title, true);
    const Arrival arrival = read_arrival(table, title);
    if (p.from.empty() || p.to.empty()) return;
    const Place& place = table.entry("to")->place;
    if (arrival.mode == mode_jump && !can_jump(p.to, place, title)) return;
    const bool fits = arrival.mode == mode_jump ? same_unit(p.to, place, title, v_unit, "potential")
                      : arrival.mode == mode_conductance ? same_unit(p.to, place, title, conductance_unit, "conductance")
                                                         : same_unit(p.to, place, title, port_unit, "current");
    if (!fits) return;
    const std::string unit = weight_unit(arrival.mode, n_.populations[std::size_t(p.to[0])]);
    const double scale = choice(table, "scale", "projection.", scales) == 1 ? 1 / std::sqrt(double(n_.cells())) : 1.0;
    p.self = read_truth(table);
    p.listed = table.entry("edges");
    if (p.listed) {
      refuse_beside_edges(table, title);
      read_edges(table, title, arrival, unit, scale, p);
    } else {
      if (!table.entry("weight")) c_.report.error(table.place, "{}.weight is missing ({})", title, file_key("projection.weight").help);
      p.scale = scale;
      p.receptor = receptor_of(arrival);
      p.weight = add(table, title, "projection", "weight", unit);
      p.delay = add(table, title, "projection", "delay");
      p.probability = add(table, title, "projection", "probability");
    }
    keep_nodes_of(title, original, first);
    n_.projections.push_back(std::move(p));
  }

  // Names of projections have dots where populations' had, which is an error already.
  void keep_nodes_of(const std::string& title, const Node& original, int first) {
    for (std::size_t q = std::size_t(first); q < c_.quantities.size(); ++q)
      if (c_.quantities[q].key.starts_with(title + ".")) c_.nodes[q] = original.find(std::string_view(c_.quantities[q].key).substr(title.size() + 1));
  }

  bool can_jump(const std::vector<int>& to, const Place& place, const std::string& title) {
    for (const int i : to) {
      const Population& p = n_.populations[std::size_t(i)];
      if (has_potential(p)) continue;
      c_.report.error(place, "{}: mode \"jump\": the potential of {} ({}) is no state, so nothing can lift it", title, p.name,
                      c_.models[std::size_t(p.model)].name);
      return false;
    }
    return true;
  }

  bool read_truth(const Node& table) {
    const Node* node = table.entry("self");
    if (!node || node->kind == Kind::unusable) return false;
    if (node->kind == Kind::boolean) return node->boolean;
    if (node->text != "true" && node->text != "false")
      c_.report.error(node->place, "self: found {} where true or false is wanted", node->described());
    return node->text == "true";
  }

  void refuse_beside_edges(const Node& table, const std::string& title) {
    for (const char* key : {"weight", "probability", "self"})
      if (const Node* node = table.entry(key))
        c_.report.error(node->key_place, "{}.{}: edges say which cells are connected, and how much; write one of them", title, key);
  }

  int cells_of(const std::vector<int>& populations) const {
    int cells = 0;
    for (const int p : populations) cells += n_.populations[std::size_t(p)].size;
    return cells;
  }

  void read_edges(const Node& table, const std::string& title, const Arrival& arrival, const std::string& unit, double scale, Projection& p) {
    const Node& file = *table.entry("edges");
    if (file.kind == Kind::unusable) return;
    const CsvColumn columns[] = {{"pre", "", CsvColumn::whole}, {"post", "", CsvColumn::whole}, {"weight", unit},
                                 {"receptor", "", CsvColumn::text, false}, {"delay", "ms", CsvColumn::number, false}};
    const auto csv = read_csv(path_of(file), file.place, columns, c_.report);
    if (!csv) return;
    double delay = 0;                                     // of rows that name none
    if (const auto node = lookup(table, "delay", "projection."))
      delay = read_quantity(*node, title + ".delay", "ms", Domain::not_negative, c_.report).value_or(0);
    const double dt = c_.problem().dt * 1000;
    if (c_.problem().steps > 0 && !is_whole(delay / dt))
      return c_.report.error(table.entry("delay")->place, "{}.delay: {}", title, wrong_delay(c_.problem(), delay));
    const std::vector<double>& delays = csv->numbers[4];
    const std::vector<std::string>& receptors = csv->texts[3];
    const int here = receptor_of(arrival);
    if (here < 0 && receptors.empty())
      return c_.report.error(file.place, "{}: neither receptor nor decay is given, and {} has no column receptor", title, visible(csv->path));
    const int pres = cells_of(p.from), posts = cells_of(p.to);
    for (std::size_t row = 0; row < csv->rows(); ++row) {
      const double pre = csv->numbers[0][row], post = csv->numbers[1][row], late = delays.empty() ? delay : delays[row];
      if (pre >= pres || post >= posts)
        return c_.report.error(csv->place(row), "{}: {} is out of range: {} has {} cells, 0 to {}", pre >= pres ? "pre" : "post",
                               pre >= pres ? pre : post, pre >= pres ? "`from`" : "`to`", pre >= pres ? pres : posts,
                               (pre >= pres ? pres : posts) - 1);
      if (late < 0) return c_.report.error(csv->place(row), "delay: {} ms is negative", late);
      if (c_.problem().steps > 0)
        if (const std::string why = wrong_delay(c_.problem(), late); !why.empty()) return c_.report.error(csv->place(row), "delay: {}", why);
      const int receptor = receptors.empty() ? here : row_receptor(receptors[row], arrival, csv->place(row), title);
      if (receptor < 0) return;
      const int steps = c_.problem().steps > 0 ? int(std::round(late / dt)) : 0;
      p.edges.push_back({int(pre), int(post), csv->numbers[2][row] * scale, receptor, steps});
    }
  }

  // The receptor of an edge sets its decay alone; -1 (reported) where it cannot.
  int row_receptor(const std::string& name, const Arrival& projection, const Place& place, const std::string& title) {
    if (projection.mode == mode_jump)
      return c_.report.error(place, "receptor: {}: mode \"jump\" has none", quote(name)), -1;
    std::vector<std::string> names = receptor_names();
    names.emplace_back("instant");
    const auto index = read_choice(word(name, place), "receptor", names, c_.report);
    if (!index) return -1;
    Arrival a{projection.mode, *index + 1 == names.size(), -1, projection.reversal, name};
    if (a.instant && a.mode == mode_conductance) return c_.report.error(place, "receptor: \"instant\" is of mode \"current\""), -1;
    if (a.mode == mode_conductance && a.reversal < 0)
      return c_.report.error(place, "receptor: {} sets the decay alone, and {} has no E_rev", quote(name), title), -1;
    if (!a.instant) a.decay = receptor_quantities(name).decay;
    return receptor_of(a);
  }

  // ---- gap junctions ------------------------------------------------------------------------------------------------------

  void read_gap_junction(const Node& original, const std::string& name) {
    Node table = original;
    const std::string title = "gap_junction." + name;
    keys_fit(table, "gap_junction", title);
    const Node* between = table.entry("between");
    if (!between || between->kind == Kind::unusable) return;
    if (between->kind != Kind::array || between->items.size() != 2)
      return c_.report.error(between->place, "{}.between: found {} where two names are wanted, such as [\"I\", \"I\"]", title, between->described());
    GapJunction g;
    g.name = name;
    for (int i = 0; i < 2; ++i) {
      const auto index = read_choice(between->items[std::size_t(i)], "population", names_of(n_.populations), c_.report);
      if (!index) return;
      g.between[i] = int(*index);
      if (n_.populations[*index].spikes_only())
        return c_.report.error(between->items[std::size_t(i)].place, "{}: the cells of {} have no membrane potential", title,
                               quote(n_.populations[*index].name));
    }
    const std::vector<int> both(g.between, g.between + 2);
    if (!same_unit(both, between->place, title, conductance_unit, "conductance")) return;
    const int first = int(c_.quantities.size());
    g.conductance = add(table, title, "gap_junction", "conductance", conductance_unit(n_.populations[std::size_t(g.between[0])]));
    g.probability = add(table, title, "gap_junction", "probability");
    keep_nodes_of(title, original, first);
    n_.gap_junctions.push_back(std::move(g));
  }

  // ---- of every set -------------------------------------------------------------------------------------------------------

  // Where the quantity, which differs from its default, was set.
  Place place_of(int quantity) const { return c_.given[std::size_t(quantity)].value_or(c_.root.place); }

  // The first value of the quantity in any set of which `wrong` says why it cannot be is reported.
  template <class Wrong>
  void check(int quantity, Wrong wrong) {
    if (quantity < 0) return;
    const auto fails = [&](double value) {
      const std::string why = wrong(value);
      if (!why.empty()) c_.report.error(place_of(quantity), "{}: {}", name_of(quantity), why);
      return !why.empty();
    };
    for (const SweptColumn& column : swept_columns(c_.problem()))
      if (column.quantity == quantity) return void(std::any_of(column.values->begin(), column.values->end(), fails));
    fails(c_.problem().base[std::size_t(quantity)]);
  }

  const std::string& name_of(int quantity) const { return c_.quantities[std::size_t(quantity)].name; }

  void check_probability(int quantity) { check(quantity, wrong_probability); }

  void check_delay(int quantity) {
    if (c_.problem().steps > 0) check(quantity, [&](double delay) { return wrong_delay(c_.problem(), delay); });
  }

  void check_population(const Population& p) {
    if (p.spikes_only()) return;
    const ModelInfo& model = c_.models[std::size_t(p.model)];
    check_refractory(c_, model, p.quantities);
    check_inputs(c_, model, p.quantities);
    const int mean = p.quantities + Layout(model).drive(main_port_of(p.model), drive_mean);
    if (!p.mean.empty() && is_swept(c_.problem(), mean))
      c_.report.error(place_of(mean), "{}: a file gives one for each cell, so nothing is left for an axis to change", name_of(mean));
    check(p.poisson.sources, wrong_sources);
    if (c_.problem().steps > 0) check(p.poisson.rate, [&](double rate) { return wrong_rate(c_.problem(), rate); });
  }

  Context& c_;
  Network& n_;
  const std::string& folder_;
  std::map<std::string, ReceptorQuantities> receptors_;
  bool reads_files_ = false;
};

// "" is where we are, to which std::filesystem::absolute has no answer.
std::string absolute(const std::string& folder) {
  return (folder.empty() ? std::filesystem::current_path() : std::filesystem::absolute(folder)).lexically_normal().string();
}

}  // namespace

std::string impossible_in_network(const Problem& p, int quantity, double value) {
  for (const Projection& edges : p.network->projections) {
    if (quantity == edges.delay) return wrong_delay(p, value);
    if (quantity == edges.probability) return wrong_probability(value);
  }
  for (const GapJunction& g : p.network->gap_junctions)
    if (quantity == g.probability) return wrong_probability(value);
  for (const Population& cells : p.network->populations) {
    if (quantity == cells.poisson.sources) return wrong_sources(value);
    if (quantity == cells.poisson.rate) return wrong_rate(p, value);
  }
  return "";
}

std::string network_examples(const Context& c) {
  std::string text;
  for (const std::string_view kind : {"population.", "projection.", "gap_junction.", "receptor."}) {
    const auto& all = c.quantities;
    auto found = std::find_if(all.begin(), all.end(), [&](const Quantity& q) { return q.name.starts_with(kind) && q.name.ends_with(".mean"); });
    if (found == all.end()) found = std::find_if(all.begin(), all.end(), [&](const Quantity& q) { return q.name.starts_with(kind); });
    if (found != all.end()) text += (text.empty() ? "" : ", ") + found->name;
  }
  return text;
}

SweepSpec read_network(const Node& root, const std::string& folder, std::span<const ModelInfo> models, Report& report) {
  Context c{root, network_model(), report, {}};
  const auto network = std::make_shared<Network>();
  c.network = network.get(), c.models = models;
  c.problem().model = -1;
  read_general(c);
  read_times(c);
  NetworkReader reader(c, *network, folder);
  reader.read();
  if (report.errors() > 0) return std::move(c.sweep);      // what follows would blame what is missing
  read_axes(c);
  reader.check();
  read_observation(c);
  warn_ranges(c);
  if (reader.reads_files()) c.sweep.folder = absolute(folder);
  c.sweep.quantities = std::move(c.quantities);
  c.problem().network = network;
  return std::move(c.sweep);
}

}  // namespace neurosweep::spec
