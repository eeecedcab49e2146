// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/net/vocabulary.hpp>
#include <nsqlookupd/protocol/vocabulary.hpp>
#include <nsqlookupd/tls/vocabulary.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace nsqlookupd::config {

/// The operating system's name for this host, or `localhost` if it has none.
[[nodiscard]] std::string host_name();

/// Everything that can be set from outside, with its default. Sizes are bytes. A limit of 0 means
/// that there is none, both for durations and for counts, where nothing else is said.
struct options {
  /// `host:port`, as parse_address() reads it.
  std::string tcp_address = "0.0.0.0:4160";
  std::string http_address = "0.0.0.0:4161";
  /// The same, spoken over TLS; empty: nowhere.
  std::string tcp_tls_address;
  std::string https_address;
  /// The address of ours that IDENTIFY answers; never empty after parse().
  std::string broadcast_address = host_name();

  /// How long after its last ping a producer is still listed; 0 or less: never.
  std::chrono::nanoseconds inactive_producer_timeout = std::chrono::seconds{300};
  /// How long a tombstone hides a producer; 0 or less: not at all.
  std::chrono::nanoseconds tombstone_lifetime = std::chrono::seconds{45};
  /// How long a topic or channel stays known that nobody has registered; 0: for ever.
  std::chrono::nanoseconds empty_topic_ttl{0};
  /// Changes that `/events` keeps; 0: none.
  std::size_t event_history = 10'000;

  /// The directory of the file that has the registry's state; empty: it is not stored.
  std::string data_path;
  /// The time between two transactions of that file.
  std::chrono::nanoseconds store_interval = std::chrono::milliseconds{500};
  /// How long restored producers wait for their connections after a restart.
  std::chrono::nanoseconds restore_grace = std::chrono::seconds{60};

  /// URLs of the etcd through which members share one registry, each http or https with a host and
  /// perhaps a port; none: the server is alone.
  std::vector<std::string> cluster_etcd_endpoints;
  /// Members of one cluster have the same.
  std::string cluster_name = "nsqlookupd";
  /// Unique in the cluster; empty: the host name and the TCP port.
  std::string cluster_node_id;
  /// How long others know of a member that has died: whole seconds, 5 s to 1 h.
  std::chrono::nanoseconds cluster_lease_ttl = std::chrono::seconds{60};
  /// How long a start waits for what others know.
  std::chrono::nanoseconds cluster_sync_timeout = std::chrono::seconds{10};
  /// PEM files for https, each of which may be missing; a certificate and its key come together.
  std::string cluster_etcd_ca_file;
  std::string cluster_etcd_cert;
  std::string cluster_etcd_key;
  /// Both or neither.
  std::string cluster_etcd_user;
  std::string cluster_etcd_password_file;

  log::level log_level = log::level::info;
  std::string log_prefix = "[nsqlookupd] ";
  log::line_format log_format = log::line_format::text;
  net::access_log access_log = net::access_log::on;

  /// How long it goes on serving, not ready any more, once it was told to stop; 0: not at all.
  std::chrono::nanoseconds drain_timeout{0};

  /// PEM files; both are needed for TLS.
  std::string tls_cert;
  std::string tls_key;
  /// PEM file, needed to verify clients' certificates.
  std::string tls_root_ca_file;
  tls::client_auth tls_client_auth_policy = tls::client_auth::none;
  tls::version tls_min_version = tls::version::tls_1_2;
  /// Plain HTTP is sent to `https_address`, but for probes.
  bool tls_required = false;
  /// The tokens that HTTP clients must show; empty: none.
  std::string http_auth_file;

  protocol::client_error_policy client_error_policy =
      protocol::client_error_policy::continue_session;

  /// Threads that serve connections, 1 to 256.
  std::size_t threads = 1;

  std::size_t max_line_size = 4096;
  std::size_t max_body_size = std::size_t{1} << 20;
  /// Input that is held for all connections together.
  std::size_t max_input_memory = std::size_t{256} << 20;

  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds{10};
  std::chrono::nanoseconds write_timeout = std::chrono::seconds{30};
  /// How long a TCP client may say nothing between two commands.
  std::chrono::nanoseconds producer_idle_timeout{0};
  std::chrono::nanoseconds http_header_timeout = std::chrono::seconds{10};
  std::chrono::nanoseconds http_body_timeout = std::chrono::seconds{30};
  std::chrono::nanoseconds http_idle_timeout = std::chrono::seconds{120};

  /// TCP and HTTP together; for 0, main() puts as many as the process has descriptors for.
  std::size_t max_connections = 0;
  std::size_t max_registrations_per_producer = 100'000;
  std::size_t max_topics = 0;
  std::size_t max_channels_per_topic = 0;
  /// Waiting requests and streams together.
  std::size_t max_watchers = 20'000;

  bool operator==(options const&) const = default;
};

}  // namespace nsqlookupd::config
