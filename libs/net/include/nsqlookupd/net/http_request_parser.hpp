// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::net {

/// What is kept of a request: other headers are read and let go (SPEC 2), and so are bodies where
/// they decide nothing.
struct http_request {
  std::string method;
  /// As on the wire.
  std::string target;
  /// False: HTTP/1.0.
  bool http_1_1 = true;
  bool keep_alive = true;
  std::string body = {};
  /// The value of the `Authorization` header, of several the first, where it is asked for.
  std::string authorization = {};
};

/// An answer to bytes that are no request that can be routed.
struct http_wire_error {
  /// 0 when there is none.
  unsigned status = 0;
  /// The body, when there is more to say than the status; may be empty.
  std::string_view text;
};

/// Bytes in, requests out: the HTTP/1 wire, by Boost.Beast's parser. No socket.
class http_request_parser {
 public:
  static constexpr std::size_t max_header_size = std::size_t{64} << 10U;

  enum class state : unsigned char {
    /// Show it the rest again with more behind it.
    need_more,
    /// The head is whole, and the client waits for `100 Continue` before it sends the body.
    /// Reported
    /// once.
    wants_continue,
    complete,
    /// error() says why; the byte stream is out of step.
    failed
  };

  /// `max_body_size`: bytes of a request's body, which is read and dropped. `keep_authorization`:
  /// whether that header is asked for.
  explicit http_request_parser(std::size_t max_body_size, bool keep_authorization = false);
  http_request_parser(http_request_parser&&) = delete;
  http_request_parser& operator=(http_request_parser&&) = delete;
  ~http_request_parser();

  /// Takes what it can off `input`, up to the end of one request.
  state feed(std::string_view& input);

  /// Makes ready for the next request.
  void reset();

  /// Good once feed() returned wants_continue or complete, until reset().
  [[nodiscard]] http_request const& request() const noexcept;
  [[nodiscard]] http_wire_error error() const noexcept;
  /// True when a head has begun and is not whole.
  [[nodiscard]] bool in_head() const noexcept;
  /// True when the head is whole and the body is not.
  [[nodiscard]] bool in_body() const noexcept;
  /// Bytes that are held for the body; 0 when they are too few to count.
  [[nodiscard]] std::size_t held_for_body() const noexcept;

 private:
  class wire;

  std::size_t max_body_size_;
  bool keep_authorization_;
  http_wire_error error_;
  http_request request_;
  std::unique_ptr<wire> wire_;
};

}  // namespace nsqlookupd::net
