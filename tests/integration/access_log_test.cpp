// SPDX-License-Identifier: MIT
//
// access_log: which requests get a line.
#include "captured_log.hpp"
#include "http_client.hpp"
#include "running_server.hpp"
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace test_support;

// The requests that are logged of a good one, a bad one, one with a broken body, and a probe.
std::vector<std::string> logged_with(net::access_log policy) {
  captured_log const log{log::level::info};
  {
    auto settings = loopback_options();
    settings.access_log = policy;
    running_server server{settings};
    http_client client{server.http_port()};
    EXPECT_EQ(client.get("/topics").status(), 200);
    EXPECT_EQ(client.get("/nosuch").status(), 404);
    EXPECT_EQ(client.get("/readyz").status(), 200);
    client.send("POST /topic/create?topic=t HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
    client.finish_sending();
    EXPECT_EQ(client.receive_reply().status(), 400);
  }
  std::vector<std::string> found;
  for (auto const& line : log.lines()) {
    if (auto const end = line.find(" ("); line.find(" /") < end) {
      found.push_back(line.substr(0, end));
    }
  }
  return found;
}

TEST(access_log, on_has_all_but_probes) {
  EXPECT_EQ(logged_with(net::access_log::on),
            (std::vector<std::string>{"INFO: 200 GET /topics", "INFO: 404 GET /nosuch",
                                      "INFO: 400 POST /topic/create?topic=t"}));
}

TEST(access_log, off_has_none) {
  EXPECT_EQ(logged_with(net::access_log::off), std::vector<std::string>{});
}

TEST(access_log, errors_has_those_that_failed) {
  EXPECT_EQ(
      logged_with(net::access_log::errors),
      (std::vector<std::string>{"INFO: 404 GET /nosuch", "INFO: 400 POST /topic/create?topic=t"}));
}

}  // namespace
}  // namespace nsqlookupd
