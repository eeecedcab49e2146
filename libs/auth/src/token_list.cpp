// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/token_list.hpp>

#include "credentials.hpp"

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

std::optional<grant> parse_grant(std::string_view word) {
  if (word == "read") {
    return grant::read;
  }
  if (word == "write") {
    return grant::write;
  }
  return std::nullopt;
}

bool is_name(std::string_view text) {
  return !text.empty() && !text.starts_with('#') &&
         std::all_of(text.begin(), text.end(),
                     [](char byte) { return byte > ' ' && byte <= '~' && byte != ':'; });
}

}  // namespace

token_list::entry token_list::parse_line(std::string_view line) {
  auto const name = next_word(line);
  auto const may = parse_grant(next_word(line));
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
    if (list.entries_.back().may == grant::read) {
      list.anybody_may_ = grant::nothing;
    }
  }
  if (list.entries_.empty()) {
    throw std::runtime_error{"there is no token in it"};
  }
  return list;
}

// Looks at all of them, so that the time it takes does not tell which one it was.
caller token_list::identify(std::string_view authorization) const {
  caller found{anybody_may_, false};
  auto const shown = parse_credentials(authorization);
  if (!shown) {
    return found;
  }
  for (auto const& known : entries_) {
    bool const is_it = known.hash.matches(shown->token);
    if (is_it && (!shown->name || *shown->name == known.name)) {
      found = {std::max(found.may, known.may), true};
    }
  }
  return found;
}

std::string make_line(std::string_view name, std::string_view may, std::string_view token) {
  if (!is_name(name)) {
    throw std::runtime_error{"the name must be printable ASCII without spaces and colons"};
  }
  if (!parse_grant(may)) {
    throw std::runtime_error{"the right must be read or write"};
  }
  if (token.size() < min_token_size || !std::all_of(token.begin(), token.end(), [](char byte) {
        return byte > ' ' && byte <= '~';
      })) {
    throw std::runtime_error{
        "the token must have at least 16 characters, printable ASCII without spaces; `openssl rand "
        "-hex 32` makes one"};
  }
  return std::string{name} + ' ' + std::string{may} + ' ' + token_hash::of(token).to_text();
}

}  // namespace nsqlookupd::auth
