// SPDX-License-Identifier: MIT
//
// -http-auth-file: the rights of each token.
#include <nsqlookupd/auth/token_list.hpp>

#include "captured_log.hpp"
#include "error_of.hpp"
#include "event_client.hpp"
#include "tls_server.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace test_support;

constexpr std::string_view reader_token = "reader-token-0123456789";
constexpr std::string_view writer_token = "writer-token-0123456789";
constexpr std::string_view create = "/topic/create?topic=t1";

std::string line_of(std::string_view name, std::string_view right, std::string_view token) {
  return auth::make_line(name, right, token) + '\n';
}

int ask(http_client& client, std::string_view method, std::string_view target,
        std::string_view token, std::string_view kind = "Bearer") {
  std::string text{method};
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: h\r\n");
  if (!token.empty()) {
    text.append("Authorization: ").append(kind).append(" ").append(token).append("\r\n");
  }
  client.send(text + "\r\n");
  return client.receive_reply().status();
}

class http_auth : public testing::Test {
 protected:
  [[nodiscard]] config::options settings() {
    world.settings.http_auth_file = file();
    return world.settings;
  }
  std::string file() const {
    return world.directory.write("tokens", line_of("writer", "write", writer_token));
  }
  void let_readers_in() const {
    world.directory.write("tokens", line_of("writer", "write", writer_token) +
                                        line_of("reader", "read", reader_token));
    EXPECT_TRUE(log.wait_for("AUTH: " + world.directory.path("tokens") + " has 2 tokens"));
  }

  tls_world world;
  captured_log log;
  running_server server{settings()};
  http_client client{server.http_port()};
};

TEST_F(http_auth, asks_for_a_token_to_write_and_leaves_reading_open) {
  client.send("POST /topic/create?topic=t1 HTTP/1.1\r\nHost: h\r\n\r\n");
  auto const refused = client.receive_reply();
  EXPECT_EQ(refused.status_line, "HTTP/1.1 401 Unauthorized");
  EXPECT_EQ(refused.field("WWW-Authenticate"),
            R"(Bearer realm="nsqlookupd", Basic realm="nsqlookupd")");
  EXPECT_EQ(refused.body, R"({"message":"UNAUTHORIZED"})");
  EXPECT_EQ(ask(client, "POST", create, "some-other-token-123"), 401);
  EXPECT_EQ(ask(client, "GET", "/debug", ""), 401);
  EXPECT_EQ(ask(client, "GET", "/topics", ""), 200);
  EXPECT_EQ(ask(client, "GET", "/topics", "some-other-token-123"), 200);
  EXPECT_EQ(client.get("/topics").body, R"({"topics":[]})");
  EXPECT_EQ(ask(client, "POST", create, writer_token), 200);
  EXPECT_EQ(ask(client, "GET", "/debug", writer_token), 200);
  // writer:writer-token-0123456789
  EXPECT_EQ(ask(client, "POST", create, "d3JpdGVyOndyaXRlci10b2tlbi0wMTIzNDU2Nzg5", "Basic"), 200);
}

TEST_F(http_auth, names_the_token_in_the_access_log) {
  let_readers_in();
  EXPECT_EQ(ask(client, "POST", create, writer_token), 200);
  EXPECT_EQ(ask(client, "POST", create, reader_token), 403);
  EXPECT_EQ(ask(client, "POST", create, "some-other-token-123"), 401);
  EXPECT_EQ(ask(client, "GET", "/topics", reader_token), 200);
  std::vector<std::string> ends;
  for (auto const& line : log.lines()) {
    if (auto const behind = line.rfind('s'); line.find(client.name() + ')') != std::string::npos) {
      ends.push_back(line.substr(0, line.find(" /")) + line.substr(behind + 1));
    }
  }
  EXPECT_EQ(ends, (std::vector<std::string>{"INFO: 200 POST by writer", "INFO: 403 POST by reader",
                                            "INFO: 401 POST", "INFO: 200 GET by reader"}));
}

// The request before on the same connection lends nothing to the next.
TEST_F(http_auth, is_asked_for_anew_with_each_request) {
  EXPECT_EQ(ask(client, "POST", create, writer_token), 200);
  EXPECT_EQ(ask(client, "POST", create, ""), 401);
}

TEST_F(http_auth, of_readers_lets_them_read_and_no_more) {
  let_readers_in();
  EXPECT_EQ(ask(client, "GET", "/topics", ""), 401);
  EXPECT_EQ(ask(client, "GET", "/topics", reader_token), 200);
  EXPECT_EQ(ask(client, "GET", "/topics", writer_token), 200);
  EXPECT_EQ(ask(client, "POST", create, reader_token), 403);
  EXPECT_EQ(ask(client, "GET", "/debug", reader_token), 403);
  for (auto const* const probe : {"/ping", "/livez", "/readyz"}) {
    EXPECT_EQ(ask(client, "GET", probe, ""), 200) << probe;
  }
}

// Those that wait are asked before they do.
TEST_F(http_auth, of_readers_lets_them_wait_and_watch) {
  let_readers_in();
  EXPECT_EQ(ask(client, "GET", "/watch?topic=t1", ""), 401);
  EXPECT_EQ(ask(client, "GET", "/watch?topic=t1", "some-other-token-123"), 401);
  EXPECT_EQ(ask(client, "GET", "/events", ""), 401);
  EXPECT_EQ(ask(client, "GET", "/explain?topic=t", ""), 401);
  EXPECT_EQ(ask(client, "GET", "/topics?index=1&wait=10m", ""), 401);
  EXPECT_EQ(ask(client, "GET", "/events", reader_token), 200);
  auto const authorized = "Authorization: Bearer " + std::string{reader_token} + "\r\n";
  event_client stream{server.http_port()};
  EXPECT_EQ(stream.open("/watch?topic=t1", authorized).status(), 200);
  EXPECT_EQ(stream.receive_event().event, "not_found");
  EXPECT_EQ(ask(client, "POST", create, writer_token), 200);
  EXPECT_EQ(stream.receive_event().event, "lookup");
  event_client feed{server.http_port()};
  EXPECT_EQ(feed.open("/events", authorized + "Accept: text/event-stream\r\n").status(), 200);
  EXPECT_EQ(feed.receive_event().event, "change");
}

TEST_F(http_auth, keeps_the_old_tokens_where_the_new_file_is_broken) {
  world.directory.write("tokens", "writer write " + std::string{writer_token});
  EXPECT_TRUE(log.wait_for("ERROR: AUTH: the old tokens stay - failed to load http-auth-file " +
                           world.directory.path("tokens") +
                           " - line 1: not <name> <read|write> sha256:<salt>:<digest>"));
  EXPECT_EQ(ask(client, "POST", create, writer_token), 200);
}

TEST_F(http_auth, leaves_no_token_in_the_log) {
  ask(client, "POST", create, writer_token);
  ask(client, "POST", create, "some-other-token-123");
  ask(client, "GET", "http://writer:writer-token-0123456789@h/topics", "");
  client.send("GET /topics HTTP/1.1\r\nAuthorization: Bearer writer-token-0123456789\r\n\r\n");
  EXPECT_EQ(client.receive_reply().status(), 400);
  world.directory.write("tokens", "writer write " + std::string{writer_token});
  EXPECT_TRUE(log.wait_for("the old tokens stay"));
  for (auto const& line : log.lines()) {
    EXPECT_EQ(line.find("-token-"), std::string::npos) << line;
  }
}

TEST(http_auth_by_certificate, needs_no_token) {
  tls_world world;
  world.settings.http_auth_file =
      world.directory.write("tokens", line_of("reader", "read", reader_token));
  world.settings.tls_client_auth_policy = tls::client_auth::require_verify;
  running_server const server{world.settings};
  auto how = world.client();
  how.own = world.authority.issue("operator");
  auto consumer = world.https_client(server, how);
  EXPECT_EQ(ask(consumer, "POST", create, ""), 200);
  EXPECT_EQ(consumer.get("/topics").body, R"({"topics":["t1"]})");
}

// Anybody can make a certificate that nobody vouches for.
TEST(http_auth_by_certificate, is_no_matter_of_one_that_was_not_verified) {
  tls_world world;
  world.settings.http_auth_file =
      world.directory.write("tokens", line_of("writer", "write", writer_token));
  world.settings.tls_client_auth_policy = tls::client_auth::require;
  running_server const server{world.settings};
  auto how = world.client();
  how.own = certificate_authority{"elsewhere"}.issue("stranger");
  auto stranger = world.https_client(server, how);
  EXPECT_EQ(ask(stranger, "POST", create, ""), 401);
  EXPECT_EQ(ask(stranger, "POST", create, writer_token), 200);
}

TEST(http_auth_file, must_be_good_at_start) {
  tls_world world;
  world.settings.http_auth_file = world.directory.path("missing");
  EXPECT_EQ(error_of([&] { running_server const server{world.settings}; }),
            "failed to load http-auth-file " + world.settings.http_auth_file +
                " - No such file or directory");
}

}  // namespace
}  // namespace nsqlookupd
