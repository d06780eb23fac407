// The page of `neurosweep report` as text: what is in it, and that nothing of a store becomes markup. What it does in a
// browser is tested in tests/python/report_page.py.
#include "host/output/report.hpp"

#include <cstring>
#include <nlohmann/json.hpp>

#include "maps.hpp"
#include "problem.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

class ReportPage : public testing::Test {
 protected:
  std::string page_of(const Map& map, const ReportText& text = {}) {
    write_report(map, text, here_ / "m.html");
    return read_file(here_ / "m.html");
  }
  // What stands in the script element with that id.
  static std::string element(const std::string& page, const std::string& id) {
    const std::size_t start = page.find('>', page.find("id=\"" + id + "\"")) + 1;
    return page.substr(start, page.find("</script>", start) - start);
  }
  static Json labels(const std::string& page) { return Json::parse(element(page, "map")); }

  // RFC 4648, the slow way.
  static std::string decoded(const std::string& text) {
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bits, bytes;
    for (const char c : text)
      for (int k = 5; c != '=' && k >= 0; --k) bits += (digits.find(c) >> k & 1) ? '1' : '0';
    for (std::size_t i = 0; i + 8 <= bits.size(); i += 8) bytes += char(std::stoi(bits.substr(i, 8), nullptr, 2));
    return bytes;
  }
  template <class T>
  static std::vector<T> array(const std::string& page, const std::string& id) {
    const std::string bytes = decoded(element(page, id));
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
  }
  Folder here_;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST_F(ReportPage, NeedsNothingElse) {
  const std::string page = page_of(small_map({1, 2, 3, 4}), {.summary = {"4 sets"}, .facts = {{"model", {"jansen-rit", "second line"}}}, .store = "m.zarr"});
  for (const char* other : {"http:", "https:", "src=", "href=", "url(", "@import", "fetch(", "{{"}) EXPECT_FALSE(contains(page, other)) << other;
  EXPECT_TRUE(contains(page, "default-src 'none'"));
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">") && page.ends_with("</html>\n"));
  EXPECT_TRUE(contains(page, "<title>A small map</title>"));
  EXPECT_TRUE(contains(page, "<p>4 sets</p>"));
  EXPECT_TRUE(contains(page, "<th scope=\"row\">model</th><td>jansen-rit<br>second line</td>"));
}

TEST_F(ReportPage, Numbers) {
  Map map = small_map({0.1f, nan, -3e-30f, 4});
  map.status = {status_ok, status_diverged, status_out_of_domain, status_ok};
  map.columns.push_back({"mean", "", {1, 2, 3, 4}, {0, 0, 0, 1}});
  const std::string page = page_of(map);
  const std::vector<float> values = array<float>(page, "values-0");
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0], 0.1f);
  EXPECT_TRUE(std::isnan(values[1]));
  EXPECT_EQ(values[2], -3e-30f);
  EXPECT_EQ(array<std::uint8_t>(page, "kinds-0"), (std::vector<std::uint8_t>{0, 2, 3, 0}));      // enum Cell
  EXPECT_EQ(array<std::uint8_t>(page, "kinds-1"), (std::vector<std::uint8_t>{0, 0, 3, 4}));
  const Json j = labels(page);
  EXPECT_EQ(j["columns"][0]["scale"]["low"], double(0.1f));         // of the sets that show a value
  EXPECT_EQ(j["columns"][0]["scale"]["high"], 4);
  EXPECT_EQ(j["palette"].size(), 256u);
  EXPECT_EQ(j["palette"][0], "#440154");                             // viridis
  EXPECT_EQ(j["palette"][255], "#FDE725");
  const char* names[] = {"value", "no value", "diverged", "left its domain", "not computed"};
  for (std::size_t kind = 0; kind < 5; ++kind) EXPECT_EQ(j["kinds"][kind]["name"], names[kind]);
  EXPECT_EQ(j["kinds"][1]["occurs"], false);
  for (std::size_t kind = 2; kind < 5; ++kind) EXPECT_EQ(j["kinds"][kind]["occurs"], true) << kind;
}

TEST_F(ReportPage, DoublesStayDoubles) {
  Map map = small_map({1 / 3.0, 2, 3, 4});
  map.single = false;
  map.failed = {0, 0, 0, 7};
  const std::string page = page_of(map, {.replicates = 9});
  EXPECT_EQ(array<double>(page, "values-0"), map.columns[0].values);
  EXPECT_EQ(array<std::uint32_t>(page, "failed"), map.failed);
  EXPECT_FALSE(contains(page, "id=\"kinds-0\""));                    // all sets have a value
  EXPECT_EQ(labels(page)["columns"][0]["whole"], true);
}

TEST_F(ReportPage, AxesInWhateverOrder) {
  const Json j = labels(page_of(map_over({{"Ae", "mV", false, {3, 1, 7}}, {"noise", "", true, {1, 10, 100}}, named_axis({"a", "b"})}, [](std::size_t set) { return double(set); })));
  const Json &uneven = j["axes"][0], &log = j["axes"][1], &named = j["axes"][2];
  EXPECT_EQ(uneven["values"], Json({3.0, 1.0, 7.0}));
  EXPECT_EQ(uneven["order"], Json({1, 0, 2}));
  const double edges[] = {0, 2.0 / 9, 5.0 / 9, 1};                    // 0, 2, 5, 9: between 1, 3, 7
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(uneven["edges"][i].get<double>(), edges[i], 1e-15);
  EXPECT_FALSE(log.contains("edges") || log.contains("order"));      // evenly spaced in the logarithm
  EXPECT_EQ(named["names"], Json({"a", "b"}));
  for (const Json& axis : j["axes"])
    for (const char* way : {"across", "upwards"}) {
      EXPECT_GE(axis[way].size(), 2u);
      for (const Json& tick : axis[way]) EXPECT_TRUE(tick["at"] >= -1e-9 && tick["at"] <= 1 + 1e-9) << tick;
    }
}

// One script more, or a longer one, would be the title's.
TEST_F(ReportPage, TextIsNeverMarkup) {
  const std::string evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\"'{{js}}";
  Map map = small_map({1, 2, 3, 4});
  const std::size_t scripts = count(page_of(map), "<script"), ends = count(page_of(map), "</script");
  map.title = map.model = map.axes[0].name = map.axes[1].unit = map.columns[0].name = map.columns[0].unit = evil;
  const std::string page = page_of(map, {.summary = {evil}, .facts = {{evil, {evil, "\xff\n"}}}, .store = evil});
  EXPECT_EQ(count(page, "<script"), scripts);
  EXPECT_EQ(count(page, "</script"), ends);
  EXPECT_EQ(count(page, "<img"), 0u);
  EXPECT_TRUE(contains(page, "<title>&lt;/script&gt;&lt;script&gt;alert(1)")) << page.substr(0, 500);
  const Json j = labels(page);
  EXPECT_EQ(j["store"], evil);
  EXPECT_EQ(j["axes"][0]["name"], evil);
  EXPECT_EQ(j["columns"][0]["unit"], evil);
  map.axes[0] = named_axis({evil, "\xff"});
  EXPECT_EQ(count(page_of(map), "<script"), scripts);
}

TEST_F(ReportPage, LittleToShow) {
  Map one;
  one.model = "lif";
  one.status = {0};
  one.columns = {{"rate", "Hz", {12}}};
  EXPECT_EQ(labels(page_of(one))["axes"], Json::array());
  EXPECT_TRUE(contains(page_of(one), "<title>lif: a map by neurosweep</title>"));
  Map none = small_map({nan, nan, nan, nan});
  none.status.assign(4, not_computed);
  EXPECT_FALSE(labels(page_of(none))["columns"][0].contains("scale"));
  const Json flat = labels(page_of(small_map({2, 2, 2, 2})))["columns"][0]["scale"];
  EXPECT_LT(flat["low"], 2);
  EXPECT_GT(flat["high"], 2);
}

// The range of a line has room for all error bars.
TEST_F(ReportPage, LineWithDeviations) {
  Map map = map_over({{"I", "nA", false, {0, 1, 2}}}, [](std::size_t set) { return double(set); });
  map.columns.push_back({"amplitude_sd", "mV", {0.5, nan, 3}});
  const Json scale = labels(page_of(map))["columns"][0]["scale"];
  EXPECT_LE(scale["low"], -0.5);
  EXPECT_GE(scale["high"], 5);
}

TEST_F(ReportPage, Mistakes) {
  EXPECT_TRUE(contains(error_of([&] { page_of(map_over({{"Ae", "mV", false, {1, infinity}}}, [](std::size_t) { return 1.0; })); }), "not finite"));
  EXPECT_EQ(here_.files(), std::vector<std::string>{});
  EXPECT_TRUE(contains(error_of([&] { write_report(small_map({1, 2, 3, 4}), {}, here_ / "none/m.html"); }), "none"));
  check_report_size(4'000'000, 9, true);                             // 192 MB without kinds: Chromium 156 shows it in 4 s
  EXPECT_TRUE(contains(error_of([] { check_report_size(100'000'000, 2, false); }), "a report of 100000000 sets and 2 columns would be 2400 MB"));
}

}  // namespace
}  // namespace neurosweep::test
