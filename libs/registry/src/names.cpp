// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/number.hpp>

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

std::string_view without_brackets(std::string_view host) noexcept {
  bool const has_both = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  return has_both ? host.substr(1, host.size() - 2) : host;
}

std::optional<node_address> node_address::parse(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  auto const port = text.substr(colon + 1);
  auto const number = text::parse_number<decltype(node_address::http_port)>(port);
  // A port is matched as text by v1.3.0: "04151" or "+4151" names no producer.
  if (!number || std::to_string(*number) != port) {
    return std::nullopt;
  }
  return node_address{std::string{without_brackets(text.substr(0, colon))}, *number};
}

}  // namespace nsqlookupd::registry
