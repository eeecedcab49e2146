// SPDX-License-Identifier: MIT
#include <nsqlookupd/daemon/handover.hpp>
#include <nsqlookupd/store/file.hpp>

#include "client_ports.hpp"
#include "handover_state.hpp"
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <exception>
#include <string>

namespace nsqlookupd {
namespace {

// An address that is new must be free; the others are those of sockets that listen already.
void check_address(std::string_view flag, std::string const& address,
                   std::vector<saved_listener> const& before) {
  if (std::ranges::none_of(before, [&](auto const& each) { return each.serves(flag, address); })) {
    boost::asio::io_context io{1};
    std::vector<saved_listener> none;
    static_cast<void>(listen(io.get_executor(), flag, address, none));
  }
}

}  // namespace

std::vector<std::string> check_handover(config::options const& settings, int descriptor) {
  std::vector<std::string> faults;
  try {
    auto state = read_handover(descriptor);
    registry::registration_db db;
    static_cast<void>(resume(db, state, registry::time_point::max()));
    check_address("-tcp-address", settings.tcp_address, state.listeners);
    check_address("-http-address", settings.http_address, state.listeners);
    if (!settings.tcp_tls_address.empty()) {
      check_address("-tcp-tls-address", settings.tcp_tls_address, state.listeners);
    }
    if (!settings.https_address.empty()) {
      check_address("-https-address", settings.https_address, state.listeners);
    }
    if (!settings.data_path.empty() && settings.data_path != state.data_path) {
      store::file const unused{settings.data_path};
    }
  } catch (std::exception const& error) {
    faults.emplace_back(error.what());
  }
  return faults;
}

}  // namespace nsqlookupd
