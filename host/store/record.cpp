#include "host/store/record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "host/store/checksum.hpp"

namespace neurosweep {

std::string Record::text() const {
  std::string text;
  for (const auto& [name, sum] : sums) text += sum + "  " + name + "\n";
  return text;
}

namespace {

// All of a file; nothing if there is none. One that cannot be read is not one that is not there: std::runtime_error.
std::optional<std::string> contents(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);       // a pipe would wait for its writer
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) return {};
  std::string bytes;
  ssize_t got = file < 0 ? -1 : 1;
  struct stat about {};
  if (file >= 0 && fstat(file, &about) == 0) {
    if (!S_ISREG(about.st_mode)) {
      close(file);
      throw std::runtime_error(fmt::format("cannot read \"{}\": it is no plain file; move it out of the store", path));
    }
    bytes.resize(std::size_t(about.st_size));
  }
  std::size_t size = 0;
  while (got > 0) {
    if (size == bytes.size()) bytes.resize(size + 4096);       // to see its end
    got = read(file, bytes.data() + size, bytes.size() - size);
    if (got > 0) size += std::size_t(got);
    if (got < 0 && errno == EINTR) got = 1;
  }
  const int error = errno;
  if (file >= 0) close(file);
  if (got < 0) throw std::runtime_error(fmt::format("cannot read \"{}\": {}", path, std::strerror(error)));
  bytes.resize(size);
  return bytes;
}

}  // namespace

Record read_record(const std::string& path) {
  constexpr std::size_t digits = 32;
  Record record;
  const std::string text = contents(path).value_or("");
  for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    const bool whole = line.size() > digits + 2 && line.find_first_not_of("0123456789abcdef") == digits &&
                       line.compare(digits, 2, "  ") == 0 && end < text.size();        // the last line ends, too
    if (whole) record.sums[line.substr(digits + 2)] = line.substr(0, digits);
    else record.damaged = true;
  }
  return record;
}

std::optional<std::string> read_checked(const std::string& folder, const std::string& name, std::uint64_t size,
                                        const std::string& sum, std::string& damage) {
  const std::string path = folder + "/" + name;
  auto bytes = contents(path);
  if (!bytes) return damage = fmt::format("{} is gone", path), std::nullopt;
  if (bytes->size() != size) return damage = fmt::format("{} does not have the {} bytes that it had", path, size), std::nullopt;
  if (checksum(*bytes) != sum) return damage = fmt::format("{} is not what was written", path), std::nullopt;
  return bytes;
}

}  // namespace neurosweep
