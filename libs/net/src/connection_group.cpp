// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/connection_group.hpp>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <utility>

namespace nsqlookupd::net {
namespace {

// How much of what was written the peer's system has not acknowledged.
int untaken_bytes(int descriptor) noexcept {
  int count = 0;
  return ::ioctl(descriptor, SIOCOUTQ, &count) == 0 ? count : 0;
}

// Makes the coming close() reset the connection if the peer has the last reply and goes on sending:
// with a receive buffer that is full, an orderly end would tell it neither that there is room again
// nor that nobody reads, and it would wait for as long as it has patience.
void reset_on_close(int descriptor) noexcept {
  if (untaken_bytes(descriptor) != 0) {
    return;
  }
  constexpr ::linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// The socket becomes writable only when much of its buffer is free; that may take a slow peer long.
bool has_taken_some(group_member& member) noexcept {
  auto const before = std::exchange(member.untaken, untaken_bytes(member.descriptor));
  return member.untaken < before;
}

}  // namespace

connection_group::connection_group(deadline_durations const& durations, std::size_t max_held_input)
    : durations_{durations}, max_held_input_{max_held_input} {}

void connection_group::join(group_member& member) {
  std::lock_guard const lock{mutex_};
  members_.push_back(member);
  if (stopping_) {
    ::shutdown(member.descriptor, SHUT_RD);
  }
}

void connection_group::leave(group_member& member) noexcept {
  std::function<void()> notify;
  {
    std::lock_guard const lock{mutex_};
    stop_waiting(member);
    members_.erase(members_.iterator_to(member));
    if (members_.empty()) {
      notify = std::exchange(on_empty_, nullptr);
    }
  }
  if (notify) {
    notify();
  }
}

void connection_group::stop_waiting(group_member& member) noexcept {
  if (member.waiting.is_linked()) {
    auto& list = waiting_for(member.kind);
    list.erase(list.iterator_to(member));
  }
}

void connection_group::arm(group_member& member, deadline kind) {
  if (duration(kind) == duration(kind).zero()) {
    disarm(member);
    return;
  }
  auto const expires_at = std::chrono::steady_clock::now() + duration(kind);
  std::lock_guard const lock{mutex_};
  stop_waiting(member);
  member.kind = kind;
  member.expires_at = expires_at;
  if (kind == deadline::write) {
    member.untaken = untaken_bytes(member.descriptor);
  }
  waiting_for(kind).push_back(member);
}

void connection_group::disarm(group_member& member) {
  std::lock_guard const lock{mutex_};
  stop_waiting(member);
}

std::optional<deadline> connection_group::expired(group_member const& member) const {
  std::lock_guard const lock{mutex_};
  return member.missed;
}

void connection_group::sweep() {
  auto const now = std::chrono::steady_clock::now();
  std::lock_guard const lock{mutex_};
  for (auto& list : waiting_) {
    while (!list.empty() && list.front().expires_at <= now) {
      auto& member = list.front();
      list.pop_front();
      if (member.kind == deadline::write && has_taken_some(member)) {
        member.expires_at = now + duration(member.kind);
        list.push_back(member);
        continue;
      }
      member.missed = member.kind;
      if (member.kind == deadline::linger) {
        reset_on_close(member.descriptor);
      }
      ::shutdown(member.descriptor, SHUT_RDWR);
    }
  }
}

void connection_group::stop_reading() {
  std::lock_guard const lock{mutex_};
  stopping_ = true;
  for (auto const& member : members_) {
    ::shutdown(member.descriptor, SHUT_RD);
  }
}

void connection_group::cut() {
  std::lock_guard const lock{mutex_};
  stopping_ = true;
  for (auto const& member : members_) {
    ::shutdown(member.descriptor, SHUT_RDWR);
  }
}

void connection_group::on_empty(std::function<void()> notify) {
  {
    std::lock_guard const lock{mutex_};
    if (!members_.empty() || !notify) {
      on_empty_ = std::move(notify);
      return;
    }
  }
  notify();
}

std::size_t connection_group::size() const {
  std::lock_guard const lock{mutex_};
  return members_.size();
}

bool connection_group::hold_input(std::size_t before, std::size_t after,
                                  bool is_producer) noexcept {
  if (after <= before) {
    held_input_ -= before - after;
    return true;
  }
  auto const more = after - before;
  if (held_input_.fetch_add(more) + more > max_held_input_ && !is_producer) {
    held_input_ -= more;
    return false;
  }
  return true;
}

}  // namespace nsqlookupd::net
