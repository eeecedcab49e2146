// SPDX-License-Identifier: MIT
#pragma once

#include <boost/intrusive/list.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

namespace nsqlookupd::net {

/// What a connection may be waiting for that must not take for ever.
enum class deadline : std::uint8_t {
  /// The rest of a magic, line or body (`--handshake-timeout`).
  command,
  /// The next command of a producer (`--producer-idle-timeout`).
  producer_idle,
  /// That the peer takes the next bytes of a reply (`--write-timeout`).
  write,
  /// The rest of a request's head (`--http-header-timeout`).
  http_header,
  /// The rest of a request's body (`--http-body-timeout`).
  http_body,
  /// The next request of a connection that is kept alive (`--http-idle-timeout`).
  http_idle,
  /// That the peer closes too, after the last reply of a connection that was refused.
  linger
};
inline constexpr std::size_t deadline_count = 7;

/// How long each kind of wait may take, indexed by `deadline`; zero means for ever.
using deadline_durations = std::array<std::chrono::nanoseconds, deadline_count>;

/// What the group knows of a connection. Part of the connection, which joins and leaves.
struct group_member {
  using hook = boost::intrusive::list_member_hook<>;

  int descriptor = -1;
  hook membership;
  hook waiting;
  std::chrono::steady_clock::time_point expires_at;
  deadline kind{};
  /// While it waits for `deadline::write`: bytes of the reply that the peer has not taken yet.
  int untaken = 0;
  /// The deadline that passed, once the connection was cut for it. Read and written by the group
  /// only; see connection_group::expired().
  std::optional<deadline> missed;
};

/// Every open connection, with its deadline: who is there to be told that the server stops, and who
/// has kept it waiting too long.
///
/// A deadline is only noted when it is set, and looked at by a coarse sweep. All deadlines of one
/// kind are equally long, so they expire in the order in which they were set: the sweep looks at
/// those that did, and at the first that did not.
///
/// What is done to a connection from here is shutdown(2) of its socket, which any thread may call:
/// its pending wait ends, and its session, which alone owns it, goes on to its end.
///
/// Thread-safe.
class connection_group {
 public:
  /// `max_held_input`: bytes of unfinished commands that all connections together may hold.
  connection_group(deadline_durations const& durations, std::size_t max_held_input);
  connection_group(connection_group const&) = delete;
  connection_group& operator=(connection_group const&) = delete;
  ~connection_group() = default;

  void join(group_member& member);
  /// Afterwards the group does not touch `member` any more, and its descriptor may be closed.
  void leave(group_member& member) noexcept;

  /// Starts `kind` anew for `member`, in place of what it waited for before.
  void arm(group_member& member, deadline kind);
  void disarm(group_member& member);

  /// The deadline for which `member` was cut, if it was.
  [[nodiscard]] std::optional<deadline> expired(group_member const& member) const;

  /// Cuts the connections whose deadline has passed. `deadline::write` begins anew while the peer
  /// takes anything at all.
  void sweep();

  /// From now on, each connection reads what it was sent already and then the end of its input.
  /// Holds for those that join later, too.
  void stop_reading();

  /// Cuts every connection.
  void cut();

  /// `notify` is called once, by whichever thread, as soon as there is no connection any more.
  /// Replaces what was to be called before; null: nothing.
  void on_empty(std::function<void()> notify);

  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::chrono::nanoseconds duration(deadline kind) const noexcept {
    return durations_[static_cast<std::size_t>(kind)];
  }

  /// Accounts for a connection's held input going from `before` to `after` bytes. False, and
  /// nothing changes, when that would be more than all may hold; a producer's input is held
  /// regardless.
  [[nodiscard]] bool hold_input(std::size_t before, std::size_t after, bool is_producer) noexcept;

  /// Bytes of unfinished commands and requests that all connections hold at this moment.
  [[nodiscard]] std::size_t held_input() const noexcept { return held_input_; }

 private:
  using members = boost::intrusive::list<
      group_member,
      boost::intrusive::member_hook<group_member, group_member::hook, &group_member::membership>>;
  using waiting_members = boost::intrusive::list<
      group_member,
      boost::intrusive::member_hook<group_member, group_member::hook, &group_member::waiting>>;

  [[nodiscard]] waiting_members& waiting_for(deadline kind) noexcept {
    return waiting_[static_cast<std::size_t>(kind)];
  }
  void stop_waiting(group_member& member) noexcept;

  mutable std::mutex mutex_;
  members members_;
  std::array<waiting_members, deadline_count> waiting_;
  deadline_durations durations_;
  std::size_t max_held_input_;
  std::atomic<std::size_t> held_input_{0};
  std::atomic<bool> stopping_{false};
  std::function<void()> on_empty_;
};

}  // namespace nsqlookupd::net
