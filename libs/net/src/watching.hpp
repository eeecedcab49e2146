// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http_api/watchers.hpp>
#include <nsqlookupd/net/connection.hpp>
#include <nsqlookupd/net/http_session.hpp>
#include <nsqlookupd/net/task.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
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
      : service_{service}, client_{client}, wait_{client.wait_at_most(at_most)} {}
  ~watching() override {
    service_.watchers.remove(*this);
    static_cast<void>(hold(0));
  }
  watching(watching const&) = delete;
  watching& operator=(watching const&) = delete;

  /// Accounts for `bytes` of the request that waits. False when the server holds too much already.
  [[nodiscard]] bool hold(std::size_t bytes) noexcept {
    return service_.memory.resize(client_memory::use::input, bytes_, bytes, false);
  }

  void wake(registry::time_point when) noexcept override;

  /// False while a change may send in the session's place, from its own thread: then nothing of the
  /// client is to be used.
  [[nodiscard]] bool session_sends() const noexcept { return sender_ == sender::session; }

  /// False while the session has something to send.
  [[nodiscard]] bool must_wait() const noexcept { return events_ == nullptr || !session_sends(); }

  /// Waits; to be awaited until end_wait(). No coroutine, so that a session takes no frame for it.
  [[nodiscard]] auto wait() { return wait_.wait(); }

  /// True when the wait is over, and ends it.
  [[nodiscard]] bool end_wait();

  /// After a wait: true when something may have changed, false when its time has passed, the client
  /// has left or the server stops.
  [[nodiscard]] bool may_have_changed() const noexcept {
    return why_over_ == interruptible_wait::reason::interrupted && !must_end();
  }

  /// How long the last change took to come here; to be called when that is about to be sent.
  void note_delay();

  /// In place of an answer: events, from now on.
  void begin_events(std::unique_ptr<http::event_stream> events, bool chunked) noexcept;
  [[nodiscard]] bool has_events() const noexcept { return events_ != nullptr; }

  /// Sends events that are due; false when the stream has ended. To be called when the client has
  /// taken what is unsent.
  task<bool> stream_some();

 private:
  // The one that sends. While the session waits, its events are sent from where the change is
  // made: to resume thousands of sessions would take as long as to send to them.
  enum class sender : std::uint8_t { session, change, nobody };

  [[nodiscard]] bool must_end() const noexcept {
    return service_.draining || service_.connections.ends_waits();
  }
  http::event_stream::state send_due();
  void append(std::string& out, std::string_view events) const;
  void end_stream();

  http_service const& service_;
  connection& client_;
  interruptible_wait wait_;
  std::unique_ptr<http::event_stream> events_;
  bool is_chunked_ = false;
  std::atomic<sender> sender_{sender::session};
  interruptible_wait::reason why_over_ = interruptible_wait::reason::interrupted;
  // Those that are accounted for.
  std::size_t bytes_ = 0;
  // When the change was made that has woken it; 0 when none has.
  std::atomic<std::int64_t> changed_at_{0};
};

}  // namespace nsqlookupd::net
