// XXH3-128, as the program xxh128sum prints it.
#pragma once
#include <string>
#include <string_view>

namespace neurosweep {

std::string checksum(std::string_view bytes);   // 32 hexadecimal digits

}  // namespace neurosweep
