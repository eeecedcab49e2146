// SPDX-License-Identifier: MIT
#include "from_options.hpp"

#include <chrono>
#include <cstddef>

namespace nsqlookupd {
namespace {

// How long a refused client may go on sending into the void.
constexpr std::chrono::seconds linger_time{1};

}  // namespace

net::deadline_durations durations_of(config::options const& settings) {
  net::deadline_durations all{};
  auto const set = [&](net::deadline kind, std::chrono::nanoseconds duration) {
    all[static_cast<std::size_t>(kind)] = duration;
  };
  set(net::deadline::command, settings.handshake_timeout);
  set(net::deadline::producer_idle, settings.producer_idle_timeout);
  set(net::deadline::write, settings.write_timeout);
  set(net::deadline::http_header, settings.http_header_timeout);
  set(net::deadline::http_body, settings.http_body_timeout);
  set(net::deadline::http_idle, settings.http_idle_timeout);
  set(net::deadline::linger, linger_time);
  return all;
}

protocol::session_settings session_settings_of(config::options const& settings) {
  protocol::session_settings result;
  result.policy = settings.client_error_policy;
  result.max_line_size = settings.max_line_size;
  result.max_body_size = settings.max_body_size;
  return result;
}

// As in nsqd: a server that wants to see certificates does not want requests without.
bool requires_tls(config::options const& settings) noexcept {
  return settings.tls_required || (!settings.https_address.empty() &&
                                   settings.tls_client_auth_policy != tls::client_auth::none);
}

}  // namespace nsqlookupd
