// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/request_target.hpp>

#include "percent_encode.hpp"
#include <boost/url/authority_view.hpp>
#include <boost/url/grammar/lut_chars.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>
#include <cstddef>

namespace nsqlookupd::http_api {
namespace {

namespace urls = boost::urls;

constexpr auto npos = std::string_view::npos;

// What Go leaves as it is in a path that it escapes, and what makes it escape none of it.
constexpr auto unescaped_chars = urls::unreserved_chars + urls::grammar::lut_chars{"$&+,/:;=@"};
constexpr auto allowed_chars = unescaped_chars + urls::grammar::lut_chars{"!'()*[]%"};

bool has_forbidden_byte(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    auto const value = static_cast<unsigned char>(byte);
    return value <= ' ' || value == 0x7F;
  });
}

/// The size of `http:` at the beginning of `text`, with its colon; 0 when no scheme is there.
std::size_t scheme_size(std::string_view text) noexcept {
  auto const is_letter = [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  };
  if (text.empty() || !is_letter(text.front())) {
    return 0;
  }
  auto const end = std::find_if_not(text.begin(), text.end(), [&](char byte) {
    return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '+' || byte == '-' ||
           byte == '.';
  });
  return end != text.end() && *end == ':' ? static_cast<std::size_t>(end - text.begin()) + 1 : 0;
}

void split_query(request_target& target, std::string_view& text) noexcept {
  if (auto const mark = text.find('?'); mark != npos) {
    target.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
}

/// Takes scheme and authority off `text`; false when they are not in order.
bool split_origin(request_target& target, std::string_view& text) {
  auto const scheme = scheme_size(text);
  if (scheme == 0) {
    return false;
  }
  auto rest = text.substr(scheme);
  if (!rest.starts_with("//")) {
    target.origin = text.substr(0, scheme);
    text = rest.starts_with('/') ? rest : std::string_view{};
    return true;
  }
  auto const slash = std::min(rest.find('/', 2), rest.size());
  if (urls::parse_authority(rest.substr(2, slash - 2)).has_error()) {
    return false;
  }
  target.origin = text.substr(0, scheme + slash);
  text = rest.substr(slash);
  return true;
}

}  // namespace

std::optional<request_target> request_target::parse(std::string_view method,
                                                    std::string_view text) {
  request_target target;
  if (has_forbidden_byte(text)) {
    return std::nullopt;
  }
  if (text == "*") {
    target.raw_path = text;
    return target;
  }
  if (method == "CONNECT" && !text.starts_with('/')) {
    return target;
  }
  split_query(target, text);
  if (!text.starts_with('/') && !split_origin(target, text)) {
    return std::nullopt;
  }
  target.raw_path = text;
  if (text.find('%') != npos) {
    auto const encoded = urls::make_pct_string_view(text);
    if (encoded.has_error()) {
      return std::nullopt;
    }
    target.unescaped_path = encoded->decode();
  }
  return target;
}

void append_escaped_path(request_target const& target, std::string& out) {
  auto const path = target.raw_path;
  if (path.empty()) {
    out.push_back('/');
  } else if (std::all_of(path.begin(), path.end(), allowed_chars)) {
    out.append(path);
  } else {
    append_percent_encoded(out, target.path(), unescaped_chars, large_hex_digits);
  }
}

}  // namespace nsqlookupd::http_api
