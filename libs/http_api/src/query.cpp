// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/query.hpp>

#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

#include <tuple>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

constexpr auto npos = std::string_view::npos;

/// `text` up to the separator, and what follows it; the second is empty when there is none.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) noexcept {
  auto const at = text.find(separator);
  if (at == npos) {
    return {text, {}};
  }
  return {text.substr(0, at), text.substr(at + 1)};
}

// find_first_of() would call memchr for each character of the text.
bool has_either(std::string_view text, char one, char other) noexcept {
  return text.find(one) != npos || text.find(other) != npos;
}

std::string decode(std::string_view text) {
  if (!has_either(text, '%', '+')) {
    return std::string{text};
  }
  boost::urls::encoding_opts plus_is_space;
  plus_is_space.space_as_plus = true;
  return boost::urls::pct_string_view{text}.decode(plus_is_space);
}

bool is_named(std::string_view key, std::string_view name) {
  return key == name || (key.find('%') != npos && decode(key) == name);
}

}  // namespace

bool query::is_well_formed() const noexcept {
  if (!has_either(encoded_, '%', ';')) {
    return true;
  }
  return encoded_.find(';') == npos && boost::urls::make_pct_string_view(encoded_).has_value();
}

std::optional<std::string> query::get(std::string_view name) const {
  auto rest = encoded_;
  while (!rest.empty()) {
    std::string_view argument;
    std::tie(argument, rest) = cut(rest, '&');
    auto const [key, value] = cut(argument, '=');
    if (!argument.empty() && is_named(key, name)) {
      return decode(value);
    }
  }
  return std::nullopt;
}

}  // namespace nsqlookupd::http_api
