// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/target.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::http {

/// The parts of a request that are kept: other headers are read and let go, and so is a body beyond
/// its beginning (docs/PROTOCOL.md, "Arguments").
struct request {
  std::string method = {};
  /// As on the wire. Not empty.
  std::string target_text = {};
  /// The same, taken apart: its views point into target_text, or into static storage.
  http::target target = {};
  /// False: HTTP/1.0.
  bool http_1_1 = true;
  bool keep_alive = true;
  std::string body = {};
  /// The values of the headers of these names, of several the first; empty where there is none.
  /// `Authorization` is kept only where it is asked for. The others are kept always; one over
  /// request_parser::max_value_size counts as none.
  std::string authorization = {};
  std::string if_none_match = {};
  std::string accept = {};
  std::string last_event_id = {};
};

/// An answer to bytes that are no request that can be routed.
struct wire_error {
  /// 0 when there is none.
  unsigned status = 0;
  /// The body, when there is more to say than the status; may be empty.
  std::string_view text;
};

/// Bytes in, requests out: the HTTP/1 wire, by Boost.Beast's parser. No socket.
class request_parser {
 public:
  static constexpr std::size_t max_header_size = std::size_t{64} << 10U;

  /// So much of a body is kept, from its beginning.
  static constexpr std::size_t stored_body_size = std::size_t{1} << 10U;

  /// The longest value of a header that is kept, but for `Authorization`, in bytes.
  static constexpr std::size_t max_value_size = std::size_t{1} << 10U;

  enum class state : unsigned char {
    /// Show it the rest again with more behind it.
    need_more,
    /// The head is whole, and the client waits for `100 Continue` before it sends the body.
    /// Reported once.
    wants_continue,
    complete,
    /// error() says why; the byte stream is out of step.
    failed
  };

  /// `max_body_size`: bytes of a request's body. `keep_authorization`: whether that header is asked
  /// for.
  explicit request_parser(std::size_t max_body_size, bool keep_authorization = false);
  request_parser(request_parser&&) = delete;
  request_parser& operator=(request_parser&&) = delete;
  ~request_parser();

  /// Takes what it can off `input`, up to the end of one request. Some empty lines before a request
  /// are skipped.
  state feed(std::string_view& input);

  /// Makes ready for the next request.
  void reset();

  /// Good once feed() returned wants_continue or complete, until reset().
  [[nodiscard]] http::request const& request() const noexcept { return request_; }
  [[nodiscard]] wire_error error() const noexcept { return error_; }
  /// True when a head has begun and is not whole.
  [[nodiscard]] bool in_head() const noexcept;
  /// True when the head is whole and the body is not.
  [[nodiscard]] bool in_body() const noexcept;

 private:
  class wire;

  std::size_t max_body_size_;
  bool keep_authorization_;
  std::size_t skipped_ = 0;
  wire_error error_;
  http::request request_;
  std::unique_ptr<wire> wire_;
};

}  // namespace nsqlookupd::http
