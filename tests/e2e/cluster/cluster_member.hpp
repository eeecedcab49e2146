// SPDX-License-Identifier: MIT
#pragma once

#include "cuttable_proxy.hpp"
#include "replaceable_server.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

/// Asks a server on one connection. Answers are short texts, for comparisons and for messages.
class server_reader {
 public:
  explicit server_reader(replaceable_server const& server) : client_{server.http_client()} {}

  [[nodiscard]] test_support::http_reply get(std::string const& target) {
    return client_.get(target);
  }
  /// The body; `404` and such for any other status than 200.
  [[nodiscard]] std::string body(std::string const& target);

  /// Addresses of producers, and channels: `10.0.0.1 10.0.0.2 / c d`; `404` for an unknown topic.
  [[nodiscard]] std::string lookup(std::string const& topic);
  /// `c d`
  [[nodiscard]] std::string channels(std::string const& topic);
  /// `t u`
  [[nodiscard]] std::string topics();
  /// Each with its topics, and those that a tombstone hides marked: `10.0.0.1(t u!) 10.0.0.2()`.
  [[nodiscard]] std::string nodes();
  /// Node ids, and how many producers each says that it has: `a:2 b:0`.
  [[nodiscard]] std::string members();
  /// The body of `/cluster` says so.
  [[nodiscard]] bool is_synced();
  /// A sample of /metrics without labels; -1 when there is none.
  [[nodiscard]] double metric(std::string_view name);

 private:
  test_support::http_client client_;
};

/// A member of a cluster, with the same node id each time it is started.
class cluster_member {
 public:
  /// Reaches etcd by way of `proxy`, unless that is null.
  cluster_member(std::string node_id, std::string endpoints, std::vector<std::string> flags,
                 std::unique_ptr<cuttable_proxy> proxy);

  /// Starts it, when it has not begun or has ended. Its ports are others each time.
  void start();
  /// Ends it by SIGKILL.
  void kill();
  /// Ends it by SIGTERM.
  int stop();
  void restart();
  [[nodiscard]] bool is_running() const noexcept { return server_ != nullptr; }

  [[nodiscard]] std::string const& node_id() const noexcept { return node_id_; }
  [[nodiscard]] replaceable_server& server() noexcept { return *server_; }
  [[nodiscard]] cuttable_proxy& proxy() noexcept { return *proxy_; }
  /// For the thread of the test.
  [[nodiscard]] server_reader& ask() { return *reader_; }

  /// A producer that has registered each of these, `topic` or `topic channel`.
  [[nodiscard]] test_support::lookup_client producer(
      std::string_view broadcast_address,
      std::vector<std::string> const& registrations = {}) const {
    return server_->producer(broadcast_address, registrations);
  }
  /// The status of the answer.
  [[nodiscard]] int post(std::string const& target) const {
    return server_->http_client().post(target).status();
  }
  [[nodiscard]] bool is_ready() { return reader_->get("/readyz").status() == 200; }

 private:
  std::string node_id_;
  std::string endpoints_;
  std::vector<std::string> flags_;
  std::unique_ptr<cuttable_proxy> proxy_;
  std::unique_ptr<replaceable_server> server_;
  std::optional<server_reader> reader_;
};

}  // namespace nsqlookupd::e2e
