// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/append_head.hpp>

#include <array>
#include <charconv>
#include <cstddef>

namespace nsqlookupd::http_api {
namespace {

constexpr std::string_view line_end = "\r\n";

void append_number(std::string& out, std::size_t value) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void append_status_line(std::string& out, http_version version, unsigned status) {
  if (status == 200) {
    out.append(version == http_version::http_1_1 ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.0 200 OK\r\n");
    return;
  }
  out.append(version == http_version::http_1_1 ? "HTTP/1.1 " : "HTTP/1.0 ");
  append_number(out, status);
  out.append(" ").append(reason_of(status)).append(line_end);
}

std::string_view content_type_line(content_type content) noexcept {
  switch (content) {
    case content_type::json:
      return "Content-Type: application/json; charset=utf-8\r\n";
    case content_type::text:
      return "Content-Type: text/plain; charset=utf-8\r\n";
    case content_type::html:
      return "Content-Type: text/html; charset=utf-8\r\n";
    case content_type::metrics:
      return "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n";
    case content_type::binary:
      return "Content-Type: application/octet-stream\r\n";
    case content_type::none:
      break;
  }
  return {};
}

// Go finds out that a plain text is one only when it writes it, after its other headers.
bool is_found_late(reply const& what) noexcept {
  return what.content == content_type::text && !what.no_sniff;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    out.append(name).append(value).append(line_end);
  }
}

void append_connection(std::string& out, connection_header connection) {
  switch (connection) {
    case connection_header::keep_alive:
      out.append("Connection: keep-alive\r\n");
      break;
    case connection_header::close:
      out.append("Connection: close\r\n");
      break;
    case connection_header::none:
      break;
  }
}

// How most replies begin, in one piece.
constexpr std::string_view good_v1_json =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: application/json; charset=utf-8\r\n"
    "X-Nsq-Content-Type: nsq; version=1.0\r\n";

bool is_good_v1_json(reply const& what, http_version version) noexcept {
  return what.status == 200 && version == http_version::http_1_1 && what.nsq_content_type &&
         what.content == content_type::json && what.allow.empty() && what.location.empty() &&
         !what.no_sniff;
}

void append_what_depends_on_the_reply(reply const& what, http_version version, std::string& out) {
  append_status_line(out, version, what.status);
  append_field(out, "Allow: ", what.allow);
  if (!is_found_late(what)) {
    out.append(content_type_line(what.content));
  }
  append_field(out, "Location: ", what.location);
  if (what.status == 401) {
    out.append("WWW-Authenticate: Bearer realm=\"nsqlookupd\", Basic realm=\"nsqlookupd\"\r\n");
  }
  if (what.no_sniff) {
    out.append("X-Content-Type-Options: nosniff\r\n");
  }
  if (what.nsq_content_type) {
    out.append("X-Nsq-Content-Type: nsq; version=1.0\r\n");
  }
}

}  // namespace

std::string_view reason_of(unsigned status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Request Entity Too Large";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return {};
  }
}

void append_head(reply const& what, http_version version, connection_header connection,
                 std::string_view http_date, std::string& out) {
  if (is_good_v1_json(what, version)) {
    out.append(good_v1_json);
  } else {
    append_what_depends_on_the_reply(what, version, out);
  }
  append_field(out, "Date: ", http_date);
  out.append("Content-Length: ");
  append_number(out, what.content_length());
  out.append(line_end);
  if (is_found_late(what)) {
    out.append(content_type_line(what.content));
  }
  append_connection(out, what.close ? connection_header::close : connection);
  out.append(line_end);
}

}  // namespace nsqlookupd::http_api
