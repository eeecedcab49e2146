// SPDX-License-Identifier: MIT
#pragma once

#include "certificate_authority.hpp"
#include "child_process.hpp"
#include "file_descriptor.hpp"
#include "scratch_directory.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::test_support {

/// How to start an etcd_process.
struct etcd_options {
  /// The members of the cluster.
  std::size_t nodes = 1;
  /// Clients come by https; their certificates are signed by the same authority as the server's.
  bool tls = false;
  /// Clients need a certificate. Only with `tls`.
  bool client_certificates = false;
  /// An IPv4 address of the loopback. The server's certificate is for 127.0.0.1 and localhost.
  std::string host = "127.0.0.1";
  /// More flags of etcd.
  std::vector<std::string> arguments = {};
};

/// A cluster of real etcd on the loopback, with its data in a directory of its own. All nodes are
/// healthy when the constructor, restart() or wipe() returns. The ports stay the same and are
/// nobody else's, also while a node is down. All ends with this object. Not for several threads.
/// Everything throws std::runtime_error when it fails or does not happen in time.
class etcd_process {
 public:
  explicit etcd_process(etcd_options how = {});

  /// For the clients of a node: `http://127.0.0.1:50706`.
  [[nodiscard]] std::string url(std::size_t node = 0) const;
  /// Those of all nodes.
  [[nodiscard]] std::vector<std::string> urls() const;
  /// The port of url().
  [[nodiscard]] std::uint16_t port(std::size_t node = 0) const;

  /// The files of a client, in PEM, with `tls` alone.
  [[nodiscard]] std::string ca_file() const { return directory_.path("root.pem"); }
  [[nodiscard]] std::string cert_file() const { return directory_.path("client.pem"); }
  [[nodiscard]] std::string key_file() const { return directory_.path("client.key"); }

  /// Stops the node where it is, by SIGSTOP. Its kernel still takes connections and bytes.
  void pause(std::size_t node = 0) const;
  /// Lets it run on.
  void resume(std::size_t node = 0) const;
  /// Ends the node by SIGKILL. Its data stay.
  void kill(std::size_t node = 0);
  /// Starts a node that was killed again, or kills it first.
  void restart(std::size_t node = 0);
  /// Starts all nodes again without any data.
  void wipe();

  /// The node that is the leader now, if the first that runs knows of one.
  [[nodiscard]] std::optional<std::size_t> leader() const;

  /// Turns authentication on, with the user `root`, who may do everything.
  void enable_auth(std::string const& password) const;
  /// The body of etcd's answer to a request of its JSON gateway. `token` is the Authorization.
  [[nodiscard]] std::string post(std::string_view path, std::string_view body,
                                 std::string const& token = {}, std::size_t node = 0) const;

 private:
  // Bound, so that nobody else gets the port, and open to etcd, which listens on it.
  struct reserved_port {
    explicit reserved_port(std::string const& host);

    file_descriptor socket;
    std::uint16_t number;
  };
  struct member {
    reserved_port client;
    reserved_port peer;
    reserved_port health;
    std::unique_ptr<child_process> process;
  };

  [[nodiscard]] std::string name_of(std::size_t index) const;
  [[nodiscard]] std::string peer_url(std::size_t index) const;
  [[nodiscard]] std::vector<std::string> arguments_of(std::size_t index) const;
  void start(std::size_t index);
  void wait_until_healthy(std::size_t index) const;

  etcd_options how_;
  scratch_directory directory_;
  certificate_authority authority_;
  std::vector<member> nodes_;
};

}  // namespace nsqlookupd::test_support
