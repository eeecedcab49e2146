// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/connection_group.hpp>

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
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

// Asks the system, for a socket becomes writable only when much of its buffer is free, and that may
// take a slow peer long.
std::uint64_t taken_bytes(group_member const& member) noexcept {
  return member.sent -
         std::min(member.sent, static_cast<std::uint64_t>(untaken_bytes(member.descriptor)));
}

// `late`: how long ago a reply should have been taken that needs no time.
bool takes_enough(group_member& member, std::chrono::nanoseconds late) noexcept {
  using seconds = std::chrono::duration<double>;
  auto const before = std::exchange(member.taken, taken_bytes(member));
  auto const wanted = seconds{late}.count() * static_cast<double>(least_write_rate);
  return member.taken > before && static_cast<double>(member.taken) >= wanted;
}

constexpr int most_unread = 64 << 10;

void end_wait_at(session_socket& socket, int unread_bytes) noexcept {
  boost::system::error_code ignored;
  socket.set_option(session_socket::receive_low_watermark{unread_bytes}, ignored);
}

}  // namespace

interruptible_wait::interruptible_wait(connection_group& group, session_socket& socket,
                                       std::chrono::nanoseconds how_long, purpose why)
    : group_{group},
      socket_{socket},
      until_{group.clock_.now() + how_long},
      is_pause_{why == purpose::pause} {
  end_wait_at(socket_, most_unread);
  std::lock_guard const lock{group_.mutex_};
  group_.waits_.insert(*this);
}

interruptible_wait::~interruptible_wait() {
  end_wait_at(socket_, 1);
  std::lock_guard const lock{group_.mutex_};
  if (hook_.is_linked()) {
    group_.waits_.erase(group_.waits_.iterator_to(*this));
  }
}

// Looks at the socket as well: Asio may report an event of the time before the wait.
bool interruptible_wait::is_over() const {
  pollfd state{.fd = socket_.native_handle(), .events = POLLIN, .revents = 0};
  std::lock_guard const lock{group_.mutex_};
  return over_ || ::poll(&state, 1, 0) != 0;
}

interruptible_wait::reason interruptible_wait::why_over() const {
  std::lock_guard const lock{group_.mutex_};
  return over_.value_or(reason::client);
}

void interruptible_wait::begin_again(std::chrono::nanoseconds how_long) {
  std::lock_guard const lock{group_.mutex_};
  if (over_ == reason::time) {
    until_ = group_.clock_.now() + how_long;
    group_.waits_.insert(*this);
  }
  over_.reset();
  is_waiting_ = false;
}

void interruptible_wait::interrupt() noexcept {
  std::lock_guard const lock{group_.mutex_};
  end(over_.value_or(reason::interrupted));
}

void interruptible_wait::end(reason why) noexcept {
  over_ = why;
  if (is_waiting_) {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }
}

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
    auto& list = waiting_[static_cast<std::size_t>(*member.armed)];
    list.erase(list.iterator_to(member));
  }
  member.armed.reset();
}

void connection_group::arm(group_member& member, deadline kind) {
  std::lock_guard const lock{mutex_};
  stop_waiting(member);
  member.armed = kind;
  if (duration(kind).count() == 0) {
    return;
  }
  auto const now = clock_.now();
  member.expires_at = now + duration(kind);
  if (kind == deadline::write) {
    member.reply_began = now;
    member.sent = static_cast<std::uint64_t>(untaken_bytes(member.descriptor));
    member.taken = 0;
  }
  waiting_[static_cast<std::size_t>(kind)].push_back(member);
}

void connection_group::disarm(group_member& member) {
  std::lock_guard const lock{mutex_};
  stop_waiting(member);
}

void connection_group::note_sent(group_member& member, std::size_t bytes) {
  std::lock_guard const lock{mutex_};
  member.sent += bytes;
}

std::optional<deadline> connection_group::expired(group_member const& member) const {
  std::lock_guard const lock{mutex_};
  return member.missed;
}

bool connection_group::sweep(std::size_t limit) {
  auto const now = clock_.now();
  std::lock_guard const lock{mutex_};
  for (; !waits_.empty() && waits_.begin()->until_ <= now; --limit) {
    if (limit == 0) {
      return true;
    }
    waits_.begin()->end(interruptible_wait::reason::time);
    waits_.erase(waits_.begin());
  }
  for (auto& list : waiting_) {
    for (; !list.empty() && list.front().expires_at <= now; --limit) {
      if (limit == 0) {
        return true;
      }
      auto& member = list.front();
      list.pop_front();
      auto const allowed = duration(*member.armed);
      if (member.armed == deadline::write &&
          takes_enough(member, now - member.reply_began - allowed)) {
        member.expires_at = now + allowed;
        list.push_back(member);
        continue;
      }
      member.missed = member.armed;
      if (member.armed == deadline::linger) {
        reset_on_close(member.descriptor);
      }
      ::shutdown(member.descriptor, SHUT_RDWR);
    }
  }
  return false;
}

void connection_group::shut_down(int directions) {
  std::lock_guard const lock{mutex_};
  stopping_ = true;
  for (auto const& member : members_) {
    ::shutdown(member.descriptor, directions);
  }
}

void connection_group::end_waits(bool at_once) {
  std::lock_guard const lock{mutex_};
  ends_waits_ = at_once;
  for (auto& each : waits_) {
    if (each.is_pause_) {
      each.end(interruptible_wait::reason::time);
    }
  }
}

bool connection_group::is_idle() const {
  std::lock_guard const lock{mutex_};
  return std::ranges::all_of(members_,
                             [](auto const& member) { return member.session->is_idle(); });
}

std::vector<saved_client> connection_group::save(bool all_stay) {
  std::lock_guard const lock{mutex_};
  std::vector<saved_client> all;
  all.reserve(members_.size());
  for (auto const& member : members_) {
    if (auto saved = member.session->save()) {
      all.push_back(*std::move(saved));
    } else if (!all_stay) {
      member.session->end_tls();
      ::shutdown(member.descriptor, SHUT_RDWR);
    }
  }
  return all;
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

}  // namespace nsqlookupd::net
