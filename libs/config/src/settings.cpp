// SPDX-License-Identifier: MIT
#include "settings.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace nsqlookupd::config {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();
/// The protocol gives the size of a body as a signed 32-bit number.
constexpr std::int64_t largest_frame = std::numeric_limits<std::int32_t>::max();

constexpr std::array levels{
    choice_field<log::level>::choice{"DEBUG", log::level::debug},
    choice_field<log::level>::choice{"INFO", log::level::info},
    choice_field<log::level>::choice{"WARN", log::level::warning},
    choice_field<log::level>::choice{"ERROR", log::level::error},
    choice_field<log::level>::choice{"FATAL", log::level::fatal},
};

constexpr std::array formats{
    choice_field<log::line_format>::choice{"text", log::line_format::text},
    choice_field<log::line_format>::choice{"json", log::line_format::json},
};

constexpr std::array access_logs{
    choice_field<access_log>::choice{"on", access_log::on},
    choice_field<access_log>::choice{"off", access_log::off},
    choice_field<access_log>::choice{"errors", access_log::errors},
};

constexpr std::array policies{
    choice_field<client_error_policy>::choice{"continue", client_error_policy::continue_},
    choice_field<client_error_policy>::choice{"close", client_error_policy::close},
};

constexpr std::array auth_policies{
    choice_field<tls_client_auth_policy>::choice{"none", tls_client_auth_policy::none},
    choice_field<tls_client_auth_policy>::choice{"require", tls_client_auth_policy::require},
    choice_field<tls_client_auth_policy>::choice{"require-verify",
                                                 tls_client_auth_policy::require_verify},
};

constexpr std::array tls_versions{
    choice_field<tls_version>::choice{"tls1.0", tls_version::tls_1_0},
    choice_field<tls_version>::choice{"tls1.1", tls_version::tls_1_1},
    choice_field<tls_version>::choice{"tls1.2", tls_version::tls_1_2},
    choice_field<tls_version>::choice{"tls1.3", tls_version::tls_1_3},
};

constexpr duration_field any_duration(nanoseconds values::* member) {
  return {member, nanoseconds::min()};
}

constexpr duration_field time_limit(nanoseconds values::* member) {
  return {member, nanoseconds::zero()};
}

constexpr count_field optional_limit(std::size_t values::* member) {
  return {member, 0, unbounded};
}

constexpr auto table = std::to_array<setting>({
    {"version", "print version string", switch_field{&values::version}, reach::flag},
    {"config", "path to config file", text_field{&values::config}, reach::flag_and_environment},

    {"log-level", "set log verbosity: debug, info, warn, error, or fatal",
     choice_field<log::level>{&values::log_level, "log level", levels}},
    {"log-prefix", "log message prefix", text_field{&values::log_prefix}},
    {"log-format", "how log lines look: text, or json for one JSON object a line",
     choice_field<log::line_format>{&values::log_format, "log format", formats}},
    {"access-log",
     "which HTTP requests to log at info: on (all), off, or errors (status 400 and up)",
     choice_field<access_log>{&values::access_log, "access log", access_logs}},
    {"debug", "log everything, as --log-level=debug does", switch_field{&values::debug}},
    {"verbose", "[deprecated] has no effect, use --log-level", switch_field{&values::verbose}},

    {"tcp-address", "<addr>:<port> to listen on for TCP clients", text_field{&values::tcp_address}},
    {"http-address", "<addr>:<port> to listen on for HTTP clients",
     text_field{&values::http_address}},
    {"tcp-tls-address", "<addr>:<port> to listen on for TCP clients that speak TLS",
     text_field{&values::tcp_tls_address}},
    {"https-address", "<addr>:<port> to listen on for HTTPS clients",
     text_field{&values::https_address}},
    {"broadcast-address", "address of this lookupd node, (default to the OS hostname)",
     text_field{&values::broadcast_address}},

    {"inactive-producer-timeout",
     "duration of time a producer will remain in the active list since its last ping",
     any_duration(&values::inactive_producer_timeout)},
    {"tombstone-lifetime",
     "duration of time a producer will remain tombstoned if registration remains",
     any_duration(&values::tombstone_lifetime)},

    {"drain-timeout",
     "duration of time to go on serving after SIGTERM, with /readyz saying no (0: stop at once)",
     time_limit(&values::drain_timeout)},

    {"tls-cert", "path to certificate file, re-read when it changes and on SIGHUP",
     text_field{&values::tls_cert}},
    {"tls-key", "path to key file, re-read with the certificate", text_field{&values::tls_key}},
    {"tls-root-ca-file", "path to certificate authority file for clients' certificates",
     text_field{&values::tls_root_ca_file}},
    {"tls-client-auth-policy",
     "client certificate auth policy: none, require (any certificate) or require-verify (one that "
     "--tls-root-ca-file vouches for)",
     choice_field<tls_client_auth_policy>{&values::tls_client_auth_policy,
                                          "client certificate auth policy", auth_policies}},
    {"tls-min-version", "minimum TLS version acceptable: tls1.0, tls1.1, tls1.2 or tls1.3",
     choice_field<tls_version>{&values::tls_min_version, "TLS version", tls_versions}},
    {"tls-required",
     "require TLS of HTTP clients: send those of --http-address to --https-address, but for "
     "probes; "
     "implied by a client certificate auth policy",
     switch_field{&values::tls_required}},
    {"http-auth-file",
     "path to a file of tokens that HTTP clients must show to change anything (and to read, if it "
     "has read tokens), re-read when it changes and on SIGHUP",
     text_field{&values::http_auth_file}},

    {"client-error-policy",
     "what follows an error that was answered to a TCP client: continue (with its next command) or "
     "close (the connection)",
     choice_field<client_error_policy>{&values::client_error_policy, "client error policy",
                                       policies}},
    {"threads", "number of threads that serve connections, 1 to 256",
     count_field{&values::threads, 1, 256}},

    {"max-line-size", "bytes that a line of a TCP client may have",
     count_field{&values::max_line_size, 1, largest_frame}},
    {"max-body-size", "bytes that the body of an IDENTIFY, an ANNOUNCE or an HTTP request may have",
     count_field{&values::max_body_size, 1, largest_frame}},
    {"max-input-memory", "bytes of unfinished input to hold for all connections together",
     count_field{&values::max_input_memory, 1, unbounded}},

    {"handshake-timeout",
     "duration of time a TCP client has to send its protocol magic (0: no limit)",
     time_limit(&values::handshake_timeout)},
    {"write-timeout", "duration of time a client has to take a reply in (0: no limit)",
     time_limit(&values::write_timeout)},
    {"producer-idle-timeout",
     "duration of time a TCP client may be silent between two commands (0: no limit)",
     time_limit(&values::producer_idle_timeout)},
    {"http-header-timeout",
     "duration of time an HTTP client has to send a request's head (0: no limit)",
     time_limit(&values::http_header_timeout)},
    {"http-body-timeout",
     "duration of time an HTTP client has to send a request's body (0: no limit)",
     time_limit(&values::http_body_timeout)},
    {"http-idle-timeout",
     "duration of time an HTTP connection may be silent between two requests (0: no limit)",
     time_limit(&values::http_idle_timeout)},

    {"max-connections",
     "connections to hold at a time, TCP and HTTP together (0: as many as there are descriptors "
     "for)",
     optional_limit(&values::max_connections)},
    {"max-registrations-per-producer",
     "topics and channels that one producer may register (0: no limit)",
     optional_limit(&values::max_registrations_per_producer)},
    {"max-topics", "topics to know at a time (0: no limit)", optional_limit(&values::max_topics)},
    {"max-channels-per-topic", "channels to know of one topic at a time (0: no limit)",
     optional_limit(&values::max_channels_per_topic)},
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
  std::string name = "NSQLOOKUPD_";
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
