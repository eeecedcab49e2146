// SPDX-License-Identifier: MIT
//
// The counters of a running server. Labels are from fixed lists: nothing that a client sends
// becomes one.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>

namespace nsqlookupd::metrics {

/// A number that is counted. To count is one relaxed addition. Any thread.
template <std::integral Number>
class tally {
 public:
  void add(Number amount = 1) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] Number value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<Number> value_{0};
};

/// A number that only grows.
using counter = tally<std::uint64_t>;

/// How many there are now.
using gauge = tally<std::int64_t>;

/// Counts for one in a gauge as long as it lives.
class counted {
 public:
  explicit counted(gauge& where) noexcept : where_{where} { where_.add(1); }
  counted(counted const&) = delete;
  counted& operator=(counted const&) = delete;
  ~counted() { where_.add(-1); }

 private:
  gauge& where_;
};

/// For replies: short ones are the usual ones; a second is what nsqd waits for one.
inline constexpr auto reply_bounds = [] {
  using namespace std::chrono_literals;
  return std::to_array<std::chrono::nanoseconds>({1us, 2500ns, 5us, 10us, 25us, 50us, 100us, 250us,
                                                  500us, 1ms, 2500us, 5ms, 10ms, 25ms, 100ms, 500ms,
                                                  1s});
}();

/// For watchers: changes within some milliseconds may go out together, and many watchers take long.
inline constexpr auto watch_bounds = [] {
  using namespace std::chrono_literals;
  return std::to_array<std::chrono::nanoseconds>(
      {500us, 1ms, 2500us, 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 1s, 2500ms, 5s});
}();

/// How often something took how long. `Bounds` has the longest duration of each bucket, growing,
/// but for the last, which takes the rest. To observe is two relaxed increments. Any thread.
template <auto const& Bounds>
class histogram {
 public:
  static constexpr auto const& bounds = Bounds;

  void observe(std::chrono::nanoseconds duration) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && duration > bounds[bucket]) {
      ++bucket;
    }
    counts_[bucket].add();
    sum_.add(static_cast<std::uint64_t>(duration.count()));
  }

  /// How many fell into the bucket, the one after the last bound included.
  [[nodiscard]] std::uint64_t count(std::size_t bucket) const noexcept {
    return counts_[bucket].value();
  }

  /// The sum of all observations.
  [[nodiscard]] std::chrono::nanoseconds sum() const noexcept {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(sum_.value())};
  }

 private:
  std::array<counter, bounds.size() + 1> counts_;
  counter sum_;
};

/// The position of `wanted` in a list whose last element stands for all that are not in it.
template <class List, class Element>
[[nodiscard]] constexpr std::size_t position_in(List const& list, Element const& wanted) noexcept {
  auto const before = std::ranges::find(list, wanted) - std::ranges::begin(list);
  return std::min(static_cast<std::size_t>(before), std::size(list) - 1);
}

/// One counter for each name of a list. A name that is not in it counts for the last.
template <std::size_t Count>
class named_counters {
 public:
  using names = std::array<std::string_view, Count>;

  explicit constexpr named_counters(names const& list) noexcept : names_{list} {}

  void add(std::string_view name) noexcept { add(position_in(names_, name)); }

  /// `position` is one of the list.
  void add(std::size_t position) noexcept { values_[position].add(); }

  [[nodiscard]] std::string_view name(std::size_t position) const noexcept {
    return names_[position];
  }
  [[nodiscard]] std::uint64_t value(std::size_t position) const noexcept {
    return values_[position].value();
  }

 private:
  names names_;
  std::array<counter, Count> values_;
};

/// HTTP requests by route and status.
class request_counters {
 public:
  /// Those that the server answers with, the usual first; 0 stands for any other.
  static constexpr std::array<unsigned, 19> statuses = {
      200, 404, 400, 304, 301, 307, 401, 403, 405, 410, 413, 417, 431, 500, 501, 503, 505, 408, 0};

  /// `routes` are the labels, in static storage; the last is for requests of no route.
  explicit request_counters(std::span<std::string_view const> routes)
      : routes_{routes}, values_{std::make_unique<by_status[]>(routes.size())} {}

  /// `route` is a position in the list; beyond it, the request was for none.
  void add(std::size_t route, unsigned status) noexcept {
    values_[std::min(route, routes_.size() - 1)][position_in(statuses, status)].add();
  }

  [[nodiscard]] std::span<std::string_view const> routes() const noexcept { return routes_; }
  [[nodiscard]] std::uint64_t value(std::size_t route, std::size_t status) const noexcept {
    return values_[route][status].value();
  }

 private:
  using by_status = std::array<counter, statuses.size()>;

  std::span<std::string_view const> routes_;
  std::unique_ptr<by_status[]> values_;
};

/// Requests to etcd, by operation and result. Any thread.
class etcd_counters {
 public:
  static constexpr std::array<std::string_view, 9> operations{
      "txn",     "range",        "lease_grant", "lease_keepalive", "lease_revoke", "watch",
      "version", "authenticate", "other"};
  static constexpr std::array<std::string_view, 15> codes{
      "ok",      "unreachable", "timed_out",  "tls_failed",      "unavailable",
      "refused", "compacted",   "bad_answer", "future_revision", "lease_not_found",
      "too_old", "exhausted",   "rejected",   "cancelled",       "other"};

  void observe(std::string_view operation, std::string_view code,
               std::chrono::nanoseconds time) noexcept {
    auto const at = position_in(operations, operation);
    counts_[at][position_in(codes, code)].add();
    durations_[at].observe(time);
  }

  [[nodiscard]] std::uint64_t count(std::size_t operation, std::size_t code) const noexcept {
    return counts_[operation][code].value();
  }
  [[nodiscard]] histogram<watch_bounds> const& duration(std::size_t operation) const noexcept {
    return durations_[operation];
  }

 private:
  std::array<std::array<counter, codes.size()>, operations.size()> counts_;
  std::array<histogram<watch_bounds>, operations.size()> durations_;
};

/// The counters of a running server. docs/METRICS.md tells their meaning. Any thread.
struct counters {
  /// See request_counters. `change_kinds`: the labels of the kinds of changes, in static storage.
  counters(std::span<std::string_view const> http_routes,
           named_counters<14>::names const& change_kinds)
      : http_requests{http_routes}, changes{change_kinds} {}

  gauge tcp_connections;
  gauge http_connections;
  named_counters<6> commands{{"PING", "REGISTER", "UNREGISTER", "IDENTIFY", "ANNOUNCE", "invalid"}};
  named_counters<6> protocol_errors{
      {"E_INVALID", "E_BAD_TOPIC", "E_BAD_CHANNEL", "E_BAD_BODY", "E_BAD_PROTOCOL", "other"}};
  request_counters http_requests;
  /// By the position of the kind.
  named_counters<14> changes;
  /// One observation for each input that was executed, with all commands in it.
  histogram<reply_bounds> command_duration;
  histogram<reply_bounds> http_request_duration;
  /// From when something was due to when the registry's owner came to it.
  histogram<reply_bounds> actor_queue;
  /// From when the registry changed to when a watcher's answer was ready to be sent.
  histogram<watch_bounds> watch_delay;
  etcd_counters etcd;
};

}  // namespace nsqlookupd::metrics
