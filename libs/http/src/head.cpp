// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/head.hpp>
#include <nsqlookupd/text/number.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <ctime>

namespace nsqlookupd::http {
namespace {

constexpr std::string_view line_end = "\r\n";

constexpr unsigned not_modified = 304;

struct reason {
  unsigned status;
  std::string_view words;
};

constexpr std::array reasons{
    reason{100, "Continue"},
    reason{200, "OK"},
    reason{301, "Moved Permanently"},
    reason{302, "Found"},
    reason{304, "Not Modified"},
    reason{307, "Temporary Redirect"},
    reason{400, "Bad Request"},
    reason{401, "Unauthorized"},
    reason{403, "Forbidden"},
    reason{404, "Not Found"},
    reason{405, "Method Not Allowed"},
    reason{408, "Request Timeout"},
    reason{409, "Conflict"},
    reason{410, "Gone"},
    reason{413, "Request Entity Too Large"},
    reason{417, "Expectation Failed"},
    reason{431, "Request Header Fields Too Large"},
    reason{500, "Internal Server Error"},
    reason{501, "Not Implemented"},
    reason{503, "Service Unavailable"},
    reason{505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view reason_of(unsigned status) noexcept {
  auto const found = std::ranges::find(reasons, status, &reason::status);
  return found == reasons.end() ? std::string_view{} : found->words;
}

void append_head(reply const& answer, framing how, std::string_view date, std::string& out) {
  out.append(how.http_1_1 ? "HTTP/1.1 " : "HTTP/1.0 ");
  text::append_number(out, answer.status);
  out.append(" ").append(reason_of(answer.status)).append(line_end);
  out.append(answer.headers);
  if (!date.empty()) {
    out.append("Date: ").append(date).append(line_end);
  }
  auto const size = answer.body.size();
  // A length here would be that of the body which the client has (RFC 9110, 8.6).
  if (answer.events != nullptr) {
    // A client that knows no chunks reads to the end of the connection.
    out.append(how.http_1_1 ? "Transfer-Encoding: chunked\r\n" : "");
  } else if (answer.status != not_modified) {
    out.append("Content-Length: ");
    text::append_number(out, size);
    out.append(line_end);
  }
  // Go finds out that a plain text is one only when it writes it, after its other headers.
  if (size != 0 && answer.headers.empty()) {
    out.append("Content-Type: text/plain; charset=utf-8\r\n");
  }
  // The default of each version goes without saying.
  if (answer.close || how.close == how.http_1_1) {
    out.append(answer.close || how.close ? "Connection: close\r\n" : "Connection: keep-alive\r\n");
  }
  out.append(line_end);
}

void append_chunk_size(std::string& out, std::size_t size) {
  std::array<char, 2 * sizeof size> digits{};
  auto const end = std::to_chars(digits.begin(), digits.end(), size, 16).ptr;
  out.append(digits.begin(), end).append(line_end);
}

reply protocol_error(unsigned status, std::string_view text) {
  reply result{.status = status, .logged = false, .close = true};
  if (text.empty()) {
    result.body.text.append(std::to_string(status)).append(" ").append(reason_of(status));
  } else {
    result.body.text = text;
  }
  return result;
}

std::string_view date_text(std::chrono::sys_time<std::chrono::nanoseconds> now) {
  thread_local std::array<char, 64> text{};
  thread_local std::time_t made_for = -1;
  thread_local std::size_t length = 0;

  auto const second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (second != made_for) {
    std::tm parts{};
    ::gmtime_r(&second, &parts);
    length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_for = second;
  }
  return {text.data(), length};
}

}  // namespace nsqlookupd::http
