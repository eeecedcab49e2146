// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/etcd/client.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/tls/client_context.hpp>

#include "connection.hpp"
#include "gateway.hpp"
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::etcd {

/// A request of etcd's gateway, which may be sent several times.
struct gateway_request {
  /// For the metrics; a literal.
  std::string_view operation;
  http_request http;
  /// Looks at the body of an answer, or at the first line of a stream.
  std::function<fault(std::string_view)> accept;
};

/// How requests get to etcd: finds an endpoint that works, authenticates, and has connections for
/// requests that run side by side. One thread. Its coroutines need it to live.
class transport {
 public:
  /// Throws std::runtime_error as client does.
  transport(boost::asio::io_context& io, settings how);

  /// Tries the endpoints until one accepts. Returns the connection of a stream, otherwise null.
  [[nodiscard]] net::task<result<std::shared_ptr<connection>>> perform(gateway_request request);

  /// Closes all connections; those that come later are not affected.
  void cancel();

  /// The endpoint that is tried first.
  [[nodiscard]] std::string const& endpoint_name() const { return endpoints_[current_].name; }

  [[nodiscard]] std::string const& last_failure() const noexcept { return last_failure_; }
  /// Unless it was cancelled.
  void note_failure(std::string const& endpoint, fault const& failure);

 private:
  using shared_connection = std::shared_ptr<connection>;
  using shared_request = std::shared_ptr<gateway_request const>;

  struct attempt {
    fault failure;
    /// For a stream that was accepted; otherwise null.
    shared_connection stream;
  };
  struct idle_connection {
    std::size_t index;
    shared_connection open;
  };

  net::task<attempt> attempt_at(std::size_t index, shared_request request);
  net::task<boost::system::error_code> authorize(std::size_t index, steady_clock::time_point until);
  net::task<attempt> ask(std::size_t index, shared_request request, std::string token,
                         steady_clock::time_point until);
  void forget_token(std::string const& token);
  [[nodiscard]] shared_connection take_idle(std::size_t index);
  [[nodiscard]] shared_connection new_connection(std::size_t index);
  void give_back(std::size_t index, shared_connection used);
  void leave(std::size_t index);
  void count(std::string_view operation, boost::system::error_code error,
             steady_clock::time_point begin) const;

  net::session_executor executor_;
  settings settings_;
  std::vector<endpoint> endpoints_;
  std::optional<tls::client_context> tls_;
  std::size_t current_ = 0;
  // Empty where etcd has no authentication, nothing before it was asked.
  std::optional<std::string> token_;
  std::vector<idle_connection> idle_;
  std::vector<std::weak_ptr<connection>> connections_;
  std::string last_failure_;
};

}  // namespace nsqlookupd::etcd
