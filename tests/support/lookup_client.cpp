// SPDX-License-Identifier: MIT
#include "lookup_client.hpp"

#include "v1_wire.hpp"

namespace nsqlookupd::test_support {

std::string identity_of(std::string_view broadcast_address) {
  return R"({"broadcast_address":")" + std::string{broadcast_address} +
         R"(","hostname":"h1","http_port":4151,"tcp_port":4150,"version":"1.3.0"})";
}

lookup_client::lookup_client(std::uint16_t port, std::string const& host, int receive_buffer)
    : tcp_client{port, host, receive_buffer} {
  send("  V1");
}

lookup_client::lookup_client(std::uint16_t port, tls_settings const& how) : tcp_client{port} {
  start_tls(how);
  send("  V1");
}

std::string lookup_client::command(std::string_view line) {
  send(std::string{line} + '\n');
  return receive_frame();
}

std::string lookup_client::identify(std::string_view broadcast_address) {
  send(test_support::identify(identity_of(broadcast_address)));
  return receive_frame();
}

std::string lookup_client::as_producer(std::string_view broadcast_address) const {
  return R"({"remote_address":")" + name() + R"(","hostname":"h1","broadcast_address":")" +
         std::string{broadcast_address} +
         R"(","tcp_port":4150,"http_port":4151,"version":"1.3.0",)"
         R"("topology_zone":"","topology_region":""})";
}

}  // namespace nsqlookupd::test_support
