// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/version.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/daemon/descriptor_limit.hpp>
#include <nsqlookupd/daemon/service_notifier.hpp>
#include <nsqlookupd/log/duration_text.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/repeats.hpp>
#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/http_session.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/lookup_session.hpp>
#include <nsqlookupd/net/token.hpp>
#include <nsqlookupd/protocol/identify.hpp>

#include "changeable_files.hpp"
#include "from_options.hpp"
#include "listen.hpp"
#include "logging_failures.hpp"
#include "metrics_text.hpp"
#include "run_to_end.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using log::level;

constexpr std::chrono::milliseconds sweep_period{100};

// How many sweeps after another the files that may change are looked at: once a second.
constexpr unsigned sweeps_per_look = 10;

// Of the second that stopping may take: first sessions end by themselves, then they are cut.
constexpr std::chrono::milliseconds finish_time{500};
constexpr std::chrono::milliseconds cut_time{300};

// Descriptors that are not for clients: listeners, log, the config file, epoll and its kin.
constexpr std::size_t own_descriptors = 64;

// Connections that only HTTP may have, so that probes are answered when the TCP port is full.
constexpr std::size_t reserved_for_http = 16;

std::size_t connection_limit(config::options const& settings) {
  auto const descriptors = raise_descriptor_limit();
  auto const possible =
      descriptors - std::min(descriptors - 1, own_descriptors + reserved_for_http);
  return settings.max_connections == 0 ? possible : std::min(settings.max_connections, possible);
}

std::uint16_t port_of(std::optional<net::listener> const& listener) {
  return listener ? listener->local_endpoint().port() : std::uint16_t{0};
}

}  // namespace

// State that sessions use comes before the io_context that owns them, and what uses the io_context
// after it.
class daemon::server {
 public:
  server(config::options settings, supervision const& given, wall_clock now);

  [[nodiscard]] std::uint16_t tcp_port() const { return tcp_listener_.local_endpoint().port(); }
  [[nodiscard]] std::uint16_t http_port() const { return http_listener_.local_endpoint().port(); }
  [[nodiscard]] std::uint16_t tcp_tls_port() const { return port_of(tcp_tls_listener_); }
  [[nodiscard]] std::uint16_t https_port() const { return port_of(https_listener_); }

  void run();
  void stop();

 private:
  [[nodiscard]] bool one_thread() const noexcept { return settings_.threads == 1; }
  [[nodiscard]] asio::any_io_executor new_executor();
  [[nodiscard]] net::client_intake tcp_intake();
  [[nodiscard]] net::client_intake http_intake(net::http_service const& service);
  [[nodiscard]] net::http_service http_service(std::uint16_t send_to_port);
  [[nodiscard]] net::client_intake over_tls(net::client_intake plain, std::string name);
  // Calls visit(listener, intake) for each that there is.
  template <class Visitor>
  void for_each_listener(Visitor const& visit);
  void run_threads();
  asio::awaitable<void> sweep();
  void sample_queue(std::chrono::steady_clock::time_point due);
  asio::awaitable<void> reload_on_hangup();
  actor::task<void> show_life();
  asio::awaitable<void> serve_until_stopped();
  asio::awaitable<void> drain();
  asio::awaitable<void> wait_until_empty(std::chrono::milliseconds limit);

  config::options const settings_;
  wall_clock const now_;
  std::size_t const max_connections_;
  net::connection_group connections_;
  net::buffer_pool buffers_;
  metrics::counters counters_{http_api::route_labels()};
  protocol::session_settings session_settings_;
  http_api::server_info server_info_;
  http_api::kept_answers kept_answers_;

  asio::io_context io_;
  asio::any_io_executor control_;
  actor::registration_actor actor_;
  net::lookup_service const lookup_service_;
  net::listener tcp_listener_;
  net::listener http_listener_;
  // Used on control_.
  changeable_files files_;
  std::optional<net::listener> tcp_tls_listener_;
  std::optional<net::listener> https_listener_;
  net::http_service const http_service_;
  net::http_service const https_service_;
  asio::signal_set signals_;
  asio::signal_set hangup_;
  asio::steady_timer sweep_timer_;
  asio::steady_timer stop_timer_;
  // Used on control_.
  service_notifier manager_;
  // By stop(), maybe before there was anybody to hear of it. Used on control_.
  bool stop_asked_ = false;
};

daemon::server::server(config::options settings, supervision const& given, wall_clock now)
    : settings_{std::move(settings)},
      now_{std::move(now)},
      max_connections_{connection_limit(settings_)},
      connections_{durations_of(settings_), settings_.max_input_memory},
      server_info_{std::string{config::version()}, config::built_with()},
      io_{static_cast<int>(settings_.threads)},
      control_{new_executor()},
      actor_{io_,
             one_thread() ? actor::concurrency::one_thread : actor::concurrency::many_threads,
             {settings_.inactive_producer_timeout, settings_.tombstone_lifetime},
             {settings_.max_registrations_per_producer, settings_.max_topics,
              settings_.max_channels_per_topic}},
      lookup_service_{actor_, connections_, buffers_, now_, session_settings_, counters_},
      tcp_listener_{listen(control_, settings_.tcp_address, given.tcp_listener)},
      http_listener_{listen(control_, settings_.http_address, given.http_listener)},
      files_{settings_},
      tcp_tls_listener_{listen_if_asked(control_, settings_.tcp_tls_address)},
      https_listener_{listen_if_asked(control_, settings_.https_address)},
      http_service_{http_service(requires_tls(settings_) ? https_port() : std::uint16_t{0})},
      https_service_{http_service(0)},
      signals_{control_, SIGTERM, SIGINT},
      hangup_{control_},
      sweep_timer_{control_},
      stop_timer_{control_},
      manager_{given} {
  session_settings_.policy = settings_.client_error_policy == config::client_error_policy::close
                                 ? protocol::client_error_policy::close
                                 : protocol::client_error_policy::continue_session;
  session_settings_.max_line_size = settings_.max_line_size;
  session_settings_.max_body_size = settings_.max_body_size;
  session_settings_.counters = &counters_;
  server_info_.metrics = [this](registry::totals const& all) {
    return metrics_text(counters_, all, connections_.held_input());
  };
  session_settings_.identify_reply =
      protocol::identify_reply({settings_.broadcast_address, config::host_name(), http_port(),
                                tcp_port(), std::string{config::version()}});
  log::line(level::info, config::version_line());
  for_each_listener([](net::listener const& listener, net::client_intake const& intake) {
    log::line(level::info, intake.name, ": listening on ",
              net::to_string(listener.local_endpoint()));
  });
  if (files_.are_any()) {
    files_.log_state();
    hangup_.add(SIGHUP);
  }
}

asio::any_io_executor daemon::server::new_executor() {
  if (one_thread()) {
    return io_.get_executor();
  }
  return asio::make_strand(io_.get_executor());
}

net::client_intake daemon::server::tcp_intake() {
  return {"TCP", [this] { return connections_.size() < max_connections_; }, io_.get_executor(),
          [this](net::accepted_client accepted) {
            auto const executor = accepted.socket.get_executor();
            asio::co_spawn(executor, net::run_lookup_session(std::move(accepted), lookup_service_),
                           logging_failures("TCP session"));
          }};
}

net::http_service daemon::server::http_service(std::uint16_t send_to_port) {
  return {actor_,
          connections_,
          buffers_,
          now_,
          server_info_,
          kept_answers_,
          settings_.max_body_size,
          access_log_of(settings_),
          counters_,
          send_to_port,
          files_.access_control()};
}

net::client_intake daemon::server::http_intake(net::http_service const& service) {
  return {"HTTP", [this] { return connections_.size() < max_connections_ + reserved_for_http; },
          io_.get_executor(),
          [&service](net::accepted_client accepted) {
            auto const executor = accepted.socket.get_executor();
            asio::co_spawn(executor, net::run_http_session(std::move(accepted), service),
                           logging_failures("HTTP session"));
          }};
}

net::client_intake daemon::server::over_tls(net::client_intake plain, std::string name) {
  plain.name = std::move(name);
  plain.start_session = [this, start = std::move(plain.start_session)](net::accepted_client from) {
    from.tls = files_.new_engine();
    start(std::move(from));
  };
  return plain;
}

template <class Visitor>
void daemon::server::for_each_listener(Visitor const& visit) {
  visit(tcp_listener_, tcp_intake());
  if (tcp_tls_listener_) {
    visit(*tcp_tls_listener_, over_tls(tcp_intake(), "TCP (TLS)"));
  }
  visit(http_listener_, http_intake(http_service_));
  if (https_listener_) {
    visit(*https_listener_, over_tls(http_intake(https_service_), "HTTPS"));
  }
}

void daemon::server::run() {
  for_each_listener([this](net::listener& listener, net::client_intake intake) {
    asio::co_spawn(control_, listener.accept_loop(std::move(intake)),
                   logging_failures("accept loop"));
  });
  if (files_.are_any()) {
    asio::co_spawn(control_, reload_on_hangup(), logging_failures("reload"));
  }
  asio::co_spawn(control_, sweep(), logging_failures("sweep"));
  asio::co_spawn(control_, serve_until_stopped(), logging_failures("shutdown"));
  run_threads();
  // Sessions that were left over leave the group when the io_context is destroyed; nobody waits for
  // that any more.
  connections_.on_empty(nullptr);
}

void daemon::server::run_threads() {
  std::vector<std::jthread> others;
  for (std::size_t count = 1; count < settings_.threads; ++count) {
    others.emplace_back([this] { run_to_end(io_); });
  }
  run_to_end(io_);
}

void daemon::server::stop() {
  asio::post(control_, [this] {
    stop_asked_ = true;
    signals_.cancel();
  });
}

asio::awaitable<void> daemon::server::sweep() {
  manager_.ready();
  for (unsigned count = 1;; ++count) {
    sweep_timer_.expires_after(sweep_period);
    if (auto const [error] = co_await sweep_timer_.async_wait(net::token); error) {
      co_return;
    }
    sample_queue(sweep_timer_.expiry());
    connections_.sweep();
    log::report_left_out();
    if (count % sweeps_per_look == 0) {
      files_.reload_if_changed();
    }
    if (manager_.sweep(std::chrono::steady_clock::now())) {
      asio::co_spawn(io_, show_life(), logging_failures("watchdog"));
    }
  }
}

void daemon::server::sample_queue(std::chrono::steady_clock::time_point due) {
  actor_.post(
      [this, due] { counters_.actor_queue.observe(std::chrono::steady_clock::now() - due); });
}

asio::awaitable<void> daemon::server::reload_on_hangup() {
  while (true) {
    if (auto const [error, number] = co_await hangup_.async_wait(net::token); error) {
      co_return;
    }
    files_.reload();
  }
}

// By way of the actor: a server whose registry is stuck is not alive.
actor::task<void> daemon::server::show_life() {
  co_await actor_.run([](registry::registration_db const&) {});
  asio::post(control_, [this] { manager_.alive(); });
}

asio::awaitable<void> daemon::server::serve_until_stopped() {
  if (!stop_asked_) {
    co_await signals_.async_wait(net::token);
  }
  manager_.stopping();
  // The second one does not wait for anybody.
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) {
      io_.stop();
    }
  });
  co_await drain();
  for_each_listener([](net::listener& listener, net::client_intake const& intake) {
    log::line(level::info, intake.name, ": closing ", net::to_string(listener.local_endpoint()));
    listener.stop(intake);
  });

  connections_.stop_reading();
  co_await wait_until_empty(finish_time);
  connections_.cut();
  co_await wait_until_empty(cut_time);
  io_.stop();
}

// Serves everybody on, while those who ask whether it is ready send their clients elsewhere.
asio::awaitable<void> daemon::server::drain() {
  server_info_.draining = true;
  if (settings_.drain_timeout == std::chrono::nanoseconds::zero()) {
    co_return;
  }
  log::line(level::info, "draining: /readyz answers 503, serving on for ",
            log::duration_text{settings_.drain_timeout});
  stop_timer_.expires_after(settings_.drain_timeout);
  co_await stop_timer_.async_wait(net::token);
}

asio::awaitable<void> daemon::server::wait_until_empty(std::chrono::milliseconds limit) {
  stop_timer_.expires_after(limit);
  connections_.on_empty([this] { asio::post(control_, [this] { stop_timer_.cancel(); }); });
  co_await stop_timer_.async_wait(net::token);
  connections_.on_empty(nullptr);
}

daemon::daemon(config::options settings, supervision const& given)
    : server_{std::make_unique<server>(std::move(settings), given, net::system_time)} {}

daemon::daemon(config::options settings, wall_clock now)
    : server_{std::make_unique<server>(std::move(settings), supervision{}, std::move(now))} {}

daemon::~daemon() = default;

std::uint16_t daemon::tcp_port() const {
  return server_->tcp_port();
}

std::uint16_t daemon::http_port() const {
  return server_->http_port();
}

std::uint16_t daemon::tcp_tls_port() const {
  return server_->tcp_tls_port();
}

std::uint16_t daemon::https_port() const {
  return server_->https_port();
}

void daemon::run() {
  server_->run();
}

void daemon::stop() {
  server_->stop();
}

}  // namespace nsqlookupd
