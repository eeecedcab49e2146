// SPDX-License-Identifier: MIT
#pragma once

#include "tcp_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// A reply as it came over the wire.
struct http_reply {
  /// `HTTP/1.1 200 OK`
  std::string status_line;
  /// The header fields, each with its line end.
  std::string fields;
  std::string body;

  [[nodiscard]] int status() const;
  /// The value of the field that is spelt exactly like this; empty when there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
};

/// A client of the HTTP API that keeps its connection.
class http_client : public tcp_client {
 public:
  using tcp_client::tcp_client;

  /// One reply without its body.
  http_reply receive_head();

  /// One reply; its body is as long as Content-Length says, empty when that is not there.
  http_reply receive_reply();

  http_reply get(std::string_view target);
  http_reply post(std::string_view target);

 private:
  http_reply request(std::string_view method, std::string_view target);
};

}  // namespace nsqlookupd::test_support
