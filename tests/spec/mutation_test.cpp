// Whatever a damaged file or flag holds: it loads, or it is a SpecError that says where. Nothing else, and never a
// crash.
#include <random>

#include "sweep_text.hpp"

namespace neurosweep {
namespace {

// mt19937's numbers are the same everywhere (a standard distribution's are not), so a failure can be repeated.
class Damage {
 public:
  explicit Damage(unsigned seed) : random_(seed) {}

  std::string operator()(std::string text) {
    for (std::size_t n = 1 + below(3); n > 0 && !text.empty(); --n) once(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }

  void once(std::string& text) {
    static const std::string letters = "=[]{}\".,:#-+_ \n\t0123456789eEinfaxMVsHzm/^*\\'\x01\x7f\x80\xc3\xff";
    const std::size_t at = below(text.size()), length = 1 + below(8);
    switch (below(6)) {
      case 0: text.erase(at, 1); break;
      case 1: text.erase(at, length); break;
      case 2: text[at] = letters[below(letters.size())]; break;
      case 3: text.insert(at, 1, letters[below(letters.size())]); break;
      case 4: text.insert(at, text.substr(below(text.size()), length)); break;
      default: std::swap(text[at], text[below(text.size())]); break;
    }
  }

  std::mt19937 random_;
};

// Counts the files that load, and looks at the others' messages.
int survivors(const std::vector<std::pair<std::string, Overrides>>& cases) {
  int loaded = 0;
  for (const auto& [text, flags] : cases) {
    try {
      const SweepSpec s = test::load(text, flags);
      EXPECT_GT(s.problem.steps, 0);
      EXPECT_GT(s.problem.sets(), 0u);
      EXPECT_FALSE(s.problem.measures.empty());
      ++loaded;
    } catch (const SpecError& e) {
      const std::string message = e.what();
      EXPECT_FALSE(message.empty());
      EXPECT_TRUE(test::contains(message, "sweep.toml:") || test::contains(message, "--") ||
                  test::contains(message, "not text"))
          << message;
    } catch (const std::exception& e) { ADD_FAILURE() << "not a SpecError: " << e.what() << "\n" << text; }
  }
  return loaded;
}

TEST(Mutation, DamagedFilesLoadOrSayWhy) {
  Damage damage(1);
  std::vector<std::pair<std::string, Overrides>> cases;
  for (int i = 0; i < 3000; ++i) cases.emplace_back(damage(test::good()), Overrides{});
  const int loaded = survivors(cases);
  EXPECT_GT(loaded, 30);    // the damage is small enough for some to live,
  EXPECT_LT(loaded, 1500);  // and large enough for most to die
}

TEST(Mutation, DamagedFlagsLoadOrSayWhy) {
  Damage damage(2);
  const std::vector<std::string> sets{
      "bi=60 Hz",    "spectrum.band=[\"3 Hz\", 40]",         "observe.measures=mean,std",
      "duration=3s", "input.E.pulse={amplitude=3, width=1}", "seed=18446744073709551615"};
  std::vector<std::pair<std::string, Overrides>> cases;
  for (int i = 0; i < 2000; ++i) {
    cases.emplace_back(test::good(),
                       Overrides{{damage(sets[std::size_t(i) % sets.size()])}, {damage("Ai=20mV:30mV:3:log")}});
  }
  survivors(cases);
}

// Every beginning of the file, as after a full disk.
TEST(Mutation, CutFilesLoadOrSayWhy) {
  std::vector<std::pair<std::string, Overrides>> cases;
  for (std::size_t n = 0; n < test::good().size(); ++n) cases.emplace_back(test::good().substr(0, n), Overrides{});
  survivors(cases);
}

}  // namespace
}  // namespace neurosweep
