// SPDX-License-Identifier: MIT
//
// The parts of the server, in the order in which they are built.
#pragma once

#include <nsqlookupd/admin/routes.hpp>
#include <nsqlookupd/cluster/membership.hpp>
#include <nsqlookupd/daemon/connection_shares.hpp>
#include <nsqlookupd/daemon/daemon.hpp>
#include <nsqlookupd/daemon/supervision.hpp>
#include <nsqlookupd/metrics/counters.hpp>
#include <nsqlookupd/net/http_session.hpp>
#include <nsqlookupd/net/lookup_session.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/task.hpp>

#include "client_ports.hpp"
#include "handover.hpp"
#include "handover_state.hpp"
#include "lasting_loops.hpp"
#include "persistence.hpp"
#include "reloadable_files.hpp"
#include "shutdown_sequence.hpp"
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace nsqlookupd {

// Counts the changes, for /metrics.
class change_counter final : public registry::change_listener {
 public:
  explicit change_counter(metrics::counters& counters) : counters_{counters} {}
  void on_change(registry::change const& made) override {
    counters_.changes.add(static_cast<std::size_t>(made.kind));
  }

 private:
  metrics::counters& counters_;
};

// State that sessions use comes before the io_context that owns them, and what uses the io_context
// after it.
class daemon::server {
 public:
  server(config::options settings, supervision const& given, wall_clock now,
         succession const& programs);

  [[nodiscard]] port_numbers const& ports() const noexcept { return ports_.numbers(); }

  void run();
  void stop() { shutdown_.request(); }

 private:
  [[nodiscard]] net::concurrency threads() const noexcept {
    return settings_.threads == 1 ? net::concurrency::one_thread : net::concurrency::many_threads;
  }
  [[nodiscard]] std::unique_ptr<persistence> bring_back();
  [[nodiscard]] std::unique_ptr<cluster::membership> join_cluster();
  void resume_clients();
  [[nodiscard]] handover::steps handover_steps();
  [[nodiscard]] bool is_at_rest(std::chrono::milliseconds within);
  void run_until_stopped();
  [[nodiscard]] client_ports::service service_to_clients();
  [[nodiscard]] net::http_service http_service(std::uint16_t send_to_port);
  [[nodiscard]] std::string metrics_text(registry::totals const& all) const;
  boost::asio::awaitable<void> sweep();
  boost::asio::awaitable<void> reload_on_hangup();
  net::task<void> show_life();

  config::options const settings_;
  net::running_clock clock_;
  wall_clock const now_;
  connection_shares shares_;
  net::connection_group connections_;
  net::client_memory memory_;
  net::buffer_pool buffers_;
  protocol::session_settings session_settings_;
  admin::server_info server_info_;
  http_api::answer_cache answer_cache_;
  http_api::route_table const routes_;
  metrics::counters counters_{routes_.labels(), registry::change_kinds};
  change_counter change_counter_{counters_};
  http_api::watchers watchers_;

  // The state of the program before, until the server runs.
  std::optional<handover_state> before_;
  std::optional<stored_state> stored_;

  // The cluster's, if there is one; it outlives the other.
  boost::asio::io_context cluster_io_{1};
  boost::asio::io_context io_;
  boost::asio::any_io_executor control_;
  net::registration_actor actor_;
  // Before the ports open.
  std::unique_ptr<persistence> persistence_;
  net::turn_queue turns_;
  net::lookup_service const lookup_service_;
  client_ports ports_;
  // Null: the server is alone.
  std::unique_ptr<cluster::membership> membership_;
  // Used on control_.
  reloadable_files files_;
  net::http_service const http_service_;
  net::http_service const https_service_;
  shutdown_sequence shutdown_;
  boost::asio::signal_set hangup_;
  boost::asio::steady_timer sweep_timer_;
  lasting_loops loops_;
  // Used on control_.
  service_notifier manager_;
  handover handover_;
};

}  // namespace nsqlookupd
