#include "host/store/store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <functional>
#include <thread>

#include "host/store/store_map.hpp"
#include "small_store.hpp"

namespace neurosweep::test {
namespace {

namespace fs = std::filesystem;

class InAStore : public testing::Test {
 protected:
  Store fill(const std::vector<std::string>& set = {}) const { return Store::fill(path, small_spec(set), somebody); }
  std::string at(const std::string& name) const { return path + "/" + name; }

  Folder here;
  const std::string path = here / "map.zarr";
};

const Damage no_damage = [](const std::string& text) { ADD_FAILURE() << text; };

void expect_numbers(const Map& map, std::uint64_t first) {
  for (std::size_t i = 0; i < map.sets(); ++i) {
    for (std::size_t c = 0; c < map.columns.size(); ++c)
      ASSERT_EQ(map.columns[c].values[i], number(first + i, c)) << map.columns[c].name << ", set " << first + i;
    ASSERT_EQ(map.status[i], status_of(first + i));
  }
  for (std::size_t i = 0; i < map.failed.size(); ++i) ASSERT_EQ(map.failed[i], failed_of(first + i));
}

// ---- writing and reading ------------------------------------------------------------------------------------------------

TEST_F(InAStore, WrittenAndRead) {
  {
    Store store = fill();
    ASSERT_EQ(store.grid().count(), 6);
    for (std::uint64_t chunk = 0; chunk < 6; ++chunk) EXPECT_FALSE(is_done(store, chunk) || store.recorded(chunk));
    write_all(store);
    for (std::uint64_t chunk = 0; chunk < 6; ++chunk) EXPECT_TRUE(is_done(store, chunk) && store.recorded(chunk));
  }
  const Store store = Store::open(path);
  const Map map = read_map(store, {}, no_damage);
  EXPECT_EQ(map.sets(), 303);
  EXPECT_EQ(map.columns.size(), 2);
  EXPECT_EQ(map.title, "A small store");
  expect_numbers(map, 0);
  expect_numbers(store.read(3, {}, no_damage), 152);
  EXPECT_EQ(store.metadata().sweep_file, "the file's text");
}

TEST_F(InAStore, ReplicatesInDouble) {
  Store store = fill({"replicates=2", "precision=double"});
  write_all(store);
  const Map map = read_map(Store::open(path), {}, no_damage);
  ASSERT_EQ(map.columns.size(), 4);
  EXPECT_EQ(map.columns[1].name, "amplitude_sd");
  EXPECT_EQ(map.failed.size(), 303);
  expect_numbers(map, 0);
}

TEST_F(InAStore, SomeColumnsInAnyOrder) {
  Store store = fill();
  write_all(store);
  const Map map = store.read(0, {"mean"}, no_damage);
  ASSERT_EQ(map.columns.size(), 1);
  EXPECT_EQ(map.columns[0].values[5], number(5, 1));
  EXPECT_EQ(store.read(0, {"mean", "amplitude"}, no_damage).columns[1].values[5], number(5, 0));
}

// A chunk that is not there is no damage.
TEST_F(InAStore, MissingChunksAreNotNumbers) {
  Store store = fill({"replicates=2"});
  write_chunk(store, 2);
  const Tile written = store.grid().tile(2);
  const Map map = read_map(store, {}, no_damage);
  ASSERT_EQ(map.sets(), 303);
  for (std::size_t set = 0; set < 303; ++set) {
    const bool there = set >= written.first && set < written.first + written.count;
    ASSERT_EQ(map.status[set], there ? status_of(set) : 255);
    for (const MapColumn& column : map.columns) ASSERT_EQ(std::isnan(column.values[set]), !there);
    ASSERT_EQ(map.failed[set], there ? failed_of(set) : 0);
  }
  EXPECT_EQ(summarise(store, {}, no_damage, {0, store.grid().count()}).sets, written.count);
}

TEST_F(InAStore, SummaryOfWhatIsThere) {
  Store store = fill({"replicates=2"});
  EXPECT_EQ(summarise(store, {}, no_damage, {0, store.grid().count()}).extremes.size(), 2);   // of the means, not of their SDs
  write_chunk(store, 2);
  write_chunk(store, 4);
  const Tile first = store.grid().tile(2), last = store.grid().tile(4);
  const Summary s = summarise(store, {"mean"}, no_damage, {0, store.grid().count()});
  EXPECT_EQ(s.sets, first.count + last.count);
  ASSERT_EQ(s.extremes.size(), 1);
  EXPECT_EQ(s.extremes[0].minimum, number(first.first, 2));
  EXPECT_EQ(s.extremes[0].maximum, number(last.first + last.count - 1, 2));
  EXPECT_EQ(s.extremes[0].where, last.first + last.count - 1);
}

TEST_F(InAStore, EdgesArePadded) {
  Store store = fill();
  write_chunk(store, 1);                                        // 50 of 51 sets
  const std::string values = read_file(at("mean/0.1"));
  ASSERT_EQ(values.size(), 51 * sizeof(float));
  float last = 0;
  std::memcpy(&last, &values[50 * sizeof(float)], sizeof last);
  EXPECT_TRUE(std::isnan(last));
  EXPECT_EQ(std::uint8_t(read_file(at("status/0.1"))[50]), 255);
}

TEST_F(InAStore, SingleSet) {
  const SweepSpec one = load("model = \"jansen-rit\"\ndt = \"1 ms\"\nduration = \"1 s\"\n[observe]\nmeasures = [\"mean\"]\n");
  Store store = Store::fill(path, one, somebody);
  write_all(store);
  EXPECT_TRUE(fs::exists(at("mean/0")));
  EXPECT_EQ(read_map(store, {}, no_damage).columns[0].values, std::vector<double>{number(0, 0)});
}

// The name that OutputFile gives a process's temporary file.
std::string temporary_name(pid_t process) { return ".neurosweep-" + std::to_string(process) + "-0.tmp"; }

pid_t dead_process() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  return child;
}

TEST_F(InAStore, WhatKilledProcessesLeftIsClearedAway) {
  { Store store = fill(); }
  const std::string host = fs::directory_iterator(at(".neurosweep/tmp"))->path().filename().string();
  const std::string ours = ".neurosweep/tmp/" + host + "/", elsewhere = ".neurosweep/tmp/another-machine/";
  const std::string dead = temporary_name(dead_process()), running = temporary_name(getpid());
  fs::create_directories(at(elsewhere));
  for (const std::string& name : {ours + dead, ours + running, elsewhere + dead}) write_file(at(name), "x");
  Store store = fill();
  EXPECT_FALSE(fs::exists(at(ours + dead)));
  EXPECT_TRUE(fs::exists(at(ours + running)));
  EXPECT_TRUE(fs::exists(at(elsewhere + dead)));                 // nobody here knows what runs there
}

TEST_F(InAStore, NothingIsLeftBesideIt) {
  { Store store = fill(); }
  for (const auto& entry : fs::directory_iterator(fs::path(path).parent_path())) EXPECT_EQ(entry.path(), path);
}

// ---- damage: found, told, and put right ---------------------------------------------------------------------------------

struct Harm {
  std::string name;
  std::function<void(const std::string& file)> how;
  bool told = true;
};

const std::vector<Harm> harms{
    {"deleted", [](const std::string& f) { fs::remove(f); }},
    {"empty", [](const std::string& f) { fs::resize_file(f, 0); }},
    {"truncated", [](const std::string& f) { fs::resize_file(f, fs::file_size(f) - 1); }},
    {"extended", [](const std::string& f) { fs::resize_file(f, fs::file_size(f) + 1); }},
    {"torn", [](const std::string& f) { fs::resize_file(f, fs::file_size(f) / 2), fs::resize_file(f, 2 * fs::file_size(f)); }},
    {"one bit", [](const std::string& f) { std::string b = read_file(f); b[b.size() / 2] = char(b[b.size() / 2] ^ 1), write_file(f, b); }},
    {"of another chunk", [](const std::string& f) { fs::copy_file(fs::path(f).parent_path() / "2.0", f, fs::copy_options::overwrite_existing); }},
};

TEST_F(InAStore, DamagedFiles) {
  Store store = fill();
  write_all(store);
  const auto whole = contents(path);
  for (const std::string array : {"amplitude", "mean", "status"})
    for (const Harm& harm : harms) {
      const std::string name = array + "/1.0";
      SCOPED_TRACE(name + " " + harm.name);
      if (array == "status" && harm.name == "torn") continue;  // of 51 bytes
      harm.how(at(name));
      std::string damage;
      EXPECT_FALSE(is_done(store, 2, &damage));
      EXPECT_TRUE(contains(damage, at(name))) << damage;
      EXPECT_TRUE(is_done(store, 3));

      std::string told;
      const Map map = store.read(2, {}, [&](const std::string& text) { told += text; });
      EXPECT_TRUE(contains(told, at(name))) << told;
      for (std::size_t c = 0; c < 2; ++c)                       // without its status nothing is known of a set
        EXPECT_EQ(std::isnan(map.columns[c].values[7]), array == "status" || store.arrays()[c].name == array);
      EXPECT_EQ(map.status[7] == 255, array == "status");

      write_chunk(store, 2);
      EXPECT_TRUE(is_done(store, 2));
      EXPECT_EQ(contents(path), whole);
    }
}

TEST_F(InAStore, DamagedRecords) {
  Store store = fill();
  write_all(store);
  const auto whole = contents(path);
  const std::string record = at(".neurosweep/chunks/1.0");
  for (const Harm& harm : harms) {
    SCOPED_TRACE(harm.name);
    if (harm.name == "torn") continue;                          // its bytes count in the other cases
    harm.how(record);
    std::string damage;
    const bool nothing = harm.name == "deleted" || harm.name == "empty";
    EXPECT_EQ(is_done(store, 2, &damage), harm.name == "extended");   // every file is what its line says
    EXPECT_EQ(damage.empty(), nothing || harm.name == "extended") << damage;
    EXPECT_EQ(store.begun(2), !nothing);                        // so that whoever reads all is told
    EXPECT_TRUE(is_done(store, 3));
    write_chunk(store, 2);
    EXPECT_TRUE(is_done(store, 2));
    EXPECT_EQ(contents(path), whole);
  }
}

// A run that goes on after somebody deleted its store and made another sweep's in its place.
TEST_F(InAStore, ChunksOfAnotherSweep) {
  Store before = fill();
  fs::remove_all(path);
  Store after = Store::fill(path, small_spec({"seed=7"}), somebody);
  write_all(after);
  const auto whole = contents(path);
  write_chunk(before, 2);
  std::string damage;
  EXPECT_FALSE(is_done(after, 2, &damage));
  EXPECT_TRUE(contains(damage, at(".neurosweep/chunks/1.0"))) << damage;
  EXPECT_FALSE(after.recorded(2));
  EXPECT_EQ(read_map(after, {}, [](const std::string&) {}).status[101], 255);
  EXPECT_THROW(before.note_run("cpu", 1), std::runtime_error);
  write_chunk(after, 2);
  EXPECT_TRUE(is_done(after, 2));
  EXPECT_EQ(contents(path), whole);
}

// The same where only the spectrum is another: measures that do not need it are the same.
TEST_F(InAStore, ChunksOfAnotherSpectrum) {
  const std::string measures = "observe.measures=power_alpha,peak_frequency,mean", longer = "duration=2000s";
  for (const auto& [other, peak_alone] : {std::pair{"spectrum.segment=1024", false}, {"spectrum.band=4:20", true}}) {
    fs::remove_all(path);
    Store before = fill({measures, longer});
    fs::remove_all(path);
    Store after = fill({measures, longer, other});
    write_chunk(before, 2);
    std::string damage;
    EXPECT_FALSE(is_done(after, 2, &damage));
    EXPECT_TRUE(contains(damage, ".neurosweep/chunks/")) << damage;
    const Map map = after.read(2, {}, [](const std::string&) {});
    EXPECT_FALSE(std::isnan(map.columns[2].values[0]));         // mean
    EXPECT_TRUE(std::isnan(map.columns[1].values[0]));          // peak_frequency
    EXPECT_EQ(std::isnan(map.columns[0].values[0]), !peak_alone);   // power_alpha
    EXPECT_THROW(before.note_run("cpu", 1), std::runtime_error);
    write_chunk(after, 2);
    EXPECT_TRUE(is_done(after, 2));
  }
}

// What is not the store's stays when it is deleted.
TEST_F(InAStore, OverwritingLeavesOtherFiles) {
  { Store store = fill(); }
  write_file(at("notes.txt"), "mine");
  fs::create_directory(at("pictures"));
  Store::remove(path);
  EXPECT_EQ(read_file(at("notes.txt")), "mine");
  EXPECT_TRUE(fs::exists(at("pictures")));
  EXPECT_FALSE(fs::exists(at("mean")) || fs::exists(at(".zmetadata")));
  EXPECT_TRUE(is_done(fill(), 0) == false);
}

// A failing note must neither lose the axes nor keep the lock.
TEST_F(InAStore, ANoteThatFails) {
  Store store = fill();
  write_all(store);
  fs::rename(at(".zmetadata"), at("hidden"));
  EXPECT_THROW(store.note_run("cpu", 1), std::runtime_error);
  fs::rename(at("hidden"), at(".zmetadata"));
  { Store another = fill(); }                                   // would wait for ever
  store.note_run("cpu", 1);
  EXPECT_EQ(Store::open(path).metadata().axes.size(), 2u);
}

TEST_F(InAStore, RecordsThatCannotBeRead) {
  Store store = fill();
  write_all(store);
  fs::remove(at(".neurosweep/chunks/1.0"));
  fs::create_directory(at(".neurosweep/chunks/1.0"));           // not even root reads that
  std::string damage;
  EXPECT_THROW(is_done(store, 2, &damage), std::runtime_error);
  fs::remove(at(".neurosweep/chunks/1.0"));
  ASSERT_EQ(mkfifo(at(".neurosweep/chunks/1.0").c_str(), 0600), 0);
  EXPECT_TRUE(contains(thrown<std::runtime_error>([&] { is_done(store, 2, &damage); }), "no plain file"));
}

TEST_F(InAStore, UnderTheLongestName) {
  const std::string longest = here / (std::string(250, 'n') + ".zarr");
  Store store = Store::fill(longest, small_spec(), somebody);
  write_all(store);
  EXPECT_TRUE(is_done(store, 5));
  EXPECT_EQ(here.files().size(), 1u);
}

TEST_F(InAStore, InAnEmptyFolderOfSomebody) {
  fs::create_directory(path);
  fs::permissions(path, fs::perms::owner_all);
  { Store store = fill(); }
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  fs::remove_all(path);
  fs::create_directory(path + ".there");
  fs::create_directory_symlink(path + ".there", path);
  Store store = fill();
  write_all(store);
  EXPECT_TRUE(fs::is_symlink(path));
  EXPECT_TRUE(is_done(store, 5));
}

TEST_F(InAStore, SwappedFilesAndRecords) {
  Store store = fill();
  write_all(store);
  const auto whole = contents(path);
  const auto swap = [&](const std::string& a, const std::string& b) {
    fs::rename(at(a), at("x")), fs::rename(at(b), at(a)), fs::rename(at("x"), at(b));
  };
  swap("mean/0.0", "mean/1.0");
  swap(".neurosweep/chunks/0.1", ".neurosweep/chunks/1.1");
  for (std::uint64_t chunk = 0; chunk < 6; ++chunk) {
    EXPECT_EQ(is_done(store, chunk), chunk >= 4) << chunk;
    if (!is_done(store, chunk)) write_chunk(store, chunk);
  }
  EXPECT_EQ(contents(path), whole);
}

// What is whole is not written anew beside what is not.
TEST_F(InAStore, OnlyTheDamagedFileIsReplaced) {
  Store store = fill();
  write_all(store);
  fs::last_write_time(at("mean/0.0"), fs::file_time_type{} + std::chrono::hours(1));
  const auto before = fs::last_write_time(at("mean/0.0"));
  fs::resize_file(at("amplitude/0.0"), 3);
  write_chunk(store, 0);
  EXPECT_EQ(fs::last_write_time(at("mean/0.0")), before);
  EXPECT_TRUE(is_done(store, 0));
}

TEST_F(InAStore, DamagedCoordinatesAndMetadataArePutRight) {
  {
    Store store = fill();
    write_all(store);
  }
  const auto whole = contents(path);
  for (const std::string name : {"Ae/0", "Ai/0", "Ai/.zarray", "Ai/.zattrs", "mean/.zarray", "status/.zattrs", ".zgroup", ".neurosweep/coordinates"})
    for (const bool gone : {false, true}) {
      SCOPED_TRACE(name);
      if (gone) fs::remove(at(name));
      else write_file(at(name), "x");
      Store store = fill();
      EXPECT_TRUE(is_done(store, 0));
      EXPECT_EQ(contents(path), whole);
      EXPECT_NO_THROW(Store::open(path));
    }
  fs::remove_all(at("Ai"));
  fs::remove(at(".zattrs"));
  fill();
  EXPECT_EQ(contents(path), whole);
  EXPECT_TRUE(fs::exists(at(".zattrs")));
}

TEST_F(InAStore, EmptyFoldersMayGetLost) {                      // in a copy, or in git
  { Store store = fill(); }
  fs::remove_all(at(".neurosweep/tmp")), fs::remove(at(".neurosweep/chunks")), fs::remove(at("mean/0.0"));
  Store store = fill();
  write_all(store);
  EXPECT_TRUE(is_done(store, 5));
}

// ---- one sweep, one store -----------------------------------------------------------------------------------------------

TEST_F(InAStore, AnotherSweepIsRefused) {
  {
    Store store = fill();
    write_all(store);
  }
  const auto whole = contents(path);
  const std::string attributes = read_file(at(".zmetadata"));
  const std::string message = thrown<SpecError>([&] { fill({"seed=5"}); });
  EXPECT_TRUE(contains(message, path + " holds another sweep: seed is 42 there and 5 here")) << message;
  EXPECT_EQ(thrown<SpecError>([&] { Store::check(path, small_spec({"seed=5"})); }), message);
  EXPECT_EQ(contents(path), whole);
  EXPECT_EQ(read_file(at(".zmetadata")), attributes);
  EXPECT_NO_THROW(Store::check(path, small_spec()));
}

TEST_F(InAStore, ForeignFoldersAreRefusedAndUntouched) {
  fs::create_directory(path);
  write_file(at("mine.txt"), "mine");
  for (const auto& call : std::vector<std::function<void()>>{[&] { fill(); }, [&] { Store::check(path, small_spec()); }, [&] { Store::remove(path); }})
    EXPECT_TRUE(contains(thrown(call), "no store of neurosweep"));
  EXPECT_EQ(contents(path), (std::map<std::string, std::string>{{"mine.txt", "mine"}}));
  fs::remove_all(path);
  write_file(path, "a file");
  EXPECT_TRUE(contains(thrown([&] { fill(); }), "no store of neurosweep"));
  EXPECT_EQ(read_file(path), "a file");
}

TEST_F(InAStore, AnEmptyFolderIsTaken) {
  fs::create_directory(path);
  Store::check(path, small_spec());
  Store store = fill();
  write_all(store);
  EXPECT_TRUE(is_done(store, 0));
}

TEST_F(InAStore, FoldersAboveAreMade) {
  Store store = Store::fill(here / "a/b/c.zarr", small_spec(), somebody);
  EXPECT_TRUE(fs::exists(here / "a/b/c.zarr/.zmetadata"));
}

TEST_F(InAStore, NoSuchStore) {
  EXPECT_TRUE(contains(thrown([&] { Store::open(path); }), "there is no such store"));
  Store::remove(path);
  EXPECT_FALSE(fs::exists(path));
}

// ---- a run that was killed while it made the store ----------------------------------------------------------------------

// .zmetadata is the last file: whatever is there without it is made again, whosever it was.
TEST_F(InAStore, HalfMade) {
  { Store store = Store::fill(path, load(small_sweep, {{}, {"bi=1:2:2"}}), somebody); }
  fs::remove(at(".zmetadata"));
  fs::resize_file(at("Ai/0"), 3);
  EXPECT_TRUE(contains(thrown([&] { Store::open(path); }), "no store that this program can read"));
  Store::check(path, small_spec());
  { Store store = fill(); }
  EXPECT_FALSE(fs::exists(at("bi")));
  const Folder fresh;
  { const Store store = Store::fill(fresh / "s", small_spec(), somebody); }
  EXPECT_EQ(contents(path), contents(fresh / "s"));
}

TEST_F(InAStore, ResultsThatLostTheirMetadataAreNotDeleted) {
  {
    Store store = fill();
    write_all(store);
  }
  fs::remove(at(".zmetadata"));
  const auto before = contents(path);
  EXPECT_TRUE(contains(thrown([&] { fill(); }), ".zmetadata is gone"));
  EXPECT_TRUE(contains(thrown([&] { Store::check(path, small_spec()); }), ".zmetadata is gone"));
  EXPECT_EQ(contents(path), before);
}

TEST_F(InAStore, Removed) {
  {
    Store store = fill();
    write_all(store);
    EXPECT_TRUE(contains(thrown([&] { Store::remove(path); }), "another run is writing to it"));
    EXPECT_TRUE(is_done(store, 0));
  }
  Store::remove(path);
  Store other = Store::fill(path, load(small_sweep, {{}, {"bi=1:2:2"}}), somebody);
  EXPECT_FALSE(is_done(other, 0));
  EXPECT_TRUE(fs::exists(at("bi")));
}

// A link to a store elsewhere stays one.
TEST_F(InAStore, RemovedThroughALink) {
  {
    Store store = fill();
    write_all(store);
  }
  fs::create_directory_symlink(path, here / "link");
  Store::remove(here / "link");
  EXPECT_FALSE(fs::exists(at("mean")));
  EXPECT_TRUE(fs::is_symlink(here / "link"));
}

// ---- more measures ------------------------------------------------------------------------------------------------------

TEST_F(InAStore, MoreMeasures) {
  {
    Store store = fill({"observe.measures=amplitude"});
    for (std::uint64_t chunk = 0; chunk < 6; ++chunk) write_chunk(store, chunk);
    fs::last_write_time(at("amplitude/0.0"), fs::file_time_type{} + std::chrono::hours(1));
  }
  const auto before = fs::last_write_time(at("amplitude/0.0"));
  {
    Store store = fill();                                       // amplitude and mean
    for (std::uint64_t chunk = 0; chunk < 6; ++chunk) EXPECT_FALSE(is_done(store, chunk) || store.recorded(chunk));
    write_all(store);
    EXPECT_EQ(fs::last_write_time(at("amplitude/0.0")), before);
    expect_numbers(read_map(store, {}, no_damage), 0);
  }
  {
    const Store fewer = fill({"observe.measures=mean"});
    EXPECT_EQ(fewer.arrays().size(), 2);
    EXPECT_EQ(fewer.metadata().arrays.size(), 3);
    for (std::uint64_t chunk = 0; chunk < 6; ++chunk) EXPECT_TRUE(is_done(fewer, chunk));
  }
  const Folder fresh;
  Store at_once = Store::fill(fresh / "s", small_spec(), somebody);
  write_all(at_once);
  EXPECT_EQ(contents(path), contents(fresh / "s"));
}

// Of a chunk that has one of two measures the other is not a number, and the sets are there.
TEST_F(InAStore, HalfOfTheMeasures) {
  {
    Store store = fill({"observe.measures=amplitude"});
    write_chunk(store, 0);
  }
  Store store = fill();
  const Map map = store.read(0, {}, no_damage);
  EXPECT_EQ(map.columns[0].values[3], number(3, 0));
  EXPECT_TRUE(std::isnan(map.columns[1].values[3]));
  EXPECT_EQ(map.status[3], status_of(3));
  EXPECT_EQ(store.read(0, {"mean"}, no_damage).status[3], 255);
}

TEST_F(InAStore, SpectralMeasuresAndTheirKeys) {
  const std::vector<std::string> with{"observe.measures=amplitude,peak_frequency", "duration=2000s"}, without{"duration=2000s", "observe.measures=amplitude"};
  { Store store = fill(without); }
  { Store store = fill(with); }
  const Store store = Store::open(path);
  EXPECT_TRUE(store.metadata().has("peak_frequency"));
  EXPECT_TRUE(contains(thrown<SpecError>([&] { fill({with[0], with[1], "spectrum.segment=64"}); }), "spectrum.segment is "));
  EXPECT_NO_THROW(fill(without));
}

// The file that says how the spectrum was taken stays when one that does not say it adds a measure.
TEST_F(InAStore, TheFileThatSaysMost) {
  const auto fill_by = [&](const std::string& file, const std::string& measures) {
    Store::fill(path, small_spec({"duration=2000s", "observe.measures=" + measures}), {"1.2.3", "abc", file, ""});
    return Store::open(path).metadata().sweep_file;
  };
  EXPECT_EQ(fill_by("first", "mean"), "first");
  EXPECT_EQ(fill_by("second", "peak_frequency"), "second");
  EXPECT_EQ(fill_by("third", "amplitude"), "second");
}

TEST_F(InAStore, Runs) {
  Store store = fill();
  store.note_run("a CPU", 0);
  store.note_run("a CPU", 1.5);
  store.note_run("a GPU", 1);
  const StoreMetadata m = Store::open(path).metadata();
  EXPECT_EQ(m.device, "a CPU; a GPU");
  EXPECT_EQ(m.compute_seconds, 2.5);
  EXPECT_GE(m.updated, m.created);
}

// ---- many at once -------------------------------------------------------------------------------------------------------

TEST_F(InAStore, AChunkIsOnePersons) {
  Store a = fill(), b = fill();
  EXPECT_TRUE(a.claim(0));
  EXPECT_FALSE(b.claim(0));
  EXPECT_TRUE(b.claim(1));
  a.release(0);
  EXPECT_TRUE(b.claim(0));
}

// What another process has added stays when this one notes its run, and records keep each other's lines.
TEST_F(InAStore, TwoWithOtherMeasures) {
  Store a = fill({"observe.measures=amplitude"}), b = fill({"observe.measures=mean"});
  write_chunk(a, 0);
  ASSERT_TRUE(b.claim(0));
  ChunkFiles files = files_of(b, 0);
  b.write(0, files), b.release(0);
  write_chunk(a, 0);                                            // although it has not heard of the other's
  EXPECT_EQ(a.added().size(), 0u);
  EXPECT_EQ(b.added(), std::vector<std::string>{"mean"});
  a.note_run("a CPU", 1), b.note_run("a GPU", 1);
  EXPECT_TRUE(is_done(a, 0) && is_done(b, 0));
  const Store store = Store::open(path);
  EXPECT_EQ(store.metadata().arrays.size(), 3);
  EXPECT_TRUE(store.recorded(0));
  EXPECT_EQ(store.metadata().compute_seconds, 2);
}

TEST_F(InAStore, MadeByManyAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> ready{0}, made{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, spec = small_spec()] {
      ++ready;
      while (ready < 8) std::this_thread::yield();
      try {
        Store store = Store::fill(path, spec, somebody);
        ++made;
      } catch (const std::exception& e) { ADD_FAILURE() << e.what(); }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 8);
  Store store = fill();
  write_all(store);
  EXPECT_TRUE(is_done(store, 5));
  EXPECT_EQ(std::distance(fs::directory_iterator(here.path()), {}), 1);    // nothing beside it
}

}  // namespace
}  // namespace neurosweep::test
