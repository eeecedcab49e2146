// SPDX-License-Identifier: MIT
#include "settings.hpp"

#include "cluster_rules.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace nsqlookupd::config {
namespace {

constexpr bounds negative_too{std::numeric_limits<std::int64_t>::min()};
/// The protocol gives the size of a body as a signed 32-bit number.
constexpr bounds size_of_a_frame{1, std::numeric_limits<std::int32_t>::max(), true};
/// The history is in memory: a larger number is a mistake.
constexpr bounds history{0, 10'000'000};
constexpr bounds memory{1, std::numeric_limits<std::int64_t>::max(), true};
/// etcd counts the time of a lease in seconds.
constexpr bounds lease{std::chrono::nanoseconds{std::chrono::seconds{5}}.count(),
                       std::chrono::nanoseconds{std::chrono::hours{1}}.count(), false, true};

template <auto Member>
constexpr choice one_of(std::string_view subject, std::array<std::string_view, 5> const& names) {
  using type = std::remove_cvref_t<decltype(std::declval<values>().*Member)>;
  return {subject, names, [](values const& from) { return static_cast<std::size_t>(from.*Member); },
          [](values& to, std::size_t position) { to.*Member = static_cast<type>(position); }};
}

/// The first setting of a group.
constexpr setting first_of(std::string_view group, setting begun) {
  begun.group = group;
  return begun;
}

constexpr setting checked(text_rule rule, setting plain) {
  plain.rule = rule;
  return plain;
}

constexpr auto table = std::to_array<setting>({
    first_of("General", {"version", "print version string", &values::version, {}, reach::flag}),
    {"config", "path to config file", &values::config, {}, reach::flag_and_environment},

    first_of("Listening",
             {"tcp-address", "<addr>:<port> to listen on for TCP clients", &values::tcp_address}),
    {"http-address", "<addr>:<port> to listen on for HTTP clients", &values::http_address},
    {"tcp-tls-address", "<addr>:<port> to listen on for TCP clients that speak TLS",
     &values::tcp_tls_address},
    {"https-address", "<addr>:<port> to listen on for HTTPS clients", &values::https_address},
    {"broadcast-address", "address of this lookupd node, (default to the OS hostname)",
     &values::broadcast_address},

    first_of("Registry",
             {"inactive-producer-timeout",
              "duration of time a producer will remain in the active list since its last ping",
              &values::inactive_producer_timeout, negative_too}),
    {"tombstone-lifetime",
     "duration of time a producer will remain tombstoned if registration remains",
     &values::tombstone_lifetime, negative_too},
    {"empty-topic-ttl",
     "duration of time after which a topic or channel that nobody has registered is removed (0: "
     "never)",
     &values::empty_topic_ttl},
    {"event-history", "changes that /events keeps, 10000000 at most (0: none)",
     &values::event_history, history},

    first_of("Restarting",
             {"data-path",
              "path to a directory for the file that brings the registry's state back after a "
              "restart (empty: nothing is stored)",
              &values::data_path}),
    {"store-interval", "duration of time between two transactions of that file",
     &values::store_interval},
    {"restore-grace",
     "duration of time after a restart in which nsqds come back; what they do not register again "
     "is removed at its end",
     &values::restore_grace},

    first_of("Cluster",
             checked(refuse_endpoint,
                     {"cluster-etcd-endpoints",
                      "URLs of the etcd, separated by commas, through which servers share one "
                      "registry, http://<addr>:<port> or https://<addr>:<port> (empty: alone)",
                      &values::cluster_etcd_endpoints})),
    checked(
        refuse_cluster_name,
        {"cluster-name",
         "name that the servers of one cluster have in common; their keys in etcd begin with it",
         &values::cluster_name}),
    checked(refuse_node_id,
            {"cluster-node-id",
             "name of this server in its cluster, another for each (empty: the OS hostname and the "
             "TCP port)",
             &values::cluster_node_id}),
    {"cluster-lease-ttl",
     "duration of time that the others know of this server's producers after its death, in whole "
     "seconds from 5s to 1h",
     &values::cluster_lease_ttl, lease},
    {"cluster-sync-timeout",
     "duration of time for which /readyz says no at a start, until the server knows what the "
     "others "
     "know",
     &values::cluster_sync_timeout},
    {"cluster-etcd-ca-file",
     "path to certificate authority file for etcd's certificates (empty: the system's authorities)",
     &values::cluster_etcd_ca_file},
    {"cluster-etcd-cert", "path to certificate file to show to etcd", &values::cluster_etcd_cert},
    {"cluster-etcd-key", "path to key file of that certificate", &values::cluster_etcd_key},
    {"cluster-etcd-user", "user of etcd (empty: etcd asks for none)", &values::cluster_etcd_user},
    {"cluster-etcd-password-file", "path to file with that user's password, a line",
     &values::cluster_etcd_password_file},

    first_of("Stopping", {"drain-timeout",
                          "duration of time to go on serving after SIGTERM, with /readyz saying no "
                          "(0: stop at once)",
                          &values::drain_timeout}),

    first_of("TLS", {"tls-cert", "path to certificate file, re-read when it changes and on SIGHUP",
                     &values::tls_cert}),
    {"tls-key", "path to key file, re-read with the certificate", &values::tls_key},
    {"tls-root-ca-file", "path to certificate authority file for clients' certificates",
     &values::tls_root_ca_file},
    {"tls-client-auth-policy",
     "client certificate auth policy: none, require (any certificate) or require-verify (one that "
     "-tls-root-ca-file vouches for)",
     one_of<&values::tls_client_auth_policy>("client certificate auth policy",
                                             {"none", "require", "require-verify"})},
    {"tls-min-version", "minimum TLS version acceptable: tls1.0, tls1.1, tls1.2 or tls1.3",
     one_of<&values::tls_min_version>("TLS version", {"tls1.0", "tls1.1", "tls1.2", "tls1.3"})},
    {"tls-required",
     "require TLS of HTTP clients: refuse those of -http-address with a 403 that names the port of "
     "-https-address, but for probes; implied by a client certificate auth policy",
     &values::tls_required},
    first_of("Tokens",
             {"http-auth-file",
              "path to a file of tokens that HTTP clients must show to change anything (and to "
              "read, if it has read tokens), re-read when it changes and on SIGHUP",
              &values::http_auth_file}),

    first_of("Log", {"log-level", "set log verbosity: debug, info, warn, error, or fatal",
                     one_of<&values::log_level>("log level",
                                                {"DEBUG", "INFO", "WARN", "ERROR", "FATAL"})}),
    {"log-prefix", "log message prefix", &values::log_prefix},
    {"log-format", "how log lines look: text, or json for one JSON object a line",
     one_of<&values::log_format>("log format", {"text", "json"})},
    {"access-log",
     "which HTTP requests to log at info: on (all), off, or errors (status 400 and up)",
     one_of<&values::access_log>("access log", {"on", "off", "errors"})},
    {"debug", "log everything, as -log-level=debug does", &values::debug},
    {"verbose", "[deprecated] has no effect, use --log-level", &values::verbose},

    first_of("Clients",
             {"client-error-policy",
              "what follows an error that was answered to a TCP client: continue (with its next "
              "command) or close (the connection)",
              one_of<&values::client_error_policy>("client error policy", {"continue", "close"})}),
    {"threads", "number of threads that serve connections, 1 to 256", &values::threads, {1, 256}},

    first_of("Limits on size", {"max-line-size", "bytes that a line of a TCP client may have",
                                &values::max_line_size, size_of_a_frame}),
    {"max-body-size", "bytes that the body of an IDENTIFY, an ANNOUNCE or an HTTP request may have",
     &values::max_body_size, size_of_a_frame},
    {"max-input-memory",
     "total bytes of unfinished input and unsent replies, of all clients together; a producer may "
     "always hold a line",
     &values::max_input_memory, memory},

    first_of("Limits on time",
             {"handshake-timeout",
              "duration of time for a TCP client: time to finish the first line after connecting, "
              "and each later command after its first byte (0: no limit)",
              &values::handshake_timeout}),
    {"write-timeout",
     "duration of time a client may take nothing of a reply; after it 10 KiB/s must be taken (0: "
     "no limit)",
     &values::write_timeout},
    {"producer-idle-timeout",
     "duration of time a TCP client may be silent between two commands (0: no limit)",
     &values::producer_idle_timeout},
    {"http-header-timeout",
     "duration of time an HTTP client has to send a request's head (0: no limit)",
     &values::http_header_timeout},
    {"http-body-timeout",
     "duration of time an HTTP client has to send a request's body (0: no limit)",
     &values::http_body_timeout},
    {"http-idle-timeout",
     "duration of time an HTTP connection may be silent between two requests (0: no limit)",
     &values::http_idle_timeout},

    first_of("Limits on number",
             {"max-connections",
              "TCP and HTTP connections together, at a time; HTTP can have nine tenths, TCP all "
              "but a tenth or 16 (0: as many as there are descriptors for)",
              &values::max_connections}),
    {"max-registrations-per-producer",
     "topics and channels that one producer may register (0: no limit)",
     &values::max_registrations_per_producer},
    {"max-topics", "topics to know at a time (0: no limit)", &values::max_topics},
    {"max-channels-per-topic", "channels to know of one topic at a time (0: no limit)",
     &values::max_channels_per_topic},
    {"max-watchers",
     "waiting requests and streams together, at a time; beyond it 503 with Retry-After (0: no "
     "limit)",
     &values::max_watchers},
});

}  // namespace

std::span<setting const> settings() {
  return table;
}

setting const* find_setting(std::string_view name) {
  auto const* const found = std::ranges::find(table, name, &setting::name);
  return found == table.end() ? nullptr : found;
}

std::string variable_name(setting const& of) {
  std::string name{variable_prefix};
  for (char const c : of.name) {
    name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

std::string file_key(setting const& of) {
  std::string key{of.name};
  std::ranges::replace(key, '-', '_');
  return key;
}

}  // namespace nsqlookupd::config
