// SPDX-License-Identifier: MIT
#include <nsqlookupd/registry/node_address.hpp>

#include <charconv>
#include <system_error>

namespace nsqlookupd::registry {

std::string_view without_brackets(std::string_view host) noexcept {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host.remove_prefix(1);
    host.remove_suffix(1);
  }
  return host;
}

std::optional<node_address> node_address::parse(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  auto const port = text.substr(colon + 1);
  node_address address{std::string{without_brackets(text.substr(0, colon))}, 0};
  auto const [end, error] =
      std::from_chars(port.data(), port.data() + port.size(), address.http_port);
  // A port is matched as text by v1.3.0: "04151" or "+4151" names no producer.
  if (error != std::errc{} || std::to_string(address.http_port) != port) {
    return std::nullopt;
  }
  return address;
}

}  // namespace nsqlookupd::registry
