// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/address.hpp>
#include <nsqlookupd/daemon/health_check.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>

namespace nsqlookupd {

std::string check_health(std::string const& http_address, std::string const& path) {
  auto const fail = [&](std::string const& why) {
    return "healthcheck of http://" + http_address + path + " failed - " + why;
  };
  auto const place = config::parse_address(http_address);
  if (!place) {
    return fail(place.error().reason);
  }
  constexpr std::chrono::seconds patience{2};
  boost::asio::ip::tcp::iostream server;
  server.expires_after(patience);
  bool const is_any = place->host.empty() || place->host == "0.0.0.0" || place->host == "::";
  server.connect(is_any ? "localhost" : place->host, std::to_string(place->port));
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
