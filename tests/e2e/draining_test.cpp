// SPDX-License-Identifier: MIT
//
// -drain-timeout: not ready any more, but serving, before the ordinary stop.
#include "server_process.hpp"
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using lines = std::vector<std::string>;

std::string const draining = "draining: /readyz answers 503, serving on for ";

TEST(drain_timeout, keeps_everybody_served_but_says_that_it_is_not_ready) {
  server_process server{{.flags = {"-drain-timeout=10m"}}};
  auto producer = server.lookup_client();
  producer.identify();
  auto consumer = server.http_client();
  EXPECT_EQ(consumer.get("/readyz").body, "ok");
  server.process().send(SIGTERM);
  server.lines_through(draining + "10m0s");

  auto const last = consumer.get("/readyz");
  EXPECT_EQ(last.status(), 503);
  EXPECT_EQ(last.field("Connection"), "close");
  EXPECT_EQ(consumer.receive_to_end(), "");
  EXPECT_EQ(server.http_client().get("/livez").status(), 200);
  EXPECT_EQ(producer.command("REGISTER t1"), "OK");
  auto late_producer = server.lookup_client();
  EXPECT_EQ(late_producer.command("PING"), "OK");
  EXPECT_EQ(server.http_client().get("/topics").body, R"({"topics":["t1"]})");

  auto const address = "127.0.0.1:" + std::to_string(server.http_port());
  EXPECT_EQ(run_server({"healthcheck", "-http-address=" + address}).status, 0);
  auto const not_ready = run_server({"healthcheck", "/readyz", "-http-address=" + address});
  EXPECT_EQ(not_ready.status, 1);
  EXPECT_EQ(not_ready.error, "healthcheck of http://" + address +
                                 "/readyz failed - it answers HTTP/1.0 503 Service Unavailable\n");
  EXPECT_EQ(server.stop(), 0) << "the second signal";
}

TEST(drain_timeout, answers_what_was_pipelined_and_closes_with_the_last_answer) {
  server_process server{{.flags = {"-drain-timeout=10m"}}};
  auto consumer = server.http_client();
  server.process().send(SIGTERM);
  server.lines_through(draining + "10m0s");
  std::string const request = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";
  consumer.send(request + request);
  EXPECT_EQ(consumer.receive_reply().field("Connection"), "");
  EXPECT_EQ(consumer.receive_reply().field("Connection"), "close");
  EXPECT_EQ(consumer.receive_to_end(), "");
  EXPECT_EQ(server.stop(), 0) << "the second signal";
}

TEST(drain_timeout, is_followed_by_the_ordinary_stop) {
  server_process server{{.flags = {"-drain-timeout=1ms"}}};
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.last_lines(),
            (lines{"INFO: received SIGTERM", "INFO: " + draining + "1ms",
                   "INFO: TCP: closing 127.0.0.1:" + std::to_string(server.tcp_port()),
                   "INFO: HTTP: closing 127.0.0.1:" + std::to_string(server.http_port()),
                   "INFO: stopped"}));
}

TEST(drain_timeout, must_not_be_negative) {
  EXPECT_EQ(run_server({"-drain-timeout=-1s"}).status, 2);
}

}  // namespace
}  // namespace nsqlookupd::e2e
