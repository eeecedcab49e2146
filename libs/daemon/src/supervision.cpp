// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/supervision.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/text/number.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace nsqlookupd {
namespace {

// Behind standard input, output and error.
constexpr int first_passed_descriptor = 3;

std::optional<std::int64_t> number_in(config::environment const& variable,
                                      std::string const& name) {
  auto const text = variable(name);
  if (!text) {
    return std::nullopt;
  }
  auto const number = text::parse_number<std::int64_t>(*text);
  if (!number || *number < 0) {
    throw std::runtime_error{"environment variable " + name + '=' + *text +
                             " must be a number of 0 or more"};
  }
  return number;
}

bool is_meant_for(config::environment const& variable, std::string const& name, pid_t self) {
  return number_in(variable, name).value_or(self) == self;
}

std::chrono::microseconds watchdog_timeout(config::environment const& variable, pid_t self) {
  auto const microseconds = number_in(variable, "WATCHDOG_USEC");
  if (!microseconds || !is_meant_for(variable, "WATCHDOG_PID", self)) {
    return {};
  }
  return std::chrono::microseconds{*microseconds};
}

int& listener_named(std::string_view name, int descriptor, supervision& given) {
  auto const refuse = [&](std::string const& why) {
    throw std::runtime_error{"socket activation: descriptor " + std::to_string(descriptor) +
                             " is named '" + std::string{name} + "', " + why};
  };
  if (name != "tcp" && name != "http") {
    refuse("but must be named tcp or http (FileDescriptorName= in the socket unit)");
  }
  int& listener = name == "tcp" ? given.tcp_listener : given.http_listener;
  if (listener >= 0) {
    refuse("as another one is; [::] listens on IPv4 and IPv6");
  }
  return listener;
}

void take_listeners(config::environment const& variable, supervision& given) {
  auto const count = number_in(variable, "LISTEN_FDS").value_or(0);
  std::istringstream names{variable("LISTEN_FDNAMES").value_or("")};
  for (std::int64_t index = 0; index < count; ++index) {
    auto const descriptor = static_cast<int>(first_passed_descriptor + index);
    std::string name;
    std::getline(names, name, ':');
    listener_named(name, descriptor, given) = descriptor;
  }
}

void warn(std::string const& address, std::string_view notice, int error) {
  log::line(log::level::warning, "cannot tell the service manager at ", address, " ", notice, " - ",
            std::generic_category().message(error));
}

bool is_momentary(int error) {
  return error == EAGAIN || error == ENOBUFS || error == ENOMEM || error == EINTR;
}

}  // namespace

supervision read_supervision(config::environment const& variable, pid_t self) {
  supervision given;
  given.notify_socket = variable("NOTIFY_SOCKET").value_or("");
  given.watchdog_timeout = watchdog_timeout(variable, self);
  // Unlike the watchdog's, this one must be there: sockets are never for whoever finds them.
  if (number_in(variable, "LISTEN_PID") == self) {
    take_listeners(variable, given);
  }
  return given;
}

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

bool service_notifier::sweep(time_point now) {
  send_undelivered();
  if (socket_ < 0 || period_.count() == 0 || now < next_alive_) {
    return false;
  }
  next_alive_ = now + period_;
  return true;
}

void service_notifier::reloading(time_point now) {
  auto const since_boot =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  insist("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()));
}

void service_notifier::insist(std::string notice) {
  undelivered_ = std::move(notice);
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
  undelivered_.clear();
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
