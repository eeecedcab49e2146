// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <string_view>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

TEST(probes, answer_ok_in_bytes) {
  world here;
  for (std::string_view const path : {"/livez", "/readyz"}) {
    EXPECT_EQ(here.bytes("GET", path),
              "HTTP/1.1 200 OK\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "X-Content-Type-Options: nosniff\r\n"
              "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
              "Content-Length: 2\r\n\r\n"
              "ok");
    EXPECT_FALSE(here.get(path).logged);
  }
}

TEST(probes, list_their_checks_when_asked_to) {
  world here;
  for (std::string_view const arguments : {"?verbose", "?verbose=1", "?x=y&verbose="}) {
    EXPECT_EQ(here.get("/livez" + std::string{arguments}).body, "[+]ping ok\nlivez check passed\n");
    EXPECT_EQ(here.get("/readyz" + std::string{arguments}).body,
              "[+]ping ok\n[+]shutdown ok\nreadyz check passed\n");
  }
  for (std::string_view const arguments : {"?verbose&%zz", "?verbosely", "?;"}) {
    EXPECT_EQ(here.get("/readyz" + std::string{arguments}).body, "ok");
  }
}

TEST(probes, tell_of_restored_producers_that_are_to_come_back) {
  world here;
  static_cast<void>(here.db.restore_producer({}, here.now));
  EXPECT_EQ(here.get("/readyz").body, "ok");
  EXPECT_EQ(here.get("/readyz?verbose").body,
            "[+]ping ok\n[+]shutdown ok\n[+]restart ok: 1 restored producers are to come back\n"
            "readyz check passed\n");
}

TEST(probes, tell_how_the_server_stands_to_its_cluster) {
  world here;
  here.cluster.check = "[-]cluster failed: nothing read from etcd yet\n";
  here.cluster.is_ready = false;
  EXPECT_EQ(here.get("/readyz").status, 503U);
  EXPECT_EQ(here.get("/livez").status, 200U);
  EXPECT_NE(here.get("/readyz?verbose").body.find("\n[-]cluster failed: nothing read"),
            std::string::npos);
  here.cluster = {.check = "[+]cluster ok\n", .json = R"({"name":"nsq"})"};
  EXPECT_EQ(here.get("/readyz").status, 200U);
  EXPECT_EQ(here.get("/cluster").body, R"({"name":"nsq"})");
}

TEST(probes, while_draining_it_is_alive_but_not_ready) {
  world here;
  here.server.draining = true;
  EXPECT_EQ(here.get("/livez").body, "ok");
  EXPECT_EQ(here.get("/ping").body, "OK");
  for (std::string_view const path : {"/readyz", "/readyz?verbose"}) {
    auto const answer = here.get(path);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.body,
              "[+]ping ok\n"
              "[-]shutdown failed: the server was told to stop\n"
              "readyz check failed\n");
    EXPECT_EQ(answer.content, content_type::text);
    EXPECT_FALSE(answer.logged);
  }
}

}  // namespace
}  // namespace nsqlookupd::admin
