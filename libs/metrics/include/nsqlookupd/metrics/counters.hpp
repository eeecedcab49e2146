// SPDX-License-Identifier: MIT
//
// The counters of a running server. Labels are from fixed lists: nothing that a client sends
// becomes one.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace nsqlookupd::metrics {

/// A number that only grows. To count is one relaxed increment. Any thread.
class counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.fetch_add(amount, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How many there are now. Any thread.
class gauge {
 public:
  void add(std::int64_t amount) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> value_{0};
};

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

/// How often something took how long. To observe is two relaxed increments. Any thread.
class histogram {
 public:
  /// The longest duration of each bucket, but for the last, which takes the rest. Short ones are
  /// the usual ones; a second is what nsqd waits for a reply.
  static constexpr std::array<std::chrono::nanoseconds, 17> bounds = {
      std::chrono::nanoseconds{1'000},         std::chrono::nanoseconds{2'500},
      std::chrono::nanoseconds{5'000},         std::chrono::nanoseconds{10'000},
      std::chrono::nanoseconds{25'000},        std::chrono::nanoseconds{50'000},
      std::chrono::nanoseconds{100'000},       std::chrono::nanoseconds{250'000},
      std::chrono::nanoseconds{500'000},       std::chrono::nanoseconds{1'000'000},
      std::chrono::nanoseconds{2'500'000},     std::chrono::nanoseconds{5'000'000},
      std::chrono::nanoseconds{10'000'000},    std::chrono::nanoseconds{25'000'000},
      std::chrono::nanoseconds{100'000'000},   std::chrono::nanoseconds{500'000'000},
      std::chrono::nanoseconds{1'000'000'000},
  };

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

/// One counter for each name of a list; what is not in it counts for the last.
template <std::size_t Count>
class named_counters {
 public:
  using names = std::array<std::string_view, Count>;

  explicit constexpr named_counters(names const& list) noexcept : names_{list} {}

  void add(std::string_view name) noexcept {
    std::size_t position = 0;
    while (position + 1 < Count && names_[position] != name) {
      ++position;
    }
    values_[position].add();
  }

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
  static constexpr std::array<unsigned, 17> statuses = {200, 404, 400, 301, 307, 401, 403, 405, 413,
                                                        417, 431, 500, 501, 503, 505, 408, 0};

  /// `routes` are the labels, in static storage; the last is for requests of no route.
  explicit request_counters(std::span<std::string_view const> routes)
      : routes_{routes}, values_{std::make_unique<by_status[]>(routes.size())} {}

  /// `route` is a position in the list; beyond it, the request was for none.
  void add(std::size_t route, unsigned status) noexcept {
    auto const row = std::min(route, routes_.size() - 1);
    std::size_t column = 0;
    while (column + 1 < statuses.size() && statuses[column] != status) {
      ++column;
    }
    values_[row][column].add();
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

/// The counters of a running server. docs/METRICS.md tells their meaning. Any thread.
struct counters {
  /// See request_counters.
  explicit counters(std::span<std::string_view const> http_routes) : http_requests{http_routes} {}

  gauge tcp_connections;
  gauge http_connections;
  named_counters<6> commands{{"PING", "REGISTER", "UNREGISTER", "IDENTIFY", "ANNOUNCE", "invalid"}};
  named_counters<6> protocol_errors{
      {"E_INVALID", "E_BAD_TOPIC", "E_BAD_CHANNEL", "E_BAD_BODY", "E_BAD_PROTOCOL", "other"}};
  request_counters http_requests;
  /// One observation for each input that was executed, with all commands in it.
  histogram command_duration;
  histogram http_request_duration;
  /// From when something was due to when the registry's owner came to it.
  histogram actor_queue;
};

}  // namespace nsqlookupd::metrics
