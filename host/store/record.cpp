#include "host/store/record.hpp"

#include <fmt/format.h>

#include <fstream>

#include "host/store/checksum.hpp"

namespace neurosweep {

std::string Record::text() const {
  std::string text;
  for (const auto& [name, sum] : sums) text += sum + "  " + name + "\n";
  return text;
}

Record read_record(const std::string& path) {
  constexpr std::size_t digits = 32;
  Record record;
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const bool whole = line.size() > digits + 2 && line.find_first_not_of("0123456789abcdef") == digits &&
                       line.compare(digits, 2, "  ") == 0 && !in.eof();        // the last line ends, too
    if (whole) record.sums[line.substr(digits + 2)] = line.substr(0, digits);
    else record.damaged = true;
  }
  return record;
}

std::optional<std::string> read_checked(const std::string& folder, const std::string& name, std::uint64_t size,
                                        const std::string& sum, std::string& damage) {
  const std::string path = folder + "/" + name;
  std::ifstream in(path, std::ios::binary);
  if (!in) return damage = fmt::format("{} is gone", path), std::nullopt;
  std::string bytes(size, '\0');
  in.read(bytes.data(), std::streamsize(size));
  if (std::uint64_t(in.gcount()) != size || in.peek() != std::ifstream::traits_type::eof())
    return damage = fmt::format("{} does not have the {} bytes that it had", path, size), std::nullopt;
  if (checksum(bytes) != sum) return damage = fmt::format("{} is not what was written", path), std::nullopt;
  return bytes;
}

}  // namespace neurosweep
