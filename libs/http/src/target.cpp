// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/target.hpp>
#include <nsqlookupd/text/ascii.hpp>

#include <boost/url/authority_view.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/grammar/ci_string.hpp>
#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

namespace nsqlookupd::http {
namespace {

namespace urls = boost::urls;

bool has_forbidden_byte(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    auto const value = static_cast<unsigned char>(byte);
    return value <= ' ' || value == 0x7F;
  });
}

void split_query(target& parsed, std::string_view& text) noexcept {
  if (auto const mark = text.find('?'); mark != std::string_view::npos) {
    parsed.raw_query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
}

/// Takes scheme and authority off `text`; false when they are not in order.
bool split_origin(target& parsed, std::string_view& text) {
  for (std::string_view const scheme : {"http://", "https://"}) {
    if (urls::grammar::ci_is_equal(text.substr(0, scheme.size()), scheme)) {
      auto const slash = std::min(text.find('/', scheme.size()), text.size());
      parsed.origin = text.substr(0, slash);
      text = text.substr(slash);
      return !urls::parse_authority(parsed.origin.substr(scheme.size())).has_error();
    }
  }
  return false;
}

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
  urls::encoding_opts plus_is_space;
  plus_is_space.space_as_plus = true;
  return urls::pct_string_view{text}.decode(plus_is_space);
}

bool is_named(std::string_view key, std::string_view name) {
  return key == name || (key.find('%') != npos && decode(key) == name);
}

// All else was seen to be in order when the target was parsed.
std::string escape_non_ascii(std::string_view text) {
  std::string result;
  for (char const byte : text) {
    auto const value = static_cast<unsigned char>(byte);
    if (value < 0x80) {
      result.push_back(byte);
    } else {
      text::append_hex(result.append("%"), value);
    }
  }
  return result;
}

void append_html(std::string& out, std::string_view text) {
  constexpr std::string_view special = "&<>\"'";
  constexpr std::array<std::string_view, 5> entities{"&amp;", "&lt;", "&gt;", "&#34;", "&#39;"};
  for (char const byte : text) {
    if (auto const at = special.find(byte); at != special.npos) {
      out.append(entities[at]);
    } else {
      out.push_back(byte);
    }
  }
}

}  // namespace

bool query::is_well_formed() const noexcept {
  if (!has_either(encoded_, '%', ';')) {
    return true;
  }
  return encoded_.find(';') == npos && urls::make_pct_string_view(encoded_).has_value();
}

// Until `sink` has enough.
template <class Sink>
void query::find(std::string_view name, Sink const& sink) const {
  bool has_enough = false;
  for (auto rest = encoded_; !rest.empty() && !has_enough;) {
    std::string_view argument;
    std::tie(argument, rest) = cut(rest, '&');
    auto const [key, value] = cut(argument, '=');
    if (!argument.empty() && is_named(key, name)) {
      has_enough = sink(decode(value));
    }
  }
}

std::optional<std::string> query::get(std::string_view name) const {
  std::optional<std::string> first;
  find(name, [&](std::string value) {
    first = std::move(value);
    return true;
  });
  return first;
}

std::vector<std::string> query::get_all(std::string_view name) const {
  std::vector<std::string> values;
  find(name, [&](std::string value) {
    values.push_back(std::move(value));
    return false;
  });
  std::ranges::sort(values);
  auto const again = std::ranges::unique(values);
  values.erase(again.begin(), again.end());
  return values;
}

std::optional<target> target::parse(std::string_view text) {
  target parsed;
  if (has_forbidden_byte(text)) {
    return std::nullopt;
  }
  if (text == "*") {
    parsed.raw_path = text;
    return parsed;
  }
  split_query(parsed, text);
  if (!text.starts_with('/') && !split_origin(parsed, text)) {
    return std::nullopt;
  }
  parsed.raw_path = text;
  if (text.find('%') != npos) {
    auto const encoded = urls::make_pct_string_view(text);
    if (encoded.has_error()) {
      return std::nullopt;
    }
    parsed.unescaped_path = encoded->decode();
  }
  return parsed;
}

void target::append_logged(std::string& out) const {
  out.append(raw_path.empty() ? "/" : raw_path);
  if (raw_query) {
    out.append("?").append(*raw_query);
  }
}

std::string canonical_path(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    auto const end = std::min(path.find('/'), path.size());
    auto const element = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (element == "..") {
      result.resize(std::min(result.rfind('/'), result.size()));
    } else if (!element.empty() && element != ".") {
      result.push_back('/');
      std::transform(element.begin(), element.end(), std::back_inserter(result), text::to_lower);
    }
  }
  return result;
}

reply redirect(std::string_view method, target const& from, std::string_view path) {
  std::string url{from.origin};
  url.append(path);
  if (from.raw_query) {
    url.append("?").append(*from.raw_query);
  }
  auto const location = "Location: " + escape_non_ascii(url) + "\r\n";
  if (method != "GET" && method != "HEAD") {
    return {.status = 307, .headers = location, .logged = false};
  }
  std::string html = "<a href=\"";
  append_html(html, url);
  html.append("\">Moved Permanently</a>.\n\n");
  return {.status = 301,
          .headers = "Content-Type: text/html; charset=utf-8\r\n" + location,
          .body = std::move(html),
          .logged = false};
}

}  // namespace nsqlookupd::http
