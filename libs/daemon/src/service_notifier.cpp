// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/service_notifier.hpp>
#include <nsqlookupd/log/log.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace nsqlookupd {
namespace {

void warn(std::string const& address, std::string_view what, int error) {
  log::line(log::level::warning, "cannot tell the service manager at ", address, " ", what, " - ",
            std::generic_category().message(error));
}

bool is_momentary(int error) {
  return error == EAGAIN || error == ENOBUFS || error == ENOMEM || error == EINTR;
}

}  // namespace

service_notifier::service_notifier(supervision const& given)
    : address_{given.notify_socket}, period_{given.watchdog_timeout / 2} {
  if (address_.empty()) {
    return;
  }
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) {
    warn(address_, "anything", errno);
  }
}

service_notifier::~service_notifier() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

void service_notifier::ready() {
  insist("READY=1");
}

void service_notifier::stopping() {
  insist("STOPPING=1");
}

bool service_notifier::sweep(time_point now) {
  send_undelivered();
  if (socket_ < 0 || period_.count() == 0 || now < next_alive_) {
    return false;
  }
  next_alive_ = now + period_;
  return true;
}

// One that is lost is made up for by the next.
void service_notifier::alive() {
  static_cast<void>(send("WATCHDOG=1"));
}

void service_notifier::insist(std::string_view notice) {
  undelivered_ = notice;
  send_undelivered();
}

void service_notifier::send_undelivered() {
  if (undelivered_.empty()) {
    return;
  }
  auto const error = send(undelivered_);
  if (is_momentary(error)) {
    return;
  }
  if (error != 0) {
    warn(address_, undelivered_, error);
  }
  undelivered_ = {};
}

int service_notifier::send(std::string_view notice) const {
  if (socket_ < 0) {
    return 0;
  }
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (address_.size() >= sizeof to.sun_path) {
    return ENAMETOOLONG;
  }
  std::ranges::copy(address_, to.sun_path);
  if (address_.front() == '@') {
    to.sun_path[0] = '\0';
  }
  auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  auto const sent = ::sendto(socket_, notice.data(), notice.size(), MSG_NOSIGNAL,
                             reinterpret_cast<sockaddr const*>(&to), size);
  return sent < 0 ? errno : 0;
}

}  // namespace nsqlookupd
