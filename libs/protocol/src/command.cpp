// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/command.hpp>

#include <algorithm>

namespace nsqlookupd::protocol {
namespace {

// Unicode's White_Space beyond ASCII, as UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces{
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

// Bytes of the white space at the end or at the beginning of `text`; 0 when there is none.
std::size_t space_size(std::string_view text, bool at_end) noexcept {
  if (text.empty()) {
    return 0;
  }
  auto const byte = at_end ? text.back() : text.front();
  if (static_cast<unsigned char>(byte) < 0x80) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r') ? 1 : 0;
  }
  auto const* const found = std::ranges::find_if(wide_spaces, [=](std::string_view space) {
    return at_end ? text.ends_with(space) : text.starts_with(space);
  });
  return found == wide_spaces.end() ? 0 : found->size();
}

}  // namespace

std::string_view trim(std::string_view text) noexcept {
  while (auto const size = space_size(text, false)) {
    text.remove_prefix(size);
  }
  while (auto const size = space_size(text, true)) {
    text.remove_suffix(size);
  }
  return text;
}

command parse_command(std::string_view line) noexcept {
  line = trim(line);
  auto space = line.find(' ');
  command parsed{.name = line.substr(0, space), .params = {}};
  while (space != std::string_view::npos && parsed.param_count < command::max_params) {
    line.remove_prefix(space + 1);
    space = line.find(' ');
    parsed.params[parsed.param_count++] = line.substr(0, space);
  }
  return parsed;
}

std::string_view last_address(std::string_view body) noexcept {
  while (!body.empty()) {
    auto const begin = body.rfind('\n') + 1;
    if (auto const line = trim(body.substr(begin)); !line.empty()) {
      return line;
    }
    body = body.substr(0, std::max<std::size_t>(begin, 1) - 1);
  }
  return {};
}

}  // namespace nsqlookupd::protocol
