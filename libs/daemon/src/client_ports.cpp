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
    : io_{io}, shares_{shares}, to_clients_{std::move(to_clients)} {
  numbers_.tcp = open(client_kind::tcp, false, "TCP",
                      listen(control, settings.tcp_address, "-tcp-address", given.tcp_listener));
  if (auto const& address = settings.tcp_tls_address; !address.empty()) {
    numbers_.tcp_tls =
        open(client_kind::tcp, true, "TCP (TLS)", listen(control, address, "-tcp-tls-address"));
  }
  numbers_.http =
      open(client_kind::http, false, "HTTP",
           listen(control, settings.http_address, "-http-address", given.http_listener));
  if (auto const& address = settings.https_address; !address.empty()) {
    numbers_.https =
        open(client_kind::http, true, "HTTPS", listen(control, address, "-https-address"));
  }
}

std::uint16_t client_ports::open(client_kind kind, bool over_tls, std::string name,
                                 net::listener listener) {
  auto const start = [this, kind, over_tls](net::accepted_client accepted) {
    if (over_tls) {
      accepted.tls = to_clients_.new_stream(accepted.socket.native_handle());
    }
    start_session(kind, std::move(accepted));
  };
  net::client_intake intake{std::move(name), [this, kind] { return shares_.has_room(kind); },
                            io_.get_executor(), start};
  ports_.push_back({std::move(listener), std::move(intake)});
  return ports_.back().listener.local_endpoint().port();
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
  for (auto const& [listener, intake] : ports_) {
    log::line(log::level::info, intake.name, ": listening on ",
              net::to_string(listener.local_endpoint()));
  }
}

void client_ports::accept(lasting_loops& loops) {
  for (auto& each : ports_) {
    loops.run("accepting clients", [&each] { return each.listener.accept_loop(each.intake); });
  }
}

void client_ports::close() {
  for (auto& [listener, intake] : ports_) {
    log::line(log::level::info, intake.name, ": closing ",
              net::to_string(listener.local_endpoint()));
    listener.stop(intake);
  }
}

}  // namespace nsqlookupd
