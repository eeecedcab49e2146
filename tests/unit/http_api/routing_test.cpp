// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/setup.hpp>

#include "captured_log.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

constexpr std::string_view get_routes[] = {
    "/ping",
    "/info",
    "/lookup",
    "/topics",
    "/channels",
    "/nodes",
    "/debug",
    "/debug/pprof",
    "/debug/pprof/cmdline",
    "/debug/pprof/profile",
    "/debug/pprof/heap",
    "/debug/pprof/goroutine",
    "/debug/pprof/block",
    "/debug/pprof/threadcreate",
};
constexpr std::string_view head_routes[] = {"/livez", "/readyz", "/metrics", "/openapi.json"};
constexpr std::string_view post_routes[] = {"/topic/create", "/topic/delete", "/topic/tombstone",
                                            "/channel/create", "/channel/delete"};
constexpr std::string_view routes_of_both[] = {"/create_topic",
                                               "/delete_topic",
                                               "/create_channel",
                                               "/delete_channel",
                                               "/tombstone_topic_producer",
                                               "/debug/pprof/symbol"};

void expect_not_allowed(answered const& answer, std::string_view allow) {
  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(answer.body, R"({"message":"METHOD_NOT_ALLOWED"})");
  EXPECT_EQ(answer.allow, allow);
  EXPECT_TRUE(answer.nsq_content_type);
  EXPECT_TRUE(answer.logged);
}

void expect_options(answered const& answer, std::string_view allow) {
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.content, content_type::none);
  EXPECT_EQ(answer.allow, allow);
  EXPECT_FALSE(answer.nsq_content_type);
  EXPECT_FALSE(answer.logged);
}

void expect_methods(std::string_view path, std::string_view allow) {
  SCOPED_TRACE(path);
  world here;
  for (std::string_view const method : {"GET", "POST", "HEAD"}) {
    if (allow.find(method) == std::string_view::npos) {
      expect_not_allowed(here.ask(method, path), allow);
    } else {
      auto const status = here.ask(method, path).status;
      EXPECT_NE(status, 405U);
      EXPECT_NE(status, 404U);
    }
  }
  for (std::string_view const method :
       {"PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "get", "head", "PRI"}) {
    expect_not_allowed(here.ask(method, path), allow);
  }
  expect_options(here.ask("OPTIONS", path), allow);
}

TEST(routing, each_route_has_its_methods) {
  for (auto const path : get_routes) {
    expect_methods(path, "GET, OPTIONS");
  }
  for (auto const path : head_routes) {
    expect_methods(path, "GET, HEAD, OPTIONS");
  }
  for (auto const path : post_routes) {
    expect_methods(path, "OPTIONS, POST");
  }
  for (auto const path : routes_of_both) {
    expect_methods(path, "GET, OPTIONS, POST");
  }
}

// The session leaves the body out.
TEST(routing, head_has_the_reply_of_get) {
  test_support::captured_log const running{log::level::info};
  for (std::string_view const target :
       {"/livez", "/livez?verbose", "/readyz?verbose", "/metrics", "/openapi.json",
        "/config/log_level", "/Livez/", "//config/log_level"}) {
    world here;
    EXPECT_TRUE(here.bytes("HEAD", target) == here.bytes("GET", target)) << target;
  }
}

TEST(routing, head_says_that_a_server_drains) {
  world here;
  here.server.draining = true;
  EXPECT_EQ(here.ask("HEAD", "/readyz").status, 503U);
  EXPECT_EQ(here.ask("HEAD", "/livez").status, 200U);
}

TEST(routing, a_method_is_not_allowed_in_bytes) {
  world here;
  EXPECT_EQ(here.bytes("POST", "/ping"),
            "HTTP/1.1 405 Method Not Allowed\r\n"
            "Allow: GET, OPTIONS\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 32\r\n\r\n"
            R"({"message":"METHOD_NOT_ALLOWED"})");
}

TEST(routing, unknown_paths_are_not_found_for_every_method) {
  world here;
  for (std::string_view const path :
       {"/", "/nosuch", "/pingx", "/ping/x", "/topic", "/topic/", "/topic/create/x", "/debug/x",
        "/debug/pprof/mutex", "/debug/pprof/allocs", "/debug/pprof/trace", "/stats", "/put",
        "/lookup%3Ftopic=t1", "/ping#x", "/*", "/\xc3\xa9", "http://host:4161"}) {
    for (std::string_view const method : {"GET", "POST", "HEAD", "OPTIONS", "PUT", "FOO"}) {
      SCOPED_TRACE(std::string{method} + ' ' + std::string{path});
      auto const answer = here.ask(method, path);
      EXPECT_EQ(answer.status, 404U);
      EXPECT_EQ(answer.body, R"({"message":"NOT_FOUND"})");
      EXPECT_EQ(answer.content, content_type::json);
      EXPECT_EQ(answer.allow, "");
      EXPECT_TRUE(answer.nsq_content_type);
      EXPECT_TRUE(answer.logged);
    }
  }
}

TEST(routing, the_server_as_a_whole) {
  world here;
  expect_options(here.ask("OPTIONS", "*"), "");
  for (std::string_view const method : {"GET", "POST", "HEAD", "PRI"}) {
    expect_not_allowed(here.ask(method, "*"), "GET, OPTIONS, POST");
  }
}

TEST(routing, escapes_and_absolute_targets_lead_to_the_same_routes) {
  world here;
  for (std::string_view const target :
       {"/ping", "/%70ing", "/%70%69%6e%67", "http://host:4161/ping", "/ping?", "/ping?%zz",
        "https://u:p@[::1]:1/%70ing?;"}) {
    EXPECT_EQ(here.get(target).body, "OK") << target;
  }
}

TEST(routing, an_invalid_target_is_a_protocol_error) {
  world here;
  for (std::string_view const target :
       {"ping", "/%zz", "/\x01", "/ping?\x7f", "http://h:x/ping", "mailto:x", "http:/ping"}) {
    auto const answer = here.get(target);
    EXPECT_EQ(answer.status, 400U) << target;
    EXPECT_EQ(answer.body, "400 Bad Request") << target;
    EXPECT_EQ(answer.content, content_type::text);
    EXPECT_TRUE(answer.close);
    EXPECT_FALSE(answer.logged);
    EXPECT_FALSE(answer.nsq_content_type);
  }
}

TEST(routing, ping_and_info) {
  world here;
  EXPECT_EQ(here.bytes("GET", "/ping"),
            "HTTP/1.1 200 OK\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 2\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
            "OK");
  EXPECT_TRUE(here.get("/ping").logged);
  EXPECT_EQ(here.bytes("GET", "/info"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 19\r\n\r\n"
            R"({"version":"2.0.0"})");
}

TEST(routing, a_malformed_query_matters_only_where_arguments_are_read) {
  world here;
  here.db.create_topic("t");
  for (std::string_view const query : {"?%zz", "?topic=t;x=y", "?topic=t&%", "?topic=%4"}) {
    for (std::string_view const path : {"/lookup", "/channels"}) {
      auto const answer = here.get(std::string{path} + std::string{query});
      EXPECT_EQ(answer.status, 400U);
      EXPECT_EQ(answer.body, R"({"message":"INVALID_REQUEST"})");
      EXPECT_TRUE(answer.nsq_content_type);
    }
    for (auto const path : post_routes) {
      EXPECT_EQ(here.post(std::string{path} + std::string{query}).body,
                R"({"message":"INVALID_REQUEST"})");
    }
    for (std::string_view const path : {"/ping", "/info", "/topics", "/nodes", "/debug"}) {
      EXPECT_EQ(here.get(std::string{path} + std::string{query}).status, 200U) << path;
    }
  }
  EXPECT_TRUE(here.db.has_topic("t"));
}

TEST(routing, bodies_are_read_by_the_routes_that_take_arguments) {
  EXPECT_TRUE(reads_body({"POST", "/topic/create?topic=x"}));
  EXPECT_TRUE(reads_body({"GET", "/lookup"}));
  EXPECT_TRUE(reads_body({"GET", "/create_topic"}));
  EXPECT_FALSE(reads_body({"POST", "/topic/create?topic=%zz"}));
  EXPECT_FALSE(reads_body({"GET", "/topic/create?topic=x"}));
  EXPECT_FALSE(reads_body({"GET", "/ping"}));
  EXPECT_FALSE(reads_body({"POST", "/nosuch"}));
  EXPECT_FALSE(reads_body({"POST", "nosuch"}));
  EXPECT_FALSE(reads_body({"OPTIONS", "/lookup"}));
}

}  // namespace
}  // namespace nsqlookupd::http_api
