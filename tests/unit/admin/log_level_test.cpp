// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/setup.hpp>

#include "captured_log.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

/// The answer of nsqd 1.3.0 to the same.
class log_level_route : public testing::Test {
 protected:
  answered put(std::string_view body, std::string_view path = "/config/log_level") {
    here.body = body;
    return here.ask("PUT", path);
  }

  void expect_error(answered const& answer, unsigned status, std::string_view code) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, R"({"message":")" + std::string{code} + R"("})");
    EXPECT_EQ(log::threshold(), log::level::info);
  }

  test_support::captured_log running{log::level::info};
  world here;
};

TEST_F(log_level_route, is_shown_as_a_number_in_bytes) {
  EXPECT_EQ(here.bytes("GET", "/config/log_level"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "X-Nsq-Content-Type: nsq; version=1.0\r\n"
            "Date: Mon, 23 Nov 2026 05:31:17 GMT\r\n"
            "Content-Length: 1\r\n\r\n"
            "2");
}

TEST_F(log_level_route, is_set_by_name_in_any_case) {
  struct {
    std::string_view name;
    std::string_view number;
    log::level level;
  } const cases[] = {{"debug", "1", log::level::debug},
                     {"INFO", "2", log::level::info},
                     {"Warn", "3", log::level::warning},
                     {"error", "4", log::level::error},
                     {"fatal", "5", log::level::fatal}};
  for (auto const& [name, number, level] : cases) {
    auto const answer = put(name);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, number);
    EXPECT_EQ(answer.content, content_type::json);
    EXPECT_TRUE(answer.nsq_content_type);
    EXPECT_EQ(log::threshold(), level);
    EXPECT_EQ(here.get("/config/log_level").body, number);
  }
}

TEST_F(log_level_route, refuses_what_is_no_level) {
  for (auto const* const body : {"loud", "2", "info\n", "warning", "\"info\"", "inf"}) {
    expect_error(put(body), 400, "INVALID_VALUE");
  }
  expect_error(put(""), 413, "INVALID_VALUE");
}

TEST_F(log_level_route, has_its_methods_and_no_other_setting_beside_it) {
  for (std::string_view const method : {"POST", "DELETE", "put"}) {
    auto const answer = here.ask(method, "/config/log_level");
    expect_error(answer, 405, "METHOD_NOT_ALLOWED");
    EXPECT_EQ(answer.allow, "GET, HEAD, OPTIONS, PUT");
  }
  EXPECT_EQ(here.ask("OPTIONS", "/config/log_level").allow, "GET, HEAD, OPTIONS, PUT");
  expect_error(put("info", "/config/nosuch"), 404, "NOT_FOUND");
  EXPECT_EQ(put("info", "/config/log_level/").status, 307U);
}

TEST_F(log_level_route, is_not_changed_by_a_head_that_has_a_body) {
  here.body = "debug";
  EXPECT_EQ(here.ask("HEAD", "/config/log_level").status, 200U);
  EXPECT_EQ(log::threshold(), log::level::info);
}

TEST_F(log_level_route, wants_the_body) {
  EXPECT_TRUE(reads_body({"PUT", "/config/log_level"}));
  EXPECT_TRUE(reads_body({"PUT", "/config/log_level?%zz"}));
  EXPECT_FALSE(reads_body({"PUT", "/ping"}));
}

}  // namespace
}  // namespace nsqlookupd::admin
