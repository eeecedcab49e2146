// SPDX-License-Identifier: MIT
#include "redirect.hpp"

#include "percent_encode.hpp"
#include <boost/url/grammar/lut_chars.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

constexpr char to_lower(char byte) noexcept {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

constexpr boost::urls::grammar::lut_chars ascii_chars{
    [](char byte) { return static_cast<unsigned char>(byte) < 0x80; }};

std::string escape_non_ascii(std::string_view text) {
  std::string result;
  append_percent_encoded(result, text, ascii_chars, small_hex_digits);
  return result;
}

void append_html(std::string& out, std::string_view text) {
  for (char const byte : text) {
    switch (byte) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '"':
        out.append("&#34;");
        break;
      case '\'':
        out.append("&#39;");
        break;
      default:
        out.push_back(byte);
    }
  }
}

}  // namespace

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
      std::transform(element.begin(), element.end(), std::back_inserter(result), to_lower);
    }
  }
  return result;
}

reply redirect(std::string_view method, request_target const& from, std::string_view path) {
  std::string url{from.origin};
  url.append(path);
  if (from.query) {
    url.append("?").append(*from.query);
  }
  if (method != "GET") {
    return {.status = 308, .location = escape_non_ascii(url), .logged = false};
  }
  std::string body = "<a href=\"";
  append_html(body, url);
  body.append("\">Moved Permanently</a>.\n\n");
  return {.status = 301,
          .body = std::move(body),
          .content = content_type::html,
          .location = escape_non_ascii(url),
          .logged = false};
}

}  // namespace nsqlookupd::http_api
