// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/config/version.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/daemon/descriptor_limit.hpp>
#include <nsqlookupd/daemon/service_notifier.hpp>
#include <nsqlookupd/log/duration_text.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/http_session.hpp>
#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/lookup_session.hpp>
#include <nsqlookupd/net/token.hpp>
#include <nsqlookupd/protocol/identify.hpp>

#include "from_options.hpp"
#include "metrics_text.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <stdexcept>
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

// Of the second that stopping may take: first sessions end by themselves, then they are cut.
constexpr std::chrono::milliseconds finish_time{500};
constexpr std::chrono::milliseconds cut_time{300};

// How long a refused client may go on sending into the void.
constexpr std::chrono::seconds linger_time{1};

// Descriptors that are not for clients: listeners, log, the config file, epoll and its kin.
constexpr std::size_t own_descriptors = 64;

// Connections that only HTTP may have, so that probes are answered when the TCP port is full.
constexpr std::size_t reserved_for_http = 16;

net::deadline_durations durations(config::options const& settings) {
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

std::size_t connection_limit(config::options const& settings) {
  auto const descriptors = raise_descriptor_limit();
  auto const possible =
      descriptors - std::min(descriptors - 1, own_descriptors + reserved_for_http);
  return settings.max_connections == 0 ? possible : std::min(settings.max_connections, possible);
}

[[noreturn]] void fail_to_listen(std::string const& where, std::string const& reason) {
  throw std::runtime_error{"listen (" + where + ") failed - " + reason};
}

net::listener adopt(asio::any_io_executor executor, int descriptor) {
  try {
    return {std::move(executor), net::passed_descriptor{descriptor}};
  } catch (boost::system::system_error const& error) {
    fail_to_listen("descriptor " + std::to_string(descriptor),
                   error.code().message() + "; it must be a TCP socket that listens");
  }
}

// `passed` is the descriptor of a socket to use instead, or -1.
net::listener listen(asio::any_io_executor executor, std::string const& address, int passed) {
  if (passed >= 0) {
    return adopt(std::move(executor), passed);
  }
  auto const place = config::parse_address(address);
  if (!place) {
    fail_to_listen(address, place.error().reason);
  }
  try {
    return {std::move(executor), place->host, place->port};
  } catch (boost::system::system_error const& error) {
    fail_to_listen(address, error.code().message());
  }
}

// What a coroutine that ended by an exception leaves behind: a line in the log, and no more.
auto logging_failures(std::string_view what) {
  return [what](std::exception_ptr failure) {
    if (!failure) {
      return;
    }
    try {
      std::rethrow_exception(failure);
    } catch (std::exception const& error) {
      log::line(level::error, what, " ended by an exception - ", error.what());
    } catch (...) {
      log::line(level::error, what, " ended by an exception");
    }
  };
}

}  // namespace

// State that sessions use comes before the io_context that owns them, and what uses the io_context
// after it.
class daemon::server {
 public:
  server(config::options settings, supervision const& given, wall_clock now);

  [[nodiscard]] std::uint16_t tcp_port() const { return tcp_listener_.local_endpoint().port(); }
  [[nodiscard]] std::uint16_t http_port() const { return http_listener_.local_endpoint().port(); }

  void run();
  void stop();

 private:
  [[nodiscard]] bool one_thread() const noexcept { return settings_.threads == 1; }
  [[nodiscard]] asio::any_io_executor new_executor();
  [[nodiscard]] net::client_intake tcp_intake();
  [[nodiscard]] net::client_intake http_intake();
  void run_threads();
  asio::awaitable<void> sweep();
  void sample_queue(std::chrono::steady_clock::time_point due);
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
  net::http_service const http_service_;
  net::listener tcp_listener_;
  net::listener http_listener_;
  asio::signal_set signals_;
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
      connections_{durations(settings_), settings_.max_input_memory},
      server_info_{std::string{config::version()}, config::built_with()},
      io_{static_cast<int>(settings_.threads)},
      control_{new_executor()},
      actor_{io_,
             one_thread() ? actor::concurrency::one_thread : actor::concurrency::many_threads,
             {settings_.inactive_producer_timeout, settings_.tombstone_lifetime},
             {settings_.max_registrations_per_producer, settings_.max_topics,
              settings_.max_channels_per_topic}},
      lookup_service_{actor_, connections_, buffers_, now_, session_settings_, counters_},
      http_service_{actor_,
                    connections_,
                    buffers_,
                    now_,
                    server_info_,
                    kept_answers_,
                    settings_.max_body_size,
                    access_log_of(settings_),
                    counters_},
      tcp_listener_{listen(control_, settings_.tcp_address, given.tcp_listener)},
      http_listener_{listen(control_, settings_.http_address, given.http_listener)},
      signals_{control_, SIGTERM, SIGINT},
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
    return metrics_text(counters_, all);
  };
  session_settings_.identify_reply =
      protocol::identify_reply({settings_.broadcast_address, config::host_name(), http_port(),
                                tcp_port(), std::string{config::version()}});
  log::line(level::info, config::version_line());
  log::line(level::info, "HTTP: listening on ", net::to_string(http_listener_.local_endpoint()));
  log::line(level::info, "TCP: listening on ", net::to_string(tcp_listener_.local_endpoint()));
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

net::client_intake daemon::server::http_intake() {
  return {"HTTP", [this] { return connections_.size() < max_connections_ + reserved_for_http; },
          io_.get_executor(),
          [this](net::accepted_client accepted) {
            auto const executor = accepted.socket.get_executor();
            asio::co_spawn(executor, net::run_http_session(std::move(accepted), http_service_),
                           logging_failures("HTTP session"));
          }};
}

void daemon::server::run() {
  asio::co_spawn(control_, tcp_listener_.accept_loop(tcp_intake()),
                 logging_failures("TCP accept loop"));
  asio::co_spawn(control_, http_listener_.accept_loop(http_intake()),
                 logging_failures("HTTP accept loop"));
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
    others.emplace_back([this] { io_.run(); });
  }
  io_.run();
}

void daemon::server::stop() {
  asio::post(control_, [this] {
    stop_asked_ = true;
    signals_.cancel();
  });
}

asio::awaitable<void> daemon::server::sweep() {
  manager_.ready();
  while (true) {
    sweep_timer_.expires_after(sweep_period);
    if (auto const [error] = co_await sweep_timer_.async_wait(net::token); error) {
      co_return;
    }
    sample_queue(sweep_timer_.expiry());
    connections_.sweep();
    if (manager_.sweep(std::chrono::steady_clock::now())) {
      asio::co_spawn(io_, show_life(), logging_failures("watchdog"));
    }
  }
}

void daemon::server::sample_queue(std::chrono::steady_clock::time_point due) {
  actor_.post(
      [this, due] { counters_.actor_queue.observe(std::chrono::steady_clock::now() - due); });
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
  log::line(level::info, "TCP: closing ", net::to_string(tcp_listener_.local_endpoint()));
  tcp_listener_.stop(tcp_intake());
  log::line(level::info, "HTTP: closing ", net::to_string(http_listener_.local_endpoint()));
  http_listener_.stop(http_intake());

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

void daemon::run() {
  server_->run();
}

void daemon::stop() {
  server_->stop();
}

}  // namespace nsqlookupd
