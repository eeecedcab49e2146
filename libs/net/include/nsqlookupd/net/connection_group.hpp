// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/listener.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/saved_client.hpp>
#include <nsqlookupd/net/task.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <boost/system/error_code.hpp>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace nsqlookupd::net {

/// The waits of a connection that must not take for ever.
enum class deadline : std::uint8_t {
  /// The rest of a magic, line or body (`-handshake-timeout`).
  command,
  /// The next command of a producer (`-producer-idle-timeout`).
  producer_idle,
  /// That the peer takes a reply (`-write-timeout`): some of it in each such time, and from the
  /// second on least_write_rate.
  write,
  /// The rest of a request's head (`-http-header-timeout`).
  http_header,
  /// The rest of a request's body (`-http-body-timeout`).
  http_body,
  /// The next request of a connection that is kept alive (`-http-idle-timeout`).
  http_idle,
  /// That the peer closes too, after the last reply of a connection that was refused.
  linger
};
inline constexpr std::size_t deadline_count = 7;

/// Bytes a second of a reply that a peer has to take once `deadline::write` has passed.
inline constexpr std::size_t least_write_rate = std::size_t{10} << 10U;

/// How long each kind of wait may take, indexed by `deadline`; zero means for ever.
using deadline_durations = std::array<std::chrono::nanoseconds, deadline_count>;

/// The group's knowledge of a connection. Part of the connection, which joins and leaves.
struct group_member {
  using hook = boost::intrusive::list_member_hook<>;

  int descriptor = -1;
  resumable* session = nullptr;
  hook membership;
  hook waiting;
  std::chrono::steady_clock::time_point expires_at;
  /// The deadline that was started last. Written by the member's session only.
  std::optional<deadline> armed;
  /// While it waits for `deadline::write`: since when, how many bytes of the reply the system was
  /// given, and how many of those the peer had taken when it was last looked at. Bytes that it
  /// had before count as both.
  std::chrono::steady_clock::time_point reply_began;
  std::uint64_t sent = 0;
  std::uint64_t taken = 0;
  /// The deadline that passed, once the connection was cut for it. Read and written by the group
  /// only; see connection_group::expired().
  std::optional<deadline> missed;
};

class connection_group;

/// A session's wait for something else than its client's next bytes. It is over at a time, by
/// interrupt(), or when the client leaves, is cut, or is told that the server stops.
///
/// Input that comes meanwhile stays with the system. It ends the wait only when it is as much as
/// the system takes: 64 KiB, or a little more.
///
/// Lives in the coroutine that waits. Between begin_again() and the next wait(), that one may use
/// the socket as it likes.
class interruptible_wait {
 public:
  /// The purpose of a wait: for a change, or only to let time pass.
  enum class purpose : std::uint8_t { change, pause };

  /// The end of `how_long` is noticed by connection_group::sweep(), as all deadlines are.
  interruptible_wait(connection_group& group, session_socket& socket,
                     std::chrono::nanoseconds how_long, purpose why = purpose::change);
  interruptible_wait(interruptible_wait const&) = delete;
  interruptible_wait& operator=(interruptible_wait const&) = delete;
  ~interruptible_wait();

  [[nodiscard]] bool is_over() const;

  /// The reason why it is over.
  enum class reason : std::uint8_t { interrupted, time, client };
  [[nodiscard]] reason why_over() const;

  /// Begins the next wait after one that is over: by interrupt(), for the rest of its time; else
  /// for `how_long`.
  void begin_again(std::chrono::nanoseconds how_long);

  /// Waits; to be awaited until is_over(), for Asio may wake a session without a reason. The error
  /// in the tuple tells nothing. No coroutine, so that a session takes no frame for it.
  [[nodiscard]] auto wait();

  /// Ends the wait, also one that is still to begin. Any thread.
  void interrupt() noexcept;

 private:
  friend class connection_group;
  // The caller holds the group's mutex.
  void end(reason why) noexcept;

  connection_group& group_;
  session_socket& socket_;
  std::chrono::steady_clock::time_point until_;
  bool const is_pause_;
  boost::intrusive::set_member_hook<> hook_;
  std::optional<reason> over_;
  // Whether it is for this wait that the session waits for its socket.
  bool is_waiting_ = false;
};

/// Every open connection, with its deadline: who is there to be told that the server stops, and who
/// has kept it waiting too long.
///
/// A deadline is only noted when it is set, and looked at by a coarse sweep. All deadlines of one
/// kind are equally long, so they expire in the order in which they were set: the sweep looks at
/// those that did, and at the first that did not. They are measured on a running_clock, so that
/// nobody is cut for a time in which the process stood still.
///
/// The group does nothing to a connection but shutdown(2) of its socket, as any thread may:
/// its pending wait ends, and its session, which alone owns it, goes on to its end. A session that
/// waits for something else is told by its interruptible_wait.
///
/// Thread-safe.
class connection_group {
 public:
  explicit connection_group(deadline_durations const& durations) : durations_{durations} {}
  connection_group(connection_group const&) = delete;
  connection_group& operator=(connection_group const&) = delete;
  ~connection_group() = default;

  void join(group_member& member);
  /// Afterwards the group does not touch `member` any more, and its descriptor may be closed.
  void leave(group_member& member) noexcept;

  /// Starts `kind` anew for `member`, in place of what it waited for before.
  void arm(group_member& member, deadline kind);
  void disarm(group_member& member);

  /// While `member` waits for `deadline::write`: the system was given `bytes` more of the reply.
  void note_sent(group_member& member, std::size_t bytes);

  /// The deadline for which `member` was cut, if it was.
  [[nodiscard]] std::optional<deadline> expired(group_member const& member) const;

  /// Cuts the connections whose deadline has passed, and ends the waits whose time is over: `limit`
  /// (at least 1) of them at most, for each has a session that goes on then. True when more are
  /// left. `deadline::write` begins anew as long as the peer takes the reply fast enough.
  bool sweep(std::size_t limit = std::numeric_limits<std::size_t>::max());

  /// From now on, each connection reads what it was sent already and then the end of its input.
  /// Holds for those that join later, too.
  void stop_reading() { shut_down(SHUT_RD); }

  /// Cuts every connection.
  void cut() { shut_down(SHUT_RDWR); }

  /// From now on, or no more: requests and streams that wait for changes end at once, and so do
  /// pauses.
  void end_waits(bool at_once);
  [[nodiscard]] bool ends_waits() const noexcept { return ends_waits_ || stopping_; }

  /// Whether every session is idle. When nothing runs.
  [[nodiscard]] bool is_idle() const;

  /// Saves the clients that can go on in another process, and cuts the others unless `all_stay`.
  /// When nothing runs.
  [[nodiscard]] std::vector<saved_client> save(bool all_stay);

  /// `notify` is called once, by whichever thread, as soon as there is no connection any more.
  /// Replaces what was to be called before; null: nothing.
  void on_empty(std::function<void()> notify);

  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::chrono::nanoseconds duration(deadline kind) const noexcept {
    return durations_[static_cast<std::size_t>(kind)];
  }

 private:
  friend class interruptible_wait;
  struct sooner {
    bool operator()(interruptible_wait const& one, interruptible_wait const& other) const noexcept {
      return one.until_ < other.until_;
    }
  };
  using waits = boost::intrusive::multiset<
      interruptible_wait, boost::intrusive::compare<sooner>,
      boost::intrusive::member_hook<interruptible_wait, boost::intrusive::set_member_hook<>,
                                    &interruptible_wait::hook_>>;
  using members = boost::intrusive::list<
      group_member,
      boost::intrusive::member_hook<group_member, group_member::hook, &group_member::membership>>;
  using waiting_members = boost::intrusive::list<
      group_member,
      boost::intrusive::member_hook<group_member, group_member::hook, &group_member::waiting>>;

  void stop_waiting(group_member& member) noexcept;
  void shut_down(int directions);

  mutable std::mutex mutex_;
  running_clock clock_;
  members members_;
  std::array<waiting_members, deadline_count> waiting_;
  waits waits_;
  deadline_durations durations_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ends_waits_{false};
  std::function<void()> on_empty_;
};

// The mutex is held from the look whether the wait is over until it can be cancelled. Where it ends
// at once in another thread, that one takes the mutex, too, before the connection may end.
inline auto interruptible_wait::wait() {
  auto const initiation = [this](auto session) {
    std::lock_guard const lock{group_.mutex_};
    is_waiting_ = true;
    socket_.async_wait(session_socket::wait_read, std::move(session));
    if (over_) {
      end(*over_);
    }
  };
  return boost::asio::async_initiate<decltype(token), void(boost::system::error_code)>(initiation,
                                                                                       token);
}

}  // namespace nsqlookupd::net
