// SPDX-License-Identifier: MIT
//
// Who is let through to a route's handler.
#include "router.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace nsqlookupd::http_api {
namespace {

reply ask(world& here, request const& what) {
  auto answered = respond(what, here.db, here.now, here.server, here.kept);
  if (auto* const at_once = std::get_if<reply>(&answered)) {
    return std::move(*at_once);
  }
  return finish(*std::get<std::unique_ptr<long_answer>>(answered), here.db, here.now, 1000);
}

std::string some_method_of(route const& entry) {
  return includes(entry.allowed, methods::get) ? "GET" : "POST";
}

constexpr std::uint16_t https_port = 4152;

TEST(tls_required, sends_every_request_but_probes_to_the_other_port) {
  world here;
  for (auto const& entry : all_routes()) {
    auto const answered = ask(here, {some_method_of(entry), entry.path, {}, https_port});
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
  for (request const& what :
       {request{"POST", "/topic/create?topic=t", {}, https_port},
        request{"GET", "/topic/create", {}, https_port},
        request{"GET", "/lookup?topic=%zz", {}, https_port},
        request{"GET", "/unknown", {}, https_port}, request{"GET", "/topics/", {}, https_port},
        request{"OPTIONS", "/topics", {}, https_port}}) {
    EXPECT_EQ(ask(here, what).status, 403U) << what.target;
  }
  EXPECT_EQ(here.get("/topics").body, R"({"topics":[]})");
}

TEST(tls_required, does_not_ask_for_a_body_that_it_will_not_use) {
  request what{"POST", "/topic/create?topic=t"};
  EXPECT_TRUE(reads_body(what));
  what.https_port = https_port;
  EXPECT_FALSE(reads_body(what));
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
