// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/text/number.hpp>
#include <nsqlookupd/text/utf8.hpp>

namespace nsqlookupd::config {
namespace {

bad_value refused(std::string_view text, std::string_view reason) {
  return bad_value{"address " + std::string{text} + ": " + std::string{reason}};
}

result<std::uint16_t> parse_port(std::string_view port, std::string_view text) {
  auto const number = text::parse_number<std::uint16_t>(port.empty() ? "0" : port);
  if (number) return *number;
  return refused(text, "the port " + text::quote(port) + " is not a number from 0 to 65535");
}

/// Where the host ends: at the bracket that closes it, or at the colon before the port.
result<std::string_view> take_host(std::string_view& rest, std::string_view text) {
  bool const bracketed = rest.starts_with('[');
  auto const end = rest.find(bracketed ? ']' : ':');
  if (end == std::string_view::npos) {
    return refused(text, bracketed ? "missing ']' in address" : "missing port in address");
  }
  auto const host = bracketed ? rest.substr(1, end - 1) : rest.substr(0, end);
  rest.remove_prefix(bracketed ? end + 1 : end);
  return host;
}

}  // namespace

result<address> parse_address(std::string_view text) {
  if (text.empty()) return address{};
  auto rest = text;
  auto const host = take_host(rest, text);
  if (!host) return host.error();
  if (!rest.starts_with(':')) return refused(text, "missing port in address");
  rest.remove_prefix(1);
  if (rest.find(':') != std::string_view::npos) {
    return refused(text, "too many colons in address (an IPv6 address needs brackets: [::1]:4160)");
  }
  if (host->find_first_of("[]") != std::string_view::npos) {
    return refused(text, "unexpected bracket in address");
  }
  auto const port = parse_port(rest, text);
  if (!port) return port.error();
  return address{std::string{*host}, *port};
}

}  // namespace nsqlookupd::config
