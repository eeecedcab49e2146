// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/etcd/error.hpp>
#include <nsqlookupd/net/task.hpp>

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace nsqlookupd::tls {
class client_context;
}

namespace nsqlookupd::etcd {

using steady_clock = std::chrono::steady_clock;

/// The most that an answer, or a line of a watch, may have.
inline constexpr std::size_t max_answer_size = std::size_t{64} << 20U;

/// Where an etcd is.
struct endpoint {
  /// `http://127.0.0.1:2379`
  std::string name;
  std::string host;
  std::string port;
  bool is_secure = false;
};

/// A request of HTTP.
struct http_request {
  /// `/v3/kv/range`
  std::string target;
  /// Empty: a GET.
  std::string body;
  /// The answer is a stream of lines.
  bool is_stream = false;
  /// The value of the header; empty: none.
  std::string authorization = {};
};

struct http_answer {
  unsigned status = 0;
  std::string body;
};

/// One connection to etcd, over TCP or TLS. One operation at a time. Every error is one of
/// errc, or operation_aborted after close(); the connection is of no use after it. One thread.
class connection {
 public:
  connection() = default;
  connection(connection const&) = delete;
  connection& operator=(connection const&) = delete;
  virtual ~connection() = default;

  /// Resolves the host, connects to the first of its addresses that takes it, and shakes hands.
  [[nodiscard]] virtual net::task<boost::system::error_code> open(
      steady_clock::time_point until) = 0;

  /// Sends a request and reads its answer; of a stream, if its status is 200, the first line alone.
  [[nodiscard]] virtual net::task<boost::system::result<http_answer>> exchange(
      http_request request, steady_clock::time_point until) = 0;

  /// Waits for the next line of the stream, without the end of the line.
  [[nodiscard]] virtual net::task<boost::system::result<std::string>> next_line() = 0;

  /// Whether it may have another request.
  [[nodiscard]] virtual bool is_reusable() const noexcept = 0;

  /// Ends it, and an operation that is under way. Any number of times.
  virtual void close() noexcept = 0;

  /// Why the last operation failed, for the log.
  [[nodiscard]] virtual std::string const& failure() const noexcept = 0;
};

/// `tls`: for secure endpoints, which need it. It must live as long as the connection.
[[nodiscard]] std::shared_ptr<connection> make_connection(net::session_executor const& executor,
                                                          endpoint const& to,
                                                          tls::client_context const* tls);

}  // namespace nsqlookupd::etcd
