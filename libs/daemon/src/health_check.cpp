// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/daemon/health_check.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace nsqlookupd {
namespace {

using boost::asio::ip::tcp;

// By number: a container may have no /etc/hosts that says what localhost is.
void connect_to_loopback(tcp::iostream& server, std::uint16_t port) {
  server.connect(tcp::endpoint{boost::asio::ip::address_v4::loopback(), port});
  if (server.error()) {
    server.clear();
    server.connect(tcp::endpoint{boost::asio::ip::address_v6::loopback(), port});
  }
}

}  // namespace

std::string check_health(std::string const& http_address, std::string const& path) {
  auto const fail = [&](std::string const& why) {
    return "healthcheck of http://" + http_address + path + " failed - " + why;
  };
  auto const place = config::parse_address(http_address);
  if (!place) {
    return fail(place.error().reason);
  }
  constexpr std::chrono::seconds patience{2};
  tcp::iostream server;
  server.expires_after(patience);
  if (place->host.empty() || place->host == "0.0.0.0" || place->host == "::") {
    connect_to_loopback(server, place->port);
  } else {
    server.connect(place->host, std::to_string(place->port));
  }
  server << "GET " << path << " HTTP/1.0\r\n\r\n" << std::flush;
  std::string status;
  if (!std::getline(server, status)) {
    return fail(server.error() ? server.error().message() : "no answer");
  }
  if (status.ends_with('\r')) {
    status.pop_back();
  }
  return status == "HTTP/1.0 200 OK" ? "" : fail("it answers " + status);
}

}  // namespace nsqlookupd
