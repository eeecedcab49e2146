// SPDX-License-Identifier: MIT
#include "client_ports.hpp"

#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/connection.hpp>

#include "failures.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>

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

net::listener adopt(asio::any_io_executor const& executor, int descriptor) {
  try {
    return {executor, net::passed_descriptor{descriptor}};
  } catch (boost::system::system_error const& error) {
    fail_to_listen("descriptor " + std::to_string(descriptor),
                   error.code().message() + "; it must be a TCP socket that listens");
  }
}

// `flag`: the one that names the address. `passed`: the descriptor of a socket that listens
// already; -1: there is none.
net::listener listen(asio::any_io_executor const& executor, std::string const& address,
                     std::string_view flag, int passed = -1) {
  if (passed >= 0) {
    return adopt(executor, passed);
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

}  // namespace

client_ports::client_ports(asio::io_context& io, asio::any_io_executor const& control,
                           connection_shares& shares, config::options const& settings,
                           supervision const& given, service to_clients)
    : io_{io},
      control_{control},
      shares_{shares},
      to_clients_{std::move(to_clients)},
      tcp_{listen(control, settings.tcp_address, "-tcp-address", given.tcp_listener),
           intake(client_kind::tcp)},
      http_{listen(control, settings.http_address, "-http-address", given.http_listener),
            intake(client_kind::http)},
      tcp_tls_{open_over_tls(client_kind::tcp, settings.tcp_tls_address)},
      https_{open_over_tls(client_kind::http, settings.https_address)} {}

net::client_intake client_ports::intake(client_kind kind) {
  return {
      kind == client_kind::tcp ? "TCP" : "HTTP", [this, kind] { return shares_.has_room(kind); },
      io_.get_executor(),
      [this, kind](net::accepted_client accepted) { start_session(kind, std::move(accepted)); }};
}

std::optional<client_ports::port> client_ports::open_over_tls(client_kind kind,
                                                              std::string const& address) {
  if (address.empty()) {
    return std::nullopt;
  }
  auto taken_in = intake(kind);
  taken_in.name = kind == client_kind::tcp ? "TCP (TLS)" : "HTTPS";
  taken_in.start_session = [this, kind](net::accepted_client accepted) {
    accepted.tls = to_clients_.new_stream(accepted.socket.native_handle());
    start_session(kind, std::move(accepted));
  };
  auto const* const flag = kind == client_kind::tcp ? "-tcp-tls-address" : "-https-address";
  return port{listen(control_, address, flag), std::move(taken_in)};
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

std::vector<client_ports::port*> client_ports::all() {
  std::vector<port*> ports{&tcp_};
  if (tcp_tls_) {
    ports.push_back(&*tcp_tls_);
  }
  ports.push_back(&http_);
  if (https_) {
    ports.push_back(&*https_);
  }
  return ports;
}

void client_ports::log_addresses() {
  for (auto const* const each : all()) {
    log::line(log::level::info, each->intake.name, ": listening on ",
              net::to_string(each->listener.local_endpoint()));
  }
}

void client_ports::accept(lasting_loops& loops) {
  for (auto* const each : all()) {
    loops.run("accepting clients", [each] { return each->listener.accept_loop(each->intake); });
  }
}

void client_ports::close() {
  for (auto* const each : all()) {
    log::line(log::level::info, each->intake.name, ": closing ",
              net::to_string(each->listener.local_endpoint()));
    each->listener.stop(each->intake);
  }
}

}  // namespace nsqlookupd
