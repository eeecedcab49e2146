// SPDX-License-Identifier: MIT
//
// Clients that send nothing, or a byte now and then, on either port; producers that fall silent.
#include "besieged_server.hpp"
#include "eventually.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;
using test_support::lookup_client;
using test_support::tcp_client;

constexpr int each = 50;

// One byte more. False when the server has ended the connection.
bool drip(tcp_client const& client) {
  if (client.is_readable()) {
    return false;
  }
  try {
    client.send("x");
  } catch (std::system_error const&) {
    return false;
  }
  return true;
}

TEST(fault, slow_clients_are_cut_at_their_deadline) {
  besieged_server besieged{{.flags = {"-handshake-timeout=300ms", "-http-header-timeout=300ms",
                                      "-http-body-timeout=300ms", "-http-idle-timeout=300ms"}}};
  std::string_view const half_body{"  V1IDENTIFY\n\x00\x10\x00\x00{", 18};
  std::vector<tcp_client> clients;
  for (int count = 0; count < each; ++count) {
    for (auto const begin : {std::string_view{}, std::string_view{" "}, std::string_view{"  V1"},
                             std::string_view{"  V1REGIS"}, half_body}) {
      clients.emplace_back(besieged.tcp_port());
      clients.back().send(begin);
    }
    for (auto const begin :
         {"", "GET /ping HTTP/1.1\r\nHost: h\r\nA: ",
          "POST /topic/create?topic=t HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n"}) {
      clients.emplace_back(besieged.http_port());
      clients.back().send(begin);
    }
  }
  besieged.expect_service();
  // Every second one is not silent, but slow.
  EXPECT_TRUE(eventually([&] {
    int alive = 0;
    for (std::size_t number = 0; number < clients.size(); ++number) {
      auto const& client = clients[number];
      alive += static_cast<int>(number % 2 == 0 ? drip(client) : !client.is_readable());
    }
    return alive == 0;
  }));
  EXPECT_TRUE(besieged.log().wait_for("no whole command within -handshake-timeout=300ms"));
  clients.clear();
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 8 * each * 6 + 20});
  besieged.expect_good_end();
}

TEST(fault, silent_producers_are_unregistered_where_that_is_asked_for) {
  besieged_server besieged{{.flags = {"-producer-idle-timeout=3s"}}};
  std::vector<lookup_client> producers;
  for (int count = 0; count < each; ++count) {
    producers.push_back(besieged.client());
    producers.back().identify();
    EXPECT_EQ(producers.back().command("REGISTER silent c"), "OK");
  }
  // Meanwhile the other producer pings.
  auto http = besieged.http_client();
  EXPECT_TRUE(eventually([&] {
    besieged.expect_service();
    return http.get("/lookup?topic=silent").body == R"({"channels":["c"],"producers":[]})";
  }));
  for (auto& producer : producers) {
    EXPECT_EQ(producer.receive_to_end(), "");
  }
  EXPECT_TRUE(besieged.log().wait_for("nothing heard within -producer-idle-timeout=3s"));
  besieged.expect_recovery({.most_mib = 8, .left_mib = 8, .log_lines = 1'000'000});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
