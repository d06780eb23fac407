// What files were when they were written, so that one that was torn, cut short or exchanged is told from one that is whole.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace neurosweep {

// A file of lines as xxh128sum writes and checks them: checksum, two blanks, path. Sorted, so that the same files give the
// same bytes in whatever order they came.
struct Record {
  std::map<std::string, std::string> sums;             // path in the store -> checksum
  bool damaged = false;                                // there were lines that are none

  std::string text() const;
};

// Empty where there is no such file. std::runtime_error if there is one that cannot be read.
Record read_record(const std::string& path);

// The bytes of the file `name` in `folder` if they are `size` many with this checksum; else `damage` says what is wrong.
std::optional<std::string> read_checked(const std::string& folder, const std::string& name, std::uint64_t size,
                                        const std::string& sum, std::string& damage);

}  // namespace neurosweep
