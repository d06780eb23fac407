// Stores for tests that compute nothing: a sweep so long that a chunk has only 51 sets, and what its arrays would hold.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "common/folder.hpp"
#include "host/store/store.hpp"
#include "spec/sweep_text.hpp"

namespace neurosweep::test {

// 3 x 101 sets in chunks of 1 x 51: the second of each row is padded.
inline const std::string small_sweep =
    "title = \"A small store\"\n"
    "model = \"jansen-rit\"\n"
    "dt = \"0.5 ms\"\n"
    "duration = \"1500 s\"\n"
    "[[axis]]\n"
    "name = \"Ae\"\n"
    "from = 2\n"
    "to = 5\n"
    "count = 3\n"
    "[[axis]]\n"
    "name = \"Ai\"\n"
    "from = 15\n"
    "to = 30\n"
    "count = 101\n"
    "[observe]\n"
    "measures = [\"amplitude\", \"mean\"]\n";

inline SweepSpec small_spec(const std::vector<std::string>& set = {}) { return load(small_sweep, {set, {}}); }

inline const Provenance somebody{"1.2.3", "abc", "the file's text", "--set bi=50Hz"};

// Every file below the folder but the attributes, which hold times, with its bytes.
inline std::map<std::string, std::string> contents(const std::string& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    if (entry.is_regular_file() && name != ".zattrs" && name != ".zmetadata") all[name] = read_file(entry.path().string());
  }
  return all;
}

// What the call says when it throws an E; fails the test if it does not.
template <class E = std::runtime_error, class F>
std::string thrown(F call) {
  try {
    call();
  } catch (const E& e) { return e.what(); }
  ADD_FAILURE() << "no such error";
  return "";
}

// ---- numbers that tell a set and a column from all others ---------------------------------------------------------------

inline double number(std::uint64_t set, std::size_t column) { return double(set) + 0.125 * double(column + 1); }
inline std::uint8_t status_of(std::uint64_t set) { return std::uint8_t(set % 3); }
inline std::uint32_t failed_of(std::uint64_t set) { return std::uint32_t(set % 5); }

template <class E>
std::string bytes_of(std::uint64_t elements, const Tile& tile, E padding, auto value) {
  std::vector<E> all(elements, padding);
  for (std::uint64_t i = 0; i < tile.count; ++i) all[i] = E(value(tile.first + i));
  return {reinterpret_cast<const char*>(all.data()), elements * sizeof(E)};
}

// The files of a chunk by the format's definition, not by the code that is tested.
inline ChunkFiles files_of(const Store& store, std::uint64_t chunk) {
  const Tile tile = store.grid().tile(chunk);
  const std::uint64_t n = store.grid().elements();
  ChunkFiles files;
  for (std::size_t a = 0; a < store.arrays().size(); ++a) {
    const auto value = [a](std::uint64_t set) { return number(set, a); };
    switch (store.arrays()[a].type) {
      case ElementType::f4: files.files.push_back(bytes_of<float>(n, tile, std::nanf(""), value)); break;
      case ElementType::f8: files.files.push_back(bytes_of<double>(n, tile, std::nan(""), value)); break;
      case ElementType::u4: files.files.push_back(bytes_of<std::uint32_t>(n, tile, 4294967295u, failed_of)); break;
      case ElementType::u1: files.files.push_back(bytes_of<std::uint8_t>(n, tile, 255, status_of)); break;
    }
  }
  return files;
}

inline void write_chunk(Store& store, std::uint64_t chunk) {
  ASSERT_TRUE(store.claim(chunk));
  store.write(chunk, files_of(store, chunk));
  store.release(chunk);
}

inline void write_all(Store& store) {
  for (std::uint64_t chunk = 0; chunk < store.grid().count(); ++chunk) write_chunk(store, chunk);
}

inline bool is_done(const Store& store, std::uint64_t chunk, std::string* damage = nullptr) {
  std::string ignored;
  return store.done(chunk, damage ? *damage : ignored);
}

}  // namespace neurosweep::test
