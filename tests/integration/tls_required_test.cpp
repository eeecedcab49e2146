// SPDX-License-Identifier: MIT
//
// -tls-required: where plain HTTP is sent.
#include "error_of.hpp"
#include "tls_server.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

class tls_required : public testing::Test {
 protected:
  [[nodiscard]] config::options settings() {
    world.settings.tls_required = true;
    return world.settings;
  }
  [[nodiscard]] std::string answer() const {
    return R"({"message":"TLS_REQUIRED","https_port":)" + std::to_string(server.https_port()) + '}';
  }

  tls_world world;
  running_server server{settings()};
  http_client plain{server.http_port()};
};

TEST_F(tls_required, is_the_answer_to_plain_http) {
  auto const refused = plain.get("/topics");
  EXPECT_EQ(refused.status_line, "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(refused.field("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(refused.field("X-Nsq-Content-Type"), "nsq; version=1.0");
  EXPECT_EQ(refused.body, answer());
  EXPECT_EQ(plain.post("/topic/create?topic=t1").body, answer());
  EXPECT_EQ(world.https_client(server).get("/topics").body, R"({"topics":[]})");
}

TEST_F(tls_required, leaves_the_probes_to_whom_has_no_certificate) {
  EXPECT_EQ(plain.get("/ping").body, "OK");
  EXPECT_EQ(plain.get("/livez").status(), 200);
  EXPECT_EQ(plain.get("/readyz").status(), 200);
}

TEST_F(tls_required, sends_a_body_back_unread) {
  plain.send(
      "POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 3\r\n\r\n");
  EXPECT_EQ(plain.receive_reply().status(), 403);
}

TEST_F(tls_required, leaves_the_tcp_port_to_producers_that_speak_no_tls) {
  lookup_client producer{server.tcp_port()};
  auto const identified = producer.identify();
  EXPECT_NE(identified.find(R"("http_port":)" + std::to_string(server.http_port())),
            std::string::npos)
      << identified;
  EXPECT_EQ(producer.command("REGISTER t1"), "OK");
  EXPECT_EQ(world.https_client(server).get("/topics").body, R"({"topics":["t1"]})");
}

TEST(tls_required_by_policy, is_implied_by_asking_for_certificates) {
  tls_world world;
  world.settings.tls_client_auth_policy = tls::client_auth::require;
  running_server const server{world.settings};
  EXPECT_EQ(http_client{server.http_port()}.get("/topics").status(), 403);
}

TEST(tls_required_alone, is_one_clear_line) {
  auto settings = loopback_options();
  settings.tls_required = true;
  EXPECT_EQ(error_of([&] { running_server const server{settings}; }),
            "tls-required needs https-address, tls-cert and tls-key");
}

}  // namespace
}  // namespace nsqlookupd
