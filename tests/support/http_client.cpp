// SPDX-License-Identifier: MIT
#include "http_client.hpp"

#include <stdexcept>

namespace nsqlookupd::test_support {
namespace {

constexpr std::string_view line_end = "\r\n";

}  // namespace

int http_reply::status() const {
  return std::stoi(status_line.substr(status_line.find(' ') + 1));
}

std::string http_reply::field(std::string_view name) const {
  auto const lines = std::string{line_end} + fields;
  auto const label = std::string{line_end}.append(name).append(": ");
  auto const found = lines.find(label);
  if (found == std::string::npos) {
    return {};
  }
  auto const value = found + label.size();
  return lines.substr(value, lines.find(line_end, value) - value);
}

http_reply http_client::receive_head() {
  auto const head = receive_through("\r\n\r\n");
  if (!head.ends_with("\r\n\r\n")) {
    throw std::runtime_error{"the connection ended after '" + head + "'"};
  }
  auto const fields_begin = head.find(line_end) + line_end.size();
  return {.status_line = head.substr(0, fields_begin - line_end.size()),
          .fields = head.substr(fields_begin, head.size() - fields_begin - line_end.size()),
          .body = {}};
}

http_reply http_client::receive_reply() {
  auto reply = receive_head();
  auto const size = reply.field("Content-Length");
  if (!size.empty()) {
    reply.body = receive(std::stoul(size));
  }
  return reply;
}

http_reply http_client::get(std::string_view target) {
  return request("GET", target);
}

http_reply http_client::post(std::string_view target) {
  return request("POST", target);
}

http_reply http_client::request(std::string_view method, std::string_view target) {
  send(std::string{method}.append(" ").append(target).append(" HTTP/1.1\r\nHost: h\r\n\r\n"));
  return receive_reply();
}

}  // namespace nsqlookupd::test_support
