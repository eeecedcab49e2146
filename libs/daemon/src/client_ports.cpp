// SPDX-License-Identifier: MIT
#include "client_ports.hpp"

#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/connection.hpp>

#include "failures.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using net::client_kind;

[[noreturn]] void fail_to_listen(std::string const& where, std::string const& reason) {
  throw std::runtime_error{"listen (" + where + ") failed - " + reason};
}

net::listener adopt(asio::any_io_executor const& executor, net::passed_descriptor passed) {
  try {
    return {executor, passed};
  } catch (boost::system::system_error const& error) {
    fail_to_listen("descriptor " + std::to_string(passed.number),
                   error.code().message() + "; it must be a TCP socket that listens");
  }
}

// Adds the sockets of the service manager that the server before has not passed on.
std::vector<saved_listener> all_passed(std::vector<saved_listener> before,
                                       supervision const& given) {
  auto const add = [&](std::string const& flag, int descriptor) {
    bool const is_there =
        std::ranges::find(before, descriptor, &saved_listener::descriptor) != before.end();
    if (descriptor >= 0 && !is_there) {
      before.push_back({flag, {}, descriptor, true});
    }
  };
  add("-tcp-address", given.tcp_listener);
  add("-http-address", given.http_listener);
  return before;
}

constexpr std::string_view name_of(client_kind kind, bool over_tls) noexcept {
  if (kind == client_kind::tcp) {
    return over_tls ? "TCP (TLS)" : "TCP";
  }
  return over_tls ? "HTTPS" : "HTTP";
}

}  // namespace

net::listener listen(asio::any_io_executor const& executor, std::string_view flag,
                     std::string const& address, std::vector<saved_listener>& before) {
  auto const found =
      std::ranges::find_if(before, [&](auto const& each) { return each.serves(flag, address); });
  if (found != before.end()) {
    return adopt(executor, {std::exchange(found->descriptor, -1), found->is_shared});
  }
  auto const told = [&](std::string const& reason) {
    return reason + " (" + std::string{flag} + ')';
  };
  auto const parsed = config::parse_address(address);
  if (!parsed) {
    fail_to_listen(address, told(parsed.error().reason));
  }
  try {
    return {executor, parsed->host, parsed->port};
  } catch (boost::system::system_error const& error) {
    fail_to_listen(address, told(error.code().message()));
  }
}

client_ports::client_ports(asio::io_context& io, asio::any_io_executor const& control,
                           connection_shares& shares, config::options const& settings,
                           supervision const& given, std::vector<saved_listener> before,
                           service to_clients)
    : io_{io}, shares_{shares}, to_clients_{std::move(to_clients)} {
  auto passed = all_passed(std::move(before), given);
  auto const open_port = [&](client_kind kind, bool over_tls, std::string_view flag,
                             std::string const& address) {
    bool const is_wanted = !over_tls || !address.empty();
    return is_wanted ? open(kind, over_tls, flag, address, listen(control, flag, address, passed))
                     : std::uint16_t{0};
  };
  numbers_.tcp = open_port(client_kind::tcp, false, "-tcp-address", settings.tcp_address);
  numbers_.tcp_tls =
      open_port(client_kind::tcp, true, "-tcp-tls-address", settings.tcp_tls_address);
  numbers_.http = open_port(client_kind::http, false, "-http-address", settings.http_address);
  numbers_.https = open_port(client_kind::http, true, "-https-address", settings.https_address);
  for (auto const& each : passed) {
    if (each.descriptor >= 0) {
      ::close(each.descriptor);
    }
  }
}

std::uint16_t client_ports::open(client_kind kind, bool over_tls, std::string_view flag,
                                 std::string const& address, net::listener listener) {
  auto const start = [this, kind, over_tls](net::accepted_client accepted) {
    if (over_tls) {
      accepted.tls = to_clients_.new_stream(accepted.socket.native_handle());
    }
    start_session(kind, std::move(accepted));
  };
  net::client_intake intake{std::string{name_of(kind, over_tls)},
                            [this, kind] { return shares_.has_space(kind); }, io_.get_executor(),
                            start};
  ports_.push_back({std::move(listener), std::move(intake), flag, address});
  return ports_.back().listener.local_endpoint().port();
}

std::vector<saved_listener> client_ports::save() {
  std::vector<saved_listener> all;
  for (auto& each : ports_) {
    auto const [descriptor, is_shared] = each.listener.descriptor();
    all.push_back({std::string{each.flag}, each.address, descriptor, is_shared});
  }
  return all;
}

void client_ports::resume(net::saved_client before) {
  ::fcntl(before.descriptor, F_SETFD, FD_CLOEXEC);
  net::session_socket socket{io_.get_executor()};
  // IPv4 or IPv6: that matters only where an address is asked for.
  socket.assign(boost::asio::ip::tcp::v6(), before.descriptor);
  auto const kind = before.kind;
  start_session(kind, {.socket = std::move(socket),
                       .peer = {},
                       .before = std::make_unique<net::saved_client>(std::move(before))});
}

void client_ports::start_session(client_kind kind, net::accepted_client accepted) {
  bool const is_tcp = kind == client_kind::tcp;
  auto const executor = accepted.socket.get_executor();
  auto running = (is_tcp ? to_clients_.tcp : to_clients_.http)(std::move(accepted));
  shares_.begin(kind);
  asio::co_spawn(
      executor, std::move(running),
      [&shares = shares_, kind, log = logging_failures(is_tcp ? "TCP session" : "HTTP session")](
          std::exception_ptr const& failure) {
        shares.end(kind);
        log(failure);
      });
}

void client_ports::log_addresses() const {
  for (auto const& each : ports_) {
    log::line(log::level::info, each.intake.name, ": listening on ",
              net::to_string(each.listener.local_endpoint()));
  }
}

void client_ports::accept(lasting_loops& loops) {
  for (auto& each : ports_) {
    loops.run("accepting clients", [&each] { return each.listener.accept_loop(each.intake); });
  }
}

void client_ports::close() {
  for (auto& each : ports_) {
    log::line(log::level::info, each.intake.name, ": closing ",
              net::to_string(each.listener.local_endpoint()));
    each.listener.stop(each.intake);
  }
}

}  // namespace nsqlookupd
