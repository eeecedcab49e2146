// SPDX-License-Identifier: MIT
#include "world.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

constexpr std::string_view target_parts[] = {
    "/",
    "/",
    "//",
    ".",
    "..",
    "ping",
    "PING",
    "info",
    "lookup",
    "topics",
    "channels",
    "nodes",
    "debug",
    "pprof",
    "heap",
    "topic",
    "create",
    "delete",
    "channel",
    "tombstone",
    "create_topic",
    "delete_topic",
    "%2f",
    "%70",
    "%",
    "%zz",
    "%00",
    "%c3%a9",
    "\xc3\xa9",
    "\xff",
    "#",
    "?",
    "?",
    "topic=",
    "topic=t",
    "channel=c",
    "node=a:1",
    "&",
    ";",
    "=",
    "+",
    "*",
    "http://h:1",
    "http:",
    ":",
    "[::1]",
    "\"",
    "<",
    "\\",
    "\x01",
    " ",
    "\x7f",
    "\r\n",
    "bad$",
};
constexpr std::string_view methods[] = {"GET",  "GET", "GET",     "POST", "POST",
                                        "HEAD", "PUT", "OPTIONS", "get",  "CONNECT"};
constexpr unsigned legal[] = {200, 301, 307, 400, 404, 405, 500};

template <std::size_t Size>
std::string_view pick(std::mt19937& random, std::string_view const (&from)[Size]) {
  return from[random() % Size];
}

std::string random_target(std::mt19937& random) {
  std::string target = random() % 8 == 0 ? "" : "/";
  auto const count = 1 + random() % 10;
  for (unsigned part = 0; part < count; ++part) {
    target += pick(random, target_parts);
  }
  return target;
}

std::string random_bytes(std::mt19937& random) {
  std::string target(1 + random() % 30, '\0');
  std::generate(target.begin(), target.end(), [&] { return static_cast<char>(random()); });
  return target;
}

void expect_legal(answered const& answer, std::string_view method, std::string const& target) {
  SCOPED_TRACE(std::string{method} + ' ' + target);
  EXPECT_TRUE(std::count(std::begin(legal), std::end(legal), answer.status) == 1) << answer.status;
  EXPECT_EQ(answer.status == 405, !answer.allow.empty() && method != "OPTIONS");
  EXPECT_EQ(answer.status == 301 || answer.status == 307, !answer.location.empty());
  EXPECT_EQ(answer.content == content_type::none, answer.body.empty());
  auto const is_printable = [](char byte) { return byte > ' ' && byte < '\x7f'; };
  EXPECT_TRUE(std::all_of(answer.location.begin(), answer.location.end(), is_printable));
  if (answer.status == 500) {
    EXPECT_TRUE(answer.body.starts_with(R"({"status_code":500,)")) << answer.body;
  }
}

TEST(random_targets, get_legal_replies) {
  world here;
  here.add_to("t", "a.example");
  std::mt19937 random{20261123};
  int good = 0;
  for (int round = 0; round < 30'000; ++round) {
    auto const method = pick(random, methods);
    auto const target = round % 10 == 0 ? random_bytes(random) : random_target(random);
    auto const answer = here.ask(method, target);
    expect_legal(answer, method, target);
    good += answer.status == 200 ? 1 : 0;
    if (auto const parsed = http::target::parse(target)) {
      std::string logged;
      parsed->append_logged(logged);
      EXPECT_FALSE(logged.empty());
    }
    if (HasFailure()) {
      break;
    }
  }
  EXPECT_GT(good, 100);
}

TEST(random_targets, of_great_length_are_answered) {
  world here;
  for (std::string const& piece : {std::string{"/"}, std::string{"/.."}, std::string{"/x"},
                                   std::string{"%2f"}, std::string{"a"}, std::string{"\xff"}}) {
    std::string target = "/";
    while (target.size() < 65'536) {
      target += piece;
    }
    EXPECT_EQ(here.get(target).status, 404U) << piece;
    EXPECT_EQ(here.get("/lookup?topic=" + target).status, 404U) << piece;
    EXPECT_EQ(here.get("/lookup?" + target).status, 400U) << piece;
  }
  std::string many_arguments = "/lookup?";
  while (many_arguments.size() < 65'536) {
    many_arguments += "&x=%41";
  }
  EXPECT_EQ(here.get(many_arguments + "&topic=").status, 404U);
}

}  // namespace
}  // namespace nsqlookupd::http_api
