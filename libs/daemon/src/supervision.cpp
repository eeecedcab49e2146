// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/supervision.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

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
  std::int64_t number = 0;
  auto const* const end = text->data() + text->size();
  auto const [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc{} || stop != end || number < 0) {
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

std::string_view take_name(std::string_view& names) {
  auto const end = names.find(':');
  auto const name = names.substr(0, end);
  names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
  return name;
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
  auto const text = variable("LISTEN_FDNAMES").value_or("");
  std::string_view names = text;
  for (std::int64_t index = 0; index < count; ++index) {
    auto const descriptor = static_cast<int>(first_passed_descriptor + index);
    listener_named(take_name(names), descriptor, given) = descriptor;
  }
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

}  // namespace nsqlookupd
