// --set and --axis: written into the tree of the sweep file, so that what follows checks flags and file alike.
#pragma once
#include <string>
#include <vector>

#include "host/spec/document.hpp"
#include "host/spec/keys.hpp"
#include "host/spec/report.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep::spec {

// `model` alone: what the other flags mean depends on it.
void override_model(Node& root, const std::vector<std::string>& sets);

struct Flag {
  std::string name, value;
  Place place;
  bool complete = false;  // there was a = and something before it
};

// "NAME=VALUE" of `option`.
Flag parse_flag(std::string_view option, const std::string& text);

// KEY is a dotted key of the file, or the bare name of a parameter. VALUE is written as in the file without the quotes;
// a list with commas or colons between (spectrum.band=3:40, observe.measures=mean,std), or any TOML array or table.
void override_keys(Node& root, const std::vector<std::string>& sets, const Keys& keys, Report& report);

// NAME=FROM:TO:COUNT[:log]: replaces the axis of that name where it stands, or adds one at the end (as the fastest).
void override_axes(Node& root, const std::vector<std::string>& axes, Report& report);

}  // namespace neurosweep::spec
