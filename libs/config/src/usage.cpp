// SPDX-License-Identifier: MIT
#include "usage.hpp"

#include "settings.hpp"

#include <algorithm>
#include <vector>

namespace nsqlookupd::config {
namespace {

void append_flag(std::string& out, setting const& described, values const& defaults) {
  out.append("  -").append(described.name);
  auto const type = type_name(described.field);
  if (!type.empty()) out.append(" ").append(type);
  out.append("\n    \t").append(described.meaning);
  auto const value = shown(described.field, defaults);
  if (!value.empty()) out.append(" (default ").append(value).append(")");
  out += '\n';
}

}  // namespace

std::string usage() {
  auto const table = settings();
  std::vector<setting> sorted{table.begin(), table.end()};
  std::ranges::sort(sorted, {}, &setting::name);
  std::string text = "Usage of nsqlookupd:\n";
  values const defaults;
  for (auto const& described : sorted) append_flag(text, described, defaults);
  text +=
      "With healthcheck as the first argument, asks the server that these flags, environment and\n"
      "config describe for /ping, or for the path that follows (healthcheck /readyz), and exits\n"
      "with 0 when it answers 200, else with 1.\n";
  return text;
}

}  // namespace nsqlookupd::config
