// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/names.hpp>

#include <algorithm>
#include <cstddef>

namespace nsqlookupd::registry {
namespace {

constexpr std::string_view ephemeral_suffix = "#ephemeral";
constexpr std::size_t max_name_size = 64;

constexpr bool is_name_byte(char byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
}

}  // namespace

bool is_valid_name(std::string_view name) noexcept {
  if (name.size() > max_name_size) {
    return false;
  }
  if (is_ephemeral(name)) {
    name.remove_suffix(ephemeral_suffix.size());
  }
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_byte);
}

bool is_ephemeral(std::string_view name) noexcept {
  return name.ends_with(ephemeral_suffix);
}

}  // namespace nsqlookupd::registry
