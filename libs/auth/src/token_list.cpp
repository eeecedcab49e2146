// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/token_list.hpp>
#include <nsqlookupd/text/ascii.hpp>
#include <nsqlookupd/text/base64.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace nsqlookupd::auth {
namespace {

constexpr std::string_view blanks = " \t\r";

// Takes the next word off `line`; empty at its end.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  auto const word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  return word;
}

std::optional<right> parse_right(std::string_view word) {
  if (word == "read") {
    return right::read;
  }
  if (word == "write") {
    return right::write;
  }
  return std::nullopt;
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte <= '~'; });
}

bool is_name(std::string_view text) {
  return !text.empty() && !text.starts_with('#') && text.find(':') == text.npos &&
         is_printable(text);
}

std::string_view without_spaces(std::string_view text) {
  auto const begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// The name and token of a client.
struct credentials {
  /// Nothing with Bearer, which has no names.
  std::optional<std::string> name;
  std::string token;
};

// Reads the value of an `Authorization` header; nothing when it is of no known kind, or broken.
std::optional<credentials> parse_credentials(std::string_view authorization) {
  auto const header = without_spaces(authorization);
  auto const scheme = text::lower_case(header.substr(0, header.find(' ')));
  auto const rest = without_spaces(header.substr(scheme.size()));
  if (rest.empty()) {
    return std::nullopt;
  }
  if (scheme == "bearer") {
    return credentials{std::nullopt, std::string{rest}};
  }
  auto const pair = scheme == "basic" ? text::parse_base64(rest) : std::nullopt;
  auto const colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  return credentials{pair->substr(0, colon), pair->substr(colon + 1)};
}

}  // namespace

token_list::entry token_list::parse_line(std::string_view line) {
  auto const name = next_word(line);
  auto const may = parse_right(next_word(line));
  auto const hash = token_hash::parse(next_word(line));
  if (!is_name(name) || !may || !hash || !next_word(line).empty()) {
    throw std::runtime_error{"not <name> <read|write> sha256:<salt>:<digest>"};
  }
  return {std::string{name}, *may, *hash};
}

token_list token_list::parse(std::string_view text) {
  token_list list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto const line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto rest = line;
    auto const first = next_word(rest);
    if (first.empty() || first.starts_with('#')) {
      continue;
    }
    try {
      list.entries_.push_back(parse_line(line));
    } catch (std::runtime_error const& error) {
      throw std::runtime_error{"line " + std::to_string(number) + ": " + error.what()};
    }
    if (list.entries_.back().may == right::read) {
      list.anybody_may_ = right::nothing;
    }
  }
  if (list.entries_.empty()) {
    throw std::runtime_error{"there is no token in it"};
  }
  return list;
}

// Looks at all of them, so that the time it takes does not tell which one it was.
caller token_list::identify(std::string_view authorization) const {
  caller found{.may = anybody_may_};
  auto const shown = parse_credentials(authorization);
  if (!shown || shown->token.size() > max_token_size) {
    return found;
  }
  for (auto const& known : entries_) {
    bool const is_it = known.hash.matches(shown->token);
    bool const adds = found.token_name.empty() || found.may < known.may;
    if (is_it && adds && (!shown->name || *shown->name == known.name)) {
      found = {std::max(found.may, known.may), known.name};
    }
  }
  return found;
}

std::string make_line(std::string_view name, std::string_view may, std::string_view token) {
  if (!is_name(name)) {
    throw std::runtime_error{"the name must be printable ASCII without spaces and colons"};
  }
  if (!parse_right(may)) {
    throw std::runtime_error{"the right must be read or write"};
  }
  if (token.size() < min_token_size || token.size() > max_token_size || !is_printable(token)) {
    throw std::runtime_error{
        "the token must have at least 16 characters and at most 1024, printable ASCII without "
        "spaces; `openssl rand -hex 32` makes one"};
  }
  return std::string{name} + ' ' + std::string{may} + ' ' + token_hash::of(token).to_text();
}

}  // namespace nsqlookupd::auth
