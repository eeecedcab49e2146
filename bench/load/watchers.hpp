// SPDX-License-Identifier: MIT
#pragma once

#include "deliveries.hpp"
#include "http_answer.hpp"
#include "measurement.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bench {

/// The server has no waiting lookups, or no /watch.
class cannot_watch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The name of a topic that is watched.
[[nodiscard]] std::string watched_topic(std::size_t number);

/// load::watchers clients that watch load::topics in turn, read by one thread that waits for all of
/// them by one epoll_wait: the server pays for each thread that its sends wake. All throws
/// std::runtime_error, one line that names the server, when that ends a connection, and
/// cannot_watch. For the thread of the measurement.
class watchers {
 public:
  using clock = std::chrono::steady_clock;

  /// The faults that no server should have, and other counts.
  struct counts {
    /// Events, the first of each watcher not among them, and the bytes of their data.
    std::size_t events = 0;
    std::size_t bytes = 0;
    std::size_t comments = 0;
    /// Events with an id that was not above the one before.
    std::size_t ids_not_growing = 0;
    /// Events without a change.
    std::size_t unexpected = 0;
  };

  /// `told` belongs to the reading thread while that runs: see lock().
  watchers(measurement& work, deliveries& told);
  watchers(watchers const&) = delete;
  watchers& operator=(watchers const&) = delete;
  ~watchers();

  /// Returns when each watcher knows the state of its topic.
  void open();
  /// Reads events until stop(), by a thread; a failure there ends the measurement.
  void start();
  void stop();
  /// The reading thread does nothing meanwhile.
  [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock{mutex_}; }

  /// The figures of all that was read before stop().
  [[nodiscard]] counts const& counted() const noexcept { return counts_; }
  /// The number of watchers of the topic whose last event had another state than `state`.
  [[nodiscard]] std::size_t differing(std::size_t topic, std::string_view state);
  /// The time from `since` until the last event of each watcher that had one after it.
  [[nodiscard]] latencies last_events(clock::time_point since) const;

 private:
  struct watcher {
    int socket = -1;
    std::size_t topic = 0;
    bool connected = false;
    // It has been told the state of its topic once.
    bool knows = false;
    http_answer answer{http_answer::everything};
    // The bytes of an unfinished event that hold no end.
    std::size_t searched = 0;
    std::uint64_t index = 0;
    // How many changes of its topic it was told of.
    std::size_t changes = 0;
    std::string state;
    clock::time_point told_at{};
  };

  void open_next();
  // Waits for `longest` at most; returns false when there was nothing to read.
  bool read_some(std::chrono::milliseconds longest);
  void read_until_stopped() noexcept;
  void add_to_epoll(int descriptor, std::uint32_t events, watcher* one);
  // Sends the first request, when the connection is there.
  void begin(watcher& one);
  void ask(watcher const& one);
  void receive(watcher& one);
  std::size_t take(watcher& one, std::string_view bytes) const;
  void take_answer(watcher& one, clock::time_point now);
  void take_events(watcher& one, clock::time_point now);
  void take_event(watcher& one, std::string_view event, clock::time_point now);
  void tell(watcher& one, std::uint64_t index, std::string_view state, clock::time_point now);
  [[noreturn]] void fail(std::string const& attempt) const;

  measurement& work_;
  deliveries& told_;
  int epoll_;
  // Readable when the thread is to stop.
  int stop_;
  std::vector<watcher> all_;
  // How many have begun to connect, and how many know the state of their topic.
  std::size_t opened_ = 0;
  std::size_t knowing_ = 0;
  counts counts_;
  std::mutex mutex_;
  std::thread thread_;
};

}  // namespace bench
