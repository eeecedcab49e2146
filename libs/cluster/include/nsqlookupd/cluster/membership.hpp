// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/cluster/known_keys.hpp>
#include <nsqlookupd/cluster/shared_registry.hpp>
#include <nsqlookupd/etcd/client.hpp>
#include <nsqlookupd/net/registration_actor.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/task.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd::cluster {

/// One member of a cluster.
struct member_settings {
  etcd::settings etcd;
  std::string cluster_name;
  /// Its node id is unique in the cluster, without a slash; its version and addresses are as
  /// `/cluster` shows them. The others are not needed.
  member_info self;
  std::chrono::seconds lease_ttl{60};
  /// How long the first reading may take before the member counts as ready without.
  std::chrono::nanoseconds sync_timeout = std::chrono::seconds{10};
  std::chrono::nanoseconds tombstone_lifetime = std::chrono::seconds{45};
  /// The lease of the program that has handed over, which ends when all is written under another;
  /// 0: none.
  std::int64_t previous_lease = 0;
};

/// How a member stands to the others.
struct member_status {
  /// It has what others have told, and others are told what happens here.
  bool is_synced = false;
  /// It was once, or the time for the first reading is over.
  bool is_ready = false;
  /// The last moment at which it was; the beginning of all time: never.
  registry::time_point last_sync;
  /// Why it is not, in one line.
  std::string failure;
  std::vector<member_info> members;
};

/// Shares the registry with the other members, by way of etcd. Nothing waits for it: while etcd is
/// away, the registry stays what it is, and what happens here waits to be told.
///
/// On a thread of its own, since the values of other members may be large.
class membership {
 public:
  /// Follows the registry, before anything runs. `io`, which nobody else uses, `registry_io` and
  /// `actor`, where the registry is, outlive it; and `io` outlives `registry_io`. Throws
  /// std::runtime_error as etcd::client does.
  membership(boost::asio::io_context& io, boost::asio::io_context& registry_io,
             net::registration_actor& actor, member_settings settings, net::wall_clock now);
  membership(membership const&) = delete;
  membership& operator=(membership const&) = delete;
  /// As stop().
  ~membership();

  /// Begins. Once.
  void start();

  /// From now on others are told nothing: what follows is the work of stopping. The lease, and so
  /// what others know, lasts for its time. Any thread.
  void freeze() noexcept { is_frozen_ = true; }

  /// Ends, and waits for that.
  void stop() noexcept;

  /// Any thread.
  [[nodiscard]] member_status status() const;

  [[nodiscard]] member_settings const& settings() const noexcept { return settings_; }

  /// The lease under which it writes; 0: none. Any thread.
  [[nodiscard]] std::int64_t lease() const noexcept { return lease_; }

 private:
  using error_code = boost::system::error_code;
  template <class Value>
  using task = net::task<Value>;

  // On the thread.
  task<void> run();
  task<error_code> join();
  task<error_code> keep_lease();
  task<error_code> check_marker();
  task<error_code> read_all();
  task<void> end_unread();
  task<void> stay();
  task<void> end_with(task<error_code> part);
  task<error_code> follow_others();
  void look_for_namesake();
  task<void> compare_names();
  task<error_code> tell_others();
  task<error_code> keep_alive();
  task<error_code> write_self();
  task<void> wait_for_changes();
  task<error_code> write_changes();
  task<error_code> commit_unsent();
  task<etcd::result<std::int64_t>> record_lease();
  task<void> tell_registry(std::deque<news> told);
  /// Calls `slice(registration_db&)` where the registry is, turn by turn, until it returns false.
  template <class Slice>
  task<void> visit_registry(Slice slice);
  task<error_code> begin_anew();
  task<error_code> come_into_sync();
  void end_round(error_code error);
  void come_to(bool is_synced, std::string failure);
  void publish_members();

  // On the io_context of the registry.
  template <class Slice>
  task<void> run_slices(Slice slice);

  boost::asio::io_context& io_;
  boost::asio::io_context& registry_io_;
  net::registration_actor& actor_;
  member_settings const settings_;
  net::wall_clock const now_;
  etcd::client client_;
  known_keys known_;
  shared_registry registry_;
  std::unique_ptr<etcd::watch> watch_;
  boost::asio::steady_timer lease_timer_{io_};
  boost::asio::steady_timer change_timer_{io_};

  std::atomic<std::int64_t> lease_{0};
  /// Their keys are to go once all is written under the present one.
  std::vector<std::int64_t> former_leases_;
  std::int64_t record_lease_ = 0;
  std::chrono::steady_clock::time_point record_lease_until_;
  std::string marker_;
  /// The last revision that is known here.
  std::int64_t revision_ = 0;
  bool must_read_ = true;
  bool must_write_all_ = true;
  /// When what etcd has lost, and no member has written again, goes.
  std::chrono::steady_clock::time_point end_unread_at_ =
      std::chrono::steady_clock::time_point::max();
  /// Collected, but not in etcd yet: as changes, or as operations.
  outgoing changes_;
  bool is_collected_ = false;
  std::vector<etcd::operation> unsent_;
  bool has_changes_ = true;
  error_code round_error_;
  member_info self_;
  bool has_namesake_ = false;

  std::atomic<bool> is_frozen_{false};
  std::atomic<bool> is_stopping_{false};
  std::chrono::steady_clock::time_point const began_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  member_status status_;
  std::jthread thread_;
};

}  // namespace nsqlookupd::cluster
