// SPDX-License-Identifier: MIT
//
// PUT /config/log_level over the wire: the one request whose body matters.
#include <nsqlookupd/log/setup.hpp>

#include "captured_log.hpp"
#include "http_client.hpp"
#include "running_server.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd {
namespace {

using namespace test_support;

class log_level_body : public testing::Test {
 protected:
  http_reply put(std::string_view fields_and_body) {
    client.send("PUT /config/log_level HTTP/1.1\r\nHost: h\r\n" + std::string{fields_and_body});
    return client.receive_reply();
  }

  captured_log log{log::level::info};
  running_server server;
  http_client client{server.http_port()};
};

TEST_F(log_level_body, sets_the_level_of_the_running_log) {
  EXPECT_EQ(put("Content-Length: 5\r\n\r\nerror").body, "4");
  EXPECT_EQ(log::threshold(), log::level::error);
  auto const lines = log.lines().size();
  client.get("/topics");
  EXPECT_EQ(log.lines().size(), lines);
  // The next request begins with an empty body.
  EXPECT_EQ(put("Content-Length: 4\r\n\r\ninfo").body, "2");
  EXPECT_EQ(put("\r\n").status(), 413);
  client.get("/topics");
  EXPECT_TRUE(log.wait_for("GET /topics"));
}

TEST_F(log_level_body, may_come_in_chunks_and_after_a_pause) {
  EXPECT_EQ(put("Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n3\r\nbug\r\n0\r\n\r\n").body, "1");
  client.send(
      "PUT /config/log_level HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 4\r\n\r\n");
  EXPECT_EQ(client.receive_head().status_line, "HTTP/1.1 100 Continue");
  client.send("wa");
  client.send("rn");
  EXPECT_EQ(client.receive_reply().body, "3");
}

TEST_F(log_level_body, is_no_level_when_it_is_long) {
  auto const long_body = "info" + std::string(100'000, ' ');
  auto const reply =
      put("Content-Length: " + std::to_string(long_body.size()) + "\r\n\r\n" + long_body);
  EXPECT_EQ(reply.status(), 400);
  EXPECT_EQ(reply.body, R"({"message":"INVALID_VALUE"})");
  EXPECT_EQ(client.get("/ping").body, "OK");
}

}  // namespace
}  // namespace nsqlookupd
