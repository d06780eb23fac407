// A trace in characters, of views made by hand: to the last one.
#include <gtest/gtest.h>

#include "host/output/terminal.hpp"
#include "host/output/trace_view.hpp"

namespace neurosweep::test {
namespace {

constexpr PreviewOptions ascii{80, 24, false, false, false}, utf8{80, 24, false, false, true};

// A cell that spikes in these of 30 steps of 1 ms, the first ten of which are the transient.
TraceView spiking_in(const std::vector<std::size_t>& steps) {
  TraceView view;
  view.dt = 1e-3, view.transient = 10, view.spiking = true, view.spiked.assign(30, 0);
  view.series = {{"V", "mV", std::vector<double>(30)}};
  view.no_spectrum = "made by hand";
  view.measures = {{"rate", "Hz", {50}}};
  for (std::size_t i = 0; i < 30; ++i) view.time.push_back(double(i));
  for (const std::size_t step : steps) view.spiked[step] = 1;
  return view;
}

// What stands between the spectrum and the measures.
std::string intervals_of(const TraceView& view, const PreviewOptions& options) {
  const std::string text = trace_preview(view, options), before = "no spectrum: made by hand\n\n", after = "\nrate = 50 Hz\n";
  EXPECT_TRUE(text.find(before) != text.npos && text.ends_with(after)) << text;
  const std::size_t from = text.find(before) + before.size();
  return text.substr(from, text.size() - after.size() - from);
}

// One interval of 4 ms, two of 2 ms, none of 1 or 3 ms; those of the transient do not count.
TEST(TracePreview, IntervalsBetweenSpikes) {
  const TraceView view = spiking_in({3, 8, 10, 12, 14, 18});
  EXPECT_EQ(intervals_of(view, ascii),
            "3 intervals between spikes [ms]: 2 to 4, up to 2 in 1 ms\n"
            "        ####        \n"
            "        ####        \n"
            "        ####        \n"
            "        ####    ####\n"
            "        ####    ####\n"
            "        ####    ####\n"
            "0               5 ms\n");
  EXPECT_EQ(intervals_of(spiking_in({10, 12, 14, 16, 18, 20, 25}), utf8),
            "6 intervals between spikes [ms]: 2 to 5, up to 5 in 1 ms\n"
            "        ████            \n"
            "        ████            \n"
            "        ████            \n"
            "        ████            \n"
            "        ████        ▂▂▂▂\n"
            "        ████        ████\n"
            "0                   6 ms\n");
}

TEST(TracePreview, FewIntervals) {
  EXPECT_EQ(intervals_of(spiking_in({}), ascii), "intervals between spikes: fewer than two spikes\n");
  EXPECT_EQ(intervals_of(spiking_in({2, 8, 15}), ascii), "intervals between spikes: fewer than two spikes\n");
  EXPECT_EQ(intervals_of(spiking_in({2, 8, 15, 22}), ascii), "intervals between spikes: a single interval, 7 ms\n");
}

// Few sets are a table and many a chart, as of a sweep over the input alone.
TEST(TracePreview, RatesOverTheInput) {
  TraceView view = spiking_in({});
  view.rates = RateCurve{{"input.I.mean", "pA", {100, 200}}, {"rate", "Hz", {0, 62.5}}};
  EXPECT_EQ(intervals_of(view, ascii),
            "intervals between spikes: fewer than two spikes\n\n"
            "firing rate over input.I.mean, all else as above\n"
            "input.I.mean [pA]  rate [Hz]\n"
            "              100          0\n"
            "              200       62.5\n");
  view.rates->input.values.clear(), view.rates->rate.values.clear();
  for (int i = 0; i < 30; ++i) view.rates->input.values.push_back(i), view.rates->rate.values.push_back(i < 15 ? 0 : 70);
  const std::string text = intervals_of(view, ascii);
  EXPECT_NE(text.find("\n70 |                              ##############################\n"), text.npos) << text;
  EXPECT_NE(text.find("\n    0                    input.I.mean [pA]                    29\n"), text.npos) << text;
}

// Counts are seen as heights; a single one beside thousands still is.
TEST(TracePreview, ARareIntervalIsSeen) {
  TraceView view = spiking_in({});
  view.spiked.assign(10'000, 0), view.time.clear(), view.series[0].values.assign(10'000, 0);
  for (std::size_t i = 0; i < 10'000; ++i) view.time.push_back(double(i));
  for (std::size_t i = 10; i < 9'000; i += 2) view.spiked[i] = 1;
  view.spiked[9'003] = 1;
  EXPECT_NE(intervals_of(view, utf8).find("        ████        ▁▁▁▁\n0"), std::string::npos) << intervals_of(view, utf8);
}

}  // namespace
}  // namespace neurosweep::test
