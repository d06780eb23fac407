#include "host/store/metadata.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "small_store.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::ordered_json;

StoreMetadata filled_in(const SweepSpec& spec) {
  StoreMetadata m = metadata_of(spec);
  m.version = somebody.version, m.commit = somebody.commit, m.sweep_file = somebody.sweep_file, m.overrides = somebody.overrides;
  m.device = "a CPU; a GPU", m.created = "2026-01-02T03:04:05Z", m.updated = "2026-01-02T03:05:05Z", m.compute_seconds = 1.25;
  return m;
}

void write(const StoreMetadata& m, const Folder& folder) {
  std::filesystem::create_directories(folder / ".neurosweep/tmp");
  write_metadata(m, folder.path(), folder / ".neurosweep/tmp");
}

void expect_same(const StoreMetadata& got, const StoreMetadata& want) {
  EXPECT_EQ(got.title, want.title);
    EXPECT_EQ(got.model, want.model);
    EXPECT_EQ(got.version, want.version);
    EXPECT_EQ(got.commit, want.commit);
  EXPECT_EQ(got.sweep_file, want.sweep_file);
    EXPECT_EQ(got.overrides, want.overrides);
    EXPECT_EQ(got.device, want.device);
  EXPECT_EQ(got.created, want.created);
    EXPECT_EQ(got.updated, want.updated);
    EXPECT_EQ(got.compute_seconds, want.compute_seconds);
  EXPECT_EQ(got.seed, want.seed);
    EXPECT_EQ(got.replicates, want.replicates);
  EXPECT_EQ(got.grid.shape, want.grid.shape);
    EXPECT_EQ(got.grid.chunk, want.grid.chunk);
  EXPECT_EQ(first_difference(got.identity, want.identity), "");
    EXPECT_EQ(got.identity.size(), want.identity.size());
  EXPECT_EQ(got.axis_descriptions, want.axis_descriptions);
  ASSERT_EQ(got.axes.size(), want.axes.size());
  for (std::size_t a = 0; a < want.axes.size(); ++a) {
    EXPECT_EQ(got.axes[a].name, want.axes[a].name);
    EXPECT_EQ(got.axes[a].unit, want.axes[a].unit);
    EXPECT_EQ(got.axes[a].log, want.axes[a].log);
    EXPECT_EQ(got.axes[a].values, want.axes[a].values);
    EXPECT_EQ(got.axes[a].names, want.axes[a].names);
  }
  ASSERT_EQ(got.arrays.size(), want.arrays.size());
  for (std::size_t a = 0; a < want.arrays.size(); ++a) {
    EXPECT_EQ(got.arrays[a].name, want.arrays[a].name);
    EXPECT_EQ(got.arrays[a].unit, want.arrays[a].unit);
    EXPECT_EQ(got.arrays[a].description, want.arrays[a].description);
    EXPECT_EQ(got.arrays[a].type, want.arrays[a].type);
  }
}

void expect_round_trip(const SweepSpec& spec) {
  const Folder here;
  const StoreMetadata m = filled_in(spec);
  write(m, here);
  expect_same(read_metadata(here.path()), m);
}

std::vector<std::string> names(const StoreMetadata& m) {
  std::vector<std::string> all;
  for (const StoreArray& a : m.arrays) all.push_back(a.name);
  return all;
}

// ---- there and back -----------------------------------------------------------------------------------------------------

TEST(Metadata, RoundTrip) { expect_round_trip(small_spec()); }
TEST(Metadata, RoundTripOfSpectra) { expect_round_trip(load(good())); }
TEST(Metadata, RoundTripOfDouble) { expect_round_trip(small_spec({"precision=double", "seed=18446744073709551615"})); }
TEST(Metadata, RoundTripOfReplicates) { expect_round_trip(small_spec({"replicates=3"})); }
TEST(Metadata, RoundTripOfALogAxis) { expect_round_trip(load(small_sweep, {{}, {"bi=0.1:1000:7:log"}})); }
TEST(Metadata, RoundTripOfASingleSet) { expect_round_trip(load("model = \"jansen-rit\"\ndt = \"0.1 ms\"\nduration = \"1 s\"\n")); }
TEST(Metadata, RoundTripOfPresets) {
  expect_round_trip(load("model = \"izhikevich\"\ndt = \"0.1 ms\"\nduration = \"1 s\"\n[[axis]]\nname = \"preset\"\n"
                         "values = [\"chattering\", \"fast_spiking\", \"resonator\"]\n[[axis]]\nname = \"input.I.mean\"\nfrom = 0\nto = 1\ncount = 2\n"));
}
TEST(Metadata, RoundTripOfManyAxes) {
  expect_round_trip(load(small_sweep, {{}, {"bi=40:60:2", "be=90:110:2", "input.E.mean=0:100:2", "input.E.noise=0:1:2", "initial.M=0:1:2"}}));
}

TEST(Metadata, Arrays) {
  EXPECT_EQ(names(metadata_of(small_spec())), (std::vector<std::string>{"amplitude", "mean", "status"}));
  const StoreMetadata m = metadata_of(small_spec({"replicates=2"}));
  EXPECT_EQ(names(m), (std::vector<std::string>{"amplitude", "amplitude_sd", "mean", "mean_sd", "n_failed", "status"}));
  EXPECT_EQ(m.arrays[0].unit, "mV");
  EXPECT_EQ(m.arrays[0].type, ElementType::f4);
  EXPECT_EQ(m.arrays[4].type, ElementType::u4);
  EXPECT_EQ(m.arrays[5].type, ElementType::u1);
  EXPECT_EQ(metadata_of(small_spec({"precision=double"})).arrays[0].type, ElementType::f8);
}

// A title is bytes; JSON is UTF-8.
TEST(Metadata, TitleThatIsNoUtf8) {
  const Folder here;
  StoreMetadata m = filled_in(small_spec());
  m.title = "M\xfcller \"a\\b\"\n";
  write(m, here);
  EXPECT_EQ(read_metadata(here.path()).title, "M\xef\xbf\xbdller \"a\\b\"\n");
}

// netCDF has no empty text, and neither a null.
TEST(Metadata, NothingEmpty) {
  const Folder here;
  StoreMetadata m = metadata_of(small_spec({"title="}));
  m.version = "1";                                               // a program has one
  write(m, here);
  const Json attributes = Json::parse(read_file(here / ".zattrs"));
  for (const auto& [name, value] : attributes.items()) EXPECT_FALSE(value == "" || value.is_null()) << name;
  expect_same(read_metadata(here.path()), m);
}

// What xarray, netCDF and GDAL ask for, literally.
TEST(Metadata, FilesAsTheFormatWantsThem) {
  const Folder here;
  write(filled_in(small_spec()), here);
  EXPECT_EQ(Json::parse(read_file(here / ".zgroup")), Json::parse(R"({"zarr_format": 2})"));
  EXPECT_EQ(Json::parse(read_file(here / "amplitude/.zarray")),
            Json::parse(R"({"zarr_format": 2, "shape": [3, 101], "chunks": [1, 51], "dtype": "<f4", "compressor": null,
                            "fill_value": "NaN", "order": "C", "filters": null})"));
  EXPECT_EQ(Json::parse(read_file(here / "amplitude/.zattrs")).at("_ARRAY_DIMENSIONS"), Json::parse(R"(["Ae", "Ai"])"));
  EXPECT_EQ(Json::parse(read_file(here / "amplitude/.zattrs")).at("units"), "mV");
  EXPECT_EQ(Json::parse(read_file(here / "Ae/.zattrs")).at("units"), "mV");
  const Json all = Json::parse(read_file(here / ".zmetadata")).at("metadata");
  for (const std::string name : {".zgroup", ".zattrs", "Ae/.zarray", "Ae/.zattrs", "status/.zarray", "status/.zattrs", "mean/.zattrs"})
    EXPECT_EQ(all.at(name), Json::parse(read_file(here / name))) << name;
  EXPECT_EQ(read_file(here / "Ae/0").size(), 3 * sizeof(double));
}

// ---- what others did to it ----------------------------------------------------------------------------------------------

// zarr.consolidate_metadata sorts by name, and somebody may have added an array.
TEST(Metadata, ConsolidatedByAnotherProgram) {
  const Folder here;
  const StoreMetadata m = filled_in(load(small_sweep, {{}, {"bi=40:60:2"}}));        // Ae, Ai, bi: sorted as it happens
  const StoreMetadata swapped = filled_in(load("model = \"jansen-rit\"\ndt = \"0.1 ms\"\nduration = \"1 s\"\n"
                                               "[observe]\nmeasures = [\"mean\", \"amplitude\"]\n", {{}, {"Ai=1:2:3", "Ae=1:2:5"}}));
  for (const StoreMetadata& original : {m, swapped}) {
    write(original, here);
    nlohmann::json sorted = nlohmann::json::parse(read_file(here / ".zmetadata"));
    sorted["metadata"]["mask/.zarray"] = sorted["metadata"]["status/.zarray"];
    sorted["metadata"]["mask/.zarray"]["dtype"] = "|b1";
    sorted["metadata"]["mask/.zattrs"] = sorted["metadata"]["status/.zattrs"];
    write_file(here / ".zmetadata", sorted.dump());
    expect_same(read_metadata(here.path()), original);
  }
}

void expect_refused(const Folder& here, const std::string& why) {
  const std::string message = thrown([&] { read_metadata(here.path()); });
  EXPECT_TRUE(contains(message, here.path()) && contains(message, why)) << message;
}

TEST(Metadata, DamagedMetadata) {
  const Folder here;
  write(filled_in(small_spec()), here);
  const std::string whole = read_file(here / ".zmetadata");
  write_file(here / ".zmetadata", whole.substr(0, whole.size() / 2));
  expect_refused(here, "no store that this program can read");
  const auto changed = [&](auto change) {
    Json all = Json::parse(whole);
    change(all["metadata"]);
    write_file(here / ".zmetadata", all.dump());
  };
  changed([](Json& all) { all[".zattrs"]["sweep"]["dt"] = "1 s"; });
  expect_refused(here, "sweep_hash");
  for (const Json& chunks : {Json{2, 51}, Json{0, 51}, Json{4, 101}, Json{51}, Json{-1, 51}}) {
    changed([&](Json& all) {
      for (const std::string name : {"amplitude", "mean", "status"}) all[name + "/.zarray"]["chunks"] = chunks;
    });
    expect_refused(here, "do not fit its axes");
  }
  changed([](Json& all) { all["Ai/.zarray"]["shape"] = {100}; });
  expect_refused(here, "do not fit");
  changed([](Json& all) { all["mean/.zarray"]["chunks"] = {1, 50}; });
  expect_refused(here, "do not fit each other");
  changed([](Json& all) { all["mean/.zarray"]["dtype"] = "<i8"; });
  expect_refused(here, "mean has the type");
  changed([](Json& all) { all.erase("Ai/.zarray"); });
  expect_refused(here, "Ai/.zarray");
  for (const std::string text : {"", "[]", "{\"metadata\": {"}) {
    write_file(here / ".zmetadata", text);
    expect_refused(here, "its file .zmetadata is not what was written; --overwrite deletes the results");
  }
  changed([](Json&) {});
  EXPECT_NO_THROW(read_metadata(here.path()));
}

TEST(Metadata, DamagedCoordinates) {
  const Folder here;
  write(filled_in(small_spec()), here);
  const std::string whole = read_file(here / "Ai/0"), other = std::string(whole.size(), '\1');
  for (const std::string& bytes : {std::string(), whole.substr(8), whole + "x", other}) {
    write_file(here / "Ai/0", bytes);
    expect_refused(here, "Ai/0");
    EXPECT_NO_THROW(read_labels(here.path()));
  }
  write(filled_in(small_spec()), here);                          // puts it right
  EXPECT_NO_THROW(read_metadata(here.path()));
  std::filesystem::remove(here / ".neurosweep/coordinates");
  expect_refused(here, "coordinates");
}

// What is right already is not written again: a store on a slow disk, and other readers' caches.
TEST(Metadata, FilesThatAreRightStay) {
  const Folder here;
  const StoreMetadata m = filled_in(small_spec());
  write(m, here);
  std::map<std::string, std::filesystem::file_time_type> times;
  for (const std::string name : {".zgroup", ".zattrs", ".zmetadata", "Ai/0", "Ai/.zarray"}) {
    std::filesystem::last_write_time(here / name, std::filesystem::file_time_type{} + std::chrono::hours(1));
    times[name] = std::filesystem::last_write_time(here / name);
  }
  write_file(here / "Ae/0", "damaged");
  write(m, here);
  for (const auto& [name, time] : times) EXPECT_EQ(std::filesystem::last_write_time(here / name), time) << name;
  EXPECT_NO_THROW(read_metadata(here.path()));
}

}  // namespace
}  // namespace neurosweep::test
