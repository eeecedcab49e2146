// SPDX-License-Identifier: MIT
//
// Which callers reach a route's handler.
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::http_api {
namespace {

using auth::right;

std::string some_method_of(route const& entry) {
  return includes(entry.allowed, methods::get) ? "GET" : "POST";
}

constexpr std::uint16_t https_port = 4152;

TEST(tls_required, sends_every_request_but_probes_to_the_other_port) {
  world here;
  for (auto const& entry : all_routes()) {
    auto const answered = here.ask({some_method_of(entry), entry.path, {}, https_port});
    if (entry.needed == access::open) {
      EXPECT_EQ(answered.status, 200U) << entry.path;
      continue;
    }
    EXPECT_EQ(answered.status, 403U) << entry.path;
    EXPECT_EQ(answered.body, R"({"message":"TLS_REQUIRED","https_port":4152})");
    EXPECT_EQ(answered.content, content_type::json);
    EXPECT_TRUE(answered.nsq_content_type);
  }
}

TEST(tls_required, is_said_before_anything_else) {
  world here;
  for (asking const& request :
       {asking{"POST", "/topic/create?topic=t", {}, https_port},
        asking{"GET", "/topic/create", {}, https_port},
        asking{"GET", "/lookup?topic=%zz", {}, https_port},
        asking{"GET", "/unknown", {}, https_port}, asking{"GET", "/topics/", {}, https_port},
        asking{"OPTIONS", "/topics", {}, https_port}}) {
    EXPECT_EQ(here.ask(request).status, 403U) << request.target;
  }
  EXPECT_EQ(here.get("/topics").body, R"({"topics":[]})");
}

TEST(tls_required, does_not_ask_for_a_body_that_it_will_not_use) {
  asking request{"POST", "/topic/create?topic=t"};
  EXPECT_TRUE(reads_body(request));
  request.https_port = https_port;
  EXPECT_FALSE(reads_body(request));
}

asking may(right granted, bool is_known, std::string_view method, std::string_view target) {
  return {.method = method, .target = target, .granted = granted, .is_known = is_known};
}

TEST(rights, are_asked_for_by_every_route_but_probes_and_the_page) {
  world here;
  for (auto const& entry : all_routes()) {
    auto const method = some_method_of(entry);
    auto const answered = here.ask(may(right::nothing, false, method, entry.path));
    bool const is_for_all = entry.needed == access::open || entry.needed == access::anybody;
    EXPECT_EQ(answered.status, is_for_all ? 200U : 401U) << entry.path;
    auto const reader = here.ask(may(right::read, true, method, entry.path));
    bool const is_for_writers = entry.needed == access::write;
    EXPECT_EQ(reader.status == 403, is_for_writers) << entry.path;
    EXPECT_NE(here.ask(may(right::write, true, method, entry.path)).status, 403U) << entry.path;
  }
}

TEST(rights, that_are_missing_are_said_clearly) {
  world here;
  auto const stranger = here.ask(may(right::read, false, "POST", "/topic/create?topic=t"));
  EXPECT_EQ(stranger.status, 401U);
  EXPECT_EQ(stranger.body, R"({"message":"UNAUTHORIZED"})");
  auto const reader = here.ask(may(right::read, true, "POST", "/topic/create?topic=t"));
  EXPECT_EQ(reader.body, R"({"message":"FORBIDDEN"})");
  EXPECT_EQ(here.get("/topics").body, R"({"topics":[]})");
}

TEST(rights, to_write_are_asked_for_where_the_method_writes) {
  world here;
  EXPECT_EQ(here.ask(may(right::read, false, "GET", "/config/log_level")).status, 200U);
  EXPECT_EQ(here.ask(may(right::read, false, "PUT", "/config/log_level")).status, 401U);
  EXPECT_EQ(here.ask(may(right::read, false, "HEAD", "/config/log_level")).status, 200U);
  EXPECT_EQ(here.ask(may(right::nothing, false, "HEAD", "/config/log_level")).status, 401U);
  EXPECT_EQ(here.ask(may(right::nothing, false, "HEAD", "/metrics")).status, 401U);
  EXPECT_EQ(here.ask(may(right::nothing, false, "HEAD", "/readyz")).status, 200U);
  EXPECT_EQ(here.ask(may(right::read, false, "GET", "/create_topic?topic=t")).status, 401U);
  EXPECT_EQ(here.ask(may(right::read, false, "GET", "/debug")).status, 401U);
}

TEST(rights, are_not_asked_for_where_nothing_is_to_be_had) {
  world here;
  EXPECT_EQ(here.ask(may(right::nothing, false, "GET", "/unknown")).status, 404U);
  EXPECT_EQ(here.ask(may(right::nothing, false, "GET", "/topic/create")).status, 405U);
  EXPECT_EQ(here.ask(may(right::nothing, false, "OPTIONS", "/topics")).status, 200U);
}

TEST(rights, that_are_missing_leave_the_body_unread) {
  EXPECT_FALSE(reads_body(may(right::read, true, "POST", "/topic/create?topic=t")));
  EXPECT_TRUE(reads_body(may(right::write, true, "POST", "/topic/create?topic=t")));
}

TEST(probes, are_what_is_open_to_all) {
  std::string open;
  for (auto const& entry : all_routes()) {
    if (entry.needed == access::open) {
      open += std::string{entry.path} + ' ';
    }
  }
  EXPECT_EQ(open, "/ping /livez /readyz ");
}

}  // namespace
}  // namespace nsqlookupd::http_api
