// The command line's overrides as one line of text, as a store keeps them, and back.
#pragma once
#include <string>

#include "host/spec/sweep_spec.hpp"

namespace neurosweep {

// `word` as a shell reads it back.
std::string shell_word(const std::string& word);

// "--set duration=3s --axis Ae=2:5:8": words of a shell.
std::string flags_of(const Overrides& overrides);

// What flags_of() made. std::runtime_error where the text is not of that form.
Overrides overrides_of(const std::string& flags);

}  // namespace neurosweep
