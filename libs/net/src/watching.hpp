// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http_api/watchers.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/http_session.hpp>
#include <nsqlookupd/net/task.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace nsqlookupd::net {

/// A comment goes out once in so long: a client, and what stands between, is to see that a stream
/// is alive.
inline constexpr std::chrono::seconds comment_period{15};

/// The client of an HTTP session while it waits for changes: for one answer, or for one event after
/// the other. Lives as long as it waits.
class watching final : public http_api::watcher {
 public:
  /// `service` and `client` outlive it.
  watching(http_service const& service, connection& client, std::chrono::nanoseconds at_most)
      : service_{service}, wait_{client.wait_at_most(at_most)} {}
  ~watching() override { service_.watchers.remove(*this); }
  watching(watching const&) = delete;
  watching& operator=(watching const&) = delete;

  void wake(registry::time_point when) noexcept override;

  /// Waits until something may have changed; false when the wait is over for good: its time has
  /// passed, the client has left or the server stops.
  task<bool> wait_for_change();

  /// How long the last change took to come here; to be called when that is about to be sent.
  void note_delay();

  /// In place of an answer: events, from now on.
  void begin_events(std::unique_ptr<http::event_stream> events, bool chunked) noexcept;
  [[nodiscard]] bool has_events() const noexcept { return events_ != nullptr; }

  /// Sends what is due, or waits for it. False when the stream has ended. To be called when the
  /// client has taken what is unsent.
  task<bool> stream_some(connection& client);

 private:
  struct written {
    http::event_stream::state state;
    std::string text;
    http::body large;
  };

  [[nodiscard]] bool must_end() const noexcept {
    return service_.draining || service_.connections.stopping();
  }
  [[nodiscard]] written write_due();
  void append(std::string& out, std::string_view events) const;
  void end_stream(connection& client);

  http_service const& service_;
  interruptible_wait wait_;
  std::unique_ptr<http::event_stream> events_;
  bool is_chunked_ = false;
  // When the change was made that has woken it; 0 when none has.
  std::atomic<std::int64_t> changed_at_{0};
};

}  // namespace nsqlookupd::net
