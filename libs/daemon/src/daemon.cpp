// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/version.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>
#include <nsqlookupd/metrics/exposition.hpp>
#include <nsqlookupd/protocol/identify.hpp>

#include "clustering.hpp"
#include "failures.hpp"
#include "server.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using log::level;

constexpr std::chrono::milliseconds sweep_period{100};

// Thousands of streams may be due for a line together, or idle clients for their end.
constexpr std::size_t cut_at_once = 64;

// Every so many sweeps, once a second, comes a look at the files that may change.
constexpr unsigned sweeps_per_look = 10;

// How long a refused client may go on sending into the void.
constexpr std::chrono::seconds linger_time{1};

// In the order of net::deadline.
net::deadline_durations durations_of(config::options const& settings) {
  return {settings.handshake_timeout,
          settings.producer_idle_timeout,
          settings.write_timeout,
          settings.http_header_timeout,
          settings.http_body_timeout,
          settings.http_idle_timeout,
          linger_time};
}

// Grows over restarts, too: where nothing is stored, as long as the clock is not set back.
std::uint64_t first_revision(std::optional<stored_state> const& stored) {
  auto const now = net::shown_time().time_since_epoch();
  auto const by_clock = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  return std::max(by_clock, stored && stored->content ? stored->content->revision : 0);
}

// Whether plain HTTP is sent away. As in nsqd: a server that wants to see certificates does not
// want requests without.
bool requires_tls(config::options const& settings) noexcept {
  return settings.tls_required || (!settings.https_address.empty() &&
                                   settings.tls_client_auth_policy != tls::client_auth::none);
}

}  // namespace

daemon::server::server(config::options settings, supervision const& given, wall_clock now,
                       succession const& programs)
    : settings_{std::move(settings)},
      now_{now ? std::move(now) : net::time_shown_by(clock_)},
      shares_{settings_.max_connections},
      connections_{durations_of(settings_)},
      memory_{settings_.max_input_memory, settings_.max_line_size},
      server_info_{std::string{config::version()}, config::built_with()},
      routes_{http_api::nsq_routes(server_info_.version, answer_cache_),
              admin::routes(server_info_)},
      watchers_{settings_.max_watchers},
      before_{take_handover(programs.state_descriptor)},
      stored_{read_stored_state(settings_, now_(), before_ ? &*before_ : nullptr)},
      io_{static_cast<int>(settings_.threads)},
      control_{net::strand_of(io_, threads())},
      actor_{io_,
             threads(),
             {settings_.inactive_producer_timeout, settings_.tombstone_lifetime,
              settings_.empty_topic_ttl, settings_.restore_grace},
             {settings_.max_registrations_per_producer, settings_.max_topics,
              settings_.max_channels_per_topic},
             {settings_.event_history, first_revision(stored_)}},
      persistence_{bring_back()},
      turns_{io_, static_cast<unsigned>(settings_.threads)},
      lookup_service_{actor_,   connections_, memory_,           turns_,
                      buffers_, now_,         session_settings_, counters_},
      ports_{io_,
             control_,
             shares_,
             settings_,
             given,
             before_ ? std::move(before_->listeners) : std::vector<saved_listener>{},
             service_to_clients()},
      membership_{join_cluster()},
      files_{settings_},
      http_service_{http_service(requires_tls(settings_) ? ports().https : std::uint16_t{0})},
      https_service_{http_service(0)},
      shutdown_{io_,
                control_,
                connections_,
                settings_.drain_timeout,
                {[this] {
                   // Clients are served on, while those that ask /readyz turn to other servers.
                   manager_.stopping();
                   server_info_.draining = true;
                   actor_.wake_all();
                 },
                 [this] {
                   if (persistence_) {
                     persistence_->freeze();
                   }
                   if (membership_) {
                     membership_->freeze();
                   }
                   ports_.close();
                 }}},
      hangup_{control_, SIGHUP},
      sweep_timer_{control_},
      loops_{control_},
      manager_{given},
      handover_{io_, control_, programs.next, handover_steps()} {
  session_settings_ = {.policy = settings_.client_error_policy,
                       .max_line_size = settings_.max_line_size,
                       .max_body_size = settings_.max_body_size,
                       .identify_reply = protocol::identify_reply(
                           {settings_.broadcast_address, config::host_name(), ports().http,
                            ports().tcp, std::string{config::version()}}),
                       .counters = &counters_};
  actor_.serve(watchers_, now_);
  server_info_.cluster = [this] { return report_of(membership_.get()); };
  server_info_.metrics = [this](registry::totals const& all) { return metrics_text(all); };
  log::line(level::info, config::version_line());
  ports_.log_addresses();
  if (files_.are_any()) {
    files_.log_state();
  }
}

client_ports::service daemon::server::service_to_clients() {
  return {[this](net::accepted_client accepted) {
            return net::run_lookup_session(std::move(accepted), lookup_service_);
          },
          [this](net::accepted_client accepted) {
            auto const& service = accepted.tls ? https_service_ : http_service_;
            return net::run_http_session(std::move(accepted), service);
          },
          [this](int socket) { return files_.new_stream(socket); }};
}

net::http_service daemon::server::http_service(std::uint16_t send_to_port) {
  return {actor_,
          watchers_,
          connections_,
          memory_,
          turns_,
          buffers_,
          now_,
          routes_,
          server_info_.draining,
          settings_.max_body_size,
          settings_.access_log,
          counters_,
          send_to_port,
          files_.access_control()};
}

std::string daemon::server::metrics_text(registry::totals const& all) const {
  using use = net::client_memory::use;
  return metrics::exposition(
      counters_,
      {.producers = all.producers,
       .topics = all.topics,
       .empty_topics = all.empty_topics,
       .restored_producers = all.restored_producers,
       .channels = all.channels,
       .registrations = all.registrations,
       .watchers = watchers_.size(),
       .unfinished_input_bytes = memory_.used(use::input),
       .unsent_reply_bytes = memory_.used(use::output),
       .max_input_memory = settings_.max_input_memory,
       .store_errors = persistence_ ? persistence_->errors() : 0,
       .log_lines_dropped = log::dropped_lines(),
       .log_lines_left_out = log::left_out_lines(),
       .tls_certificate_expiry = files_.certificate_expiry(),
       .reloads = files_.reloads(),
       .cluster = membership_ ? std::optional{figures_of(*membership_, all)} : std::nullopt,
       .version = server_info_.version,
       .built_with = server_info_.built_with});
}

std::unique_ptr<cluster::membership> daemon::server::join_cluster() {
  if (settings_.cluster_etcd_endpoints.empty()) {
    return nullptr;
  }
  return std::make_unique<cluster::membership>(
      cluster_io_, io_, actor_,
      member_settings_of(settings_, ports().tcp, ports().http, before_ ? before_->cluster_lease : 0,
                         counters_.etcd),
      now_);
}

void daemon::server::run() {
  ports_.accept(loops_);
  loops_.run("reloading", [this] { return reload_on_hangup(); });
  loops_.run("sweeping", [this] { return sweep(); });
  if (persistence_) {
    loops_.run("storing", [this] { return persistence_->run(); });
  }
  loops_.run("stopping", [this] { return shutdown_.run(); });
  loops_.run("handing over", [this] { return handover_.run(); });
  resume_clients();
  if (membership_) {
    membership_->start();
  }
  do {
    run_until_stopped();
  } while (handover_.act_alone());
  // Sessions that were left over leave the group when the io_context is destroyed; nobody waits for
  // that any more.
  connections_.on_empty(nullptr);
  if (membership_) {
    membership_->stop();
  }
  if (persistence_) {
    persistence_->finish();
  }
  log::line(level::info, "stopped");
}

void daemon::server::run_until_stopped() {
  std::vector<std::jthread> others;
  for (std::size_t count = 1; count < settings_.threads; ++count) {
    others.emplace_back([this] { run_to_end(io_); });
  }
  run_to_end(io_);
}

asio::awaitable<void> daemon::server::sweep() {
  manager_.ready();
  for (unsigned count = 1;; ++count) {
    sweep_timer_.expires_after(sweep_period);
    if (auto const [error] = co_await sweep_timer_.async_wait(net::token); error) {
      co_return;
    }
    actor_.post([this, due = sweep_timer_.expiry()] {
      counters_.actor_queue.observe(std::chrono::steady_clock::now() - due);
    });
    static_cast<void>(clock_.now());
    while (connections_.sweep(cut_at_once)) {
      // Their sessions have their turn, and so has everybody else.
      co_await asio::post(net::token);
    }
    log::report_left_out();
    if (count % sweeps_per_look == 0) {
      files_.reload(reload_when::changed);
    }
    if (manager_.sweep(std::chrono::steady_clock::now())) {
      asio::co_spawn(io_, show_life(), logging_failures("watchdog"));
    }
  }
}

asio::awaitable<void> daemon::server::reload_on_hangup() {
  while (true) {
    if (auto const [error, number] = co_await hangup_.async_wait(net::token); error) {
      co_return;
    }
    files_.reload(reload_when::always);
  }
}

// By way of the actor: a server whose registry is stuck is not alive, and neither is one that does
// not accept.
net::task<void> daemon::server::show_life() {
  co_await actor_.run([](registry::registration_db const&) { return true; });
  asio::post(control_, [this] {
    if (loops_.are_running()) {
      manager_.alive();
    }
  });
}

daemon::daemon(config::options settings, supervision const& given, wall_clock now,
               succession const& programs)
    : server_{std::make_unique<server>(std::move(settings), given, std::move(now), programs)} {}

daemon::~daemon() = default;

port_numbers const& daemon::ports() const {
  return server_->ports();
}

void daemon::run() {
  server_->run();
}

void daemon::stop() {
  server_->stop();
}

}  // namespace nsqlookupd
