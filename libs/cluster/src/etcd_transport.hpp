// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/cluster/etcd_client.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/tls/client_context.hpp>

#include "etcd_connection.hpp"
#include "etcd_json.hpp"
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::cluster {

/// A request of etcd's gateway, which may be sent several times.
struct etcd_request {
  /// For the metrics; a literal.
  std::string_view operation;
  std::string target;
  /// Empty: a GET.
  std::string body;
  /// The answer is a stream of lines.
  bool is_stream = false;
  /// Looks at the body of an answer, or at the first line of a stream.
  std::function<etcd_failure(std::string_view)> accept;
};

/// How requests get to etcd: finds an endpoint that works, authenticates, and has connections for
/// requests that run side by side. One thread. Its coroutines need it to live.
class etcd_transport {
 public:
  /// Throws std::runtime_error as etcd_client does.
  etcd_transport(boost::asio::io_context& io, etcd_settings settings);

  /// Tries the endpoints until one accepts. Returns the connection of a stream, otherwise null.
  [[nodiscard]] net::task<result<std::shared_ptr<etcd_connection>>> perform(etcd_request request);

  /// Closes all connections; those that come later are not affected.
  void cancel();

  /// The endpoint that is tried first.
  [[nodiscard]] std::string const& endpoint() const { return endpoints_[current_].name; }

  [[nodiscard]] std::string const& last_failure() const noexcept { return last_failure_; }
  void note_failure(std::string const& endpoint, std::string_view message);

 private:
  using connection = std::shared_ptr<etcd_connection>;
  using shared_request = std::shared_ptr<etcd_request const>;

  struct exchanged {
    http_answer answer;
    connection used;
  };
  struct attempt {
    boost::system::error_code error;
    connection stream;
    bool is_of_token = false;
  };
  struct idle_connection {
    std::size_t endpoint;
    connection open;
  };

  net::task<attempt> attempt_at(std::size_t endpoint, shared_request request);
  void forget_token(std::string const& token);
  net::task<boost::system::error_code> authorize(std::size_t endpoint,
                                                 steady_clock::time_point until);
  net::task<result<exchanged>> send(std::size_t endpoint, http_request request, bool is_stream,
                                    steady_clock::time_point until);
  [[nodiscard]] connection take_idle(std::size_t endpoint);
  [[nodiscard]] connection new_connection(std::size_t endpoint);
  void give_back(std::size_t endpoint, connection used);
  void leave(std::size_t endpoint);
  void count(std::string_view operation, boost::system::error_code error,
             steady_clock::time_point begin) const;

  net::session_executor executor_;
  etcd_settings settings_;
  std::vector<etcd_endpoint> endpoints_;
  std::optional<tls::client_context> tls_;
  std::size_t current_ = 0;
  // Empty where etcd has no authentication, nothing before it was asked.
  std::optional<std::string> token_;
  std::vector<idle_connection> idle_;
  std::vector<std::weak_ptr<etcd_connection>> connections_;
  std::string last_failure_;
};

}  // namespace nsqlookupd::cluster
