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

net::access_log access_log_of(config::options const& settings) noexcept {
  switch (settings.access_log) {
    case config::access_log::on:
      break;
    case config::access_log::off:
      return net::access_log::off;
    case config::access_log::errors:
      return net::access_log::errors;
  }
  return net::access_log::on;
}

}  // namespace nsqlookupd
