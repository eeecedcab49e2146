// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/redirect.hpp>
#include <nsqlookupd/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace nsqlookupd::http {
namespace {

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
