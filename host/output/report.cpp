#include "host/output/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "host/output/colours.hpp"
#include "host/output/figure.hpp"
#include "host/output/output_file.hpp"
#include "host/output/shape.hpp"
#include "host/output/text.hpp"
#include "host/output/ticks.hpp"
#include "report_page.hpp"

namespace neurosweep {

using namespace output;

namespace {

using Json = nlohmann::ordered_json;

constexpr double plot_width = 460, plot_height = 380;   // of a map without texts, in pixels
constexpr double most_bytes = 256e6;                    // half of the longest text that Chromium takes
constexpr double base64_growth = 4.0 / 3;

// ---- texts ----------------------------------------------------------------------------------------------------------

// Whatever a store says is text to the page and never markup.
std::string html(std::string_view text) {
  std::string safe;
  for (const char c : one_line(text)) {
    switch (c) {
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '&': safe += "&amp;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += c;
    }
  }
  return safe;
}

// JSON inside a script element, which the first "</script" would end: there is no "<" in it.
std::string script_json(const Json& j) {
  std::string safe;
  for (const char c : j.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<') safe += "\\u003c";
    else safe += c;
  }
  return safe;
}

std::string title_of(const Map& map) { return html(map.title.empty() ? map.model + ": a map by neurosweep" : map.title); }

std::string summary_html(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("<p>{}</p>\n", html(line));
  return text;
}

std::string facts_html(const std::vector<Fact>& facts) {
  std::string rows;
  for (const Fact& fact : facts) {
    std::string lines;
    for (const std::string& line : fact.lines) lines += (lines.empty() ? "" : "<br>") + html(line);
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", html(fact.name), lines);
  }
  return rows;
}

// ---- the map's labels -----------------------------------------------------------------------------------------------

// Where the page draws a mark: a share of the axis's length.
Json tick_json(const std::vector<Tick>& ticks, double from, double to, auto along) {
  Json all = Json::array();
  for (const Tick& tick : ticks)
    all.push_back({{"at", (along(tick.at) - from) / (to - from)}, {"text", one_line(tick.text)}, {"turned", tick.turned}});
  return all;
}

Json axis_json(const MapAxis& axis) {
  const AxisView view = view_axis(axis);
  const double from = view.along(view.border.front()), to = view.along(view.border.back());
  const auto along = [&](double value) { return view.along(value); };
  Json j{{"name", axis.name}, {"unit", axis.unit}, {"size", axis.values.size()},
         {"across", tick_json(ticks_across(view, plot_width), from, to, along)},
         {"upwards", tick_json(ticks_upwards(view, plot_height), from, to, along)}};
  if (axis.names.empty()) j["values"] = axis.values;
  else j["names"] = axis.names;
  if (!std::is_sorted(view.order.begin(), view.order.end())) j["order"] = view.order;
  if (view.even) return j;
  j["edges"] = Json::array();
  for (const double border : view.border) j["edges"].push_back((view.along(border) - from) / (to - from));
  return j;
}

// What the colours mean, or the height of a line, which has room for its error bars.
std::optional<Range> scale_of(const Map& map, std::size_t c) {
  const MapColumn& column = map.columns[c];
  const auto scale = colour_range(map, column);
  if (!scale || map.axes.size() != 1) return scale;
  const bool has_sd = c + 1 < map.columns.size() && map.columns[c + 1].name == column.name + "_sd";
  const auto sd = has_sd ? shown_range(map, map.columns[c + 1]) : std::nullopt;
  const double air = 0.05 * (scale->high - scale->low) + (sd ? sd->high : 0);
  return Range{scale->low - air, scale->high + air};
}

// [column][set] what the set shows: a Cell.
using Kinds = std::vector<std::vector<std::uint8_t>>;

Kinds kinds_of(const Map& map) {
  Kinds kinds;
  for (const MapColumn& column : map.columns) {
    auto& of_column = kinds.emplace_back(map.sets());
    for (std::size_t set = 0; set < map.sets(); ++set) of_column[set] = std::uint8_t(cell_of(map, column, set));
  }
  return kinds;
}

bool whole(const std::vector<std::uint8_t>& kinds) {
  return std::all_of(kinds.begin(), kinds.end(), [](std::uint8_t kind) { return kind == std::uint8_t(Cell::value); });
}

bool occurs(const Kinds& kinds, Cell cell) {
  return std::any_of(kinds.begin(), kinds.end(), [&](const auto& column) { return std::find(column.begin(), column.end(), std::uint8_t(cell)) != column.end(); });
}

// In the order of enum Cell. Stripes rise, fall or do both, so that these sets are told apart without any colour.
Json kinds_json(const Kinds& kinds) {
  Json all = Json::array({{{"name", cell_name(Cell::value)}}});
  const auto add = [&](Cell cell, Rgb stripe, bool rising, bool falling) {
    all.push_back({{"name", cell_name(cell)}, {"colour", colour_code(cell_colour(cell, 0, {0, 0}))}, {"stripe", colour_code(stripe)},
                   {"rising", rising}, {"falling", falling}, {"occurs", occurs(kinds, cell)}});
  };
  add(Cell::no_value, no_value_colour, false, false);
  add(Cell::diverged, 0xFFFFFF, true, true);
  add(Cell::outside, outside_stripe_colour, false, true);
  add(Cell::missing, missing_stripe_colour, true, false);
  return all;
}

Json map_json(const Map& map, const Kinds& kinds, const ReportText& text) {
  Json axes = Json::array(), columns = Json::array(), palette = Json::array();
  for (const MapAxis& axis : map.axes) axes.push_back(axis_json(axis));
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    const MapColumn& column = map.columns[c];
    Json j{{"name", column.name}, {"unit", column.unit}, {"whole", whole(kinds[c])}};
    if (const auto scale = scale_of(map, c))
      j["scale"] = {{"low", scale->low}, {"high", scale->high},
                    {"ticks", tick_json(scale_ticks(*scale, plot_height), scale->low, scale->high, [](double value) { return value; })}};
    columns.push_back(j);
  }
  for (int i = 0; i < 256; ++i) palette.push_back(colour_code(viridis(i / 255.0)));
  return {{"axes", axes}, {"columns", columns}, {"single", map.single}, {"replicates", text.replicates}, {"store", text.store},
          {"plot", {{"width", plot_width}, {"height", plot_height}}}, {"palette", palette}, {"kinds", kinds_json(kinds)}};
}

// ---- its numbers ----------------------------------------------------------------------------------------------------

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve(bytes.size() / 3 * 4 + 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view three = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < three.size() ? std::uint8_t(three[k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= three.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

template <class T>
void write_array(OutputFile& file, const std::string& id, const std::vector<T>& values) {
  file.write(fmt::format("<script type=\"text/plain\" id=\"{}\">", id));
  file.write(base64({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}));
  file.write("</script>\n");
}

void write_data(OutputFile& file, const Map& map, const Kinds& kinds) {
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    const MapColumn& column = map.columns[c];
    const std::string id = fmt::format("values-{}", c);
    if (map.single) write_array(file, id, std::vector<float>(column.values.begin(), column.values.end()));
    else write_array(file, id, column.values);
    if (!whole(kinds[c])) write_array(file, fmt::format("kinds-{}", c), kinds[c]);
  }
  if (!map.failed.empty()) write_array(file, "failed", map.failed);
}

}  // namespace

void check_report_size(std::uint64_t sets, std::size_t columns, bool single) {
  const double bytes = double(sets) * double(columns) * double((single ? sizeof(float) : sizeof(double)) + 1) * base64_growth;
  if (bytes > most_bytes)
    throw std::runtime_error(fmt::format("a report of {} sets and {} would be {:.0f} MB, and browsers take up to {:.0f}; choose measures, or draw a picture",
                                         sets, how_many("column", columns), bytes / 1e6, most_bytes / 1e6));
}

void write_report(const Map& map, const ReportText& text, const std::string& path) {
  check_shape(map);
  check_report_size(map.sets(), map.columns.size(), map.single);
  const Kinds kinds = kinds_of(map);
  OutputFile file(path);
  std::string_view rest = report_page;
  for (std::size_t mark; (mark = rest.find("{{")) != rest.npos;) {
    const std::size_t end = rest.find("}}", mark);
    const std::string_view name = rest.substr(mark + 2, end - mark - 2);
    file.write(rest.substr(0, mark));
    rest.remove_prefix(end + 2);
    if (name == "title") file.write(title_of(map));
    else if (name == "summary") file.write(summary_html(text.summary));
    else if (name == "facts") file.write(facts_html(text.facts));
    else if (name == "map") file.write(script_json(map_json(map, kinds, text)));
    else if (name == "data") write_data(file, map, kinds);
    else if (name == "css") file.write(report_css);
    else if (name == "js") file.write(report_js);
    else throw std::logic_error(fmt::format("page.html wants {}, which there is not", name));
  }
  file.write(rest);
  file.commit();
}

}  // namespace neurosweep
