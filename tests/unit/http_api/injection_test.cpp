// SPDX-License-Identifier: MIT
//
// Clients' texts where they might be taken for something else: in a reply's head, and in its body.
#include "world.hpp"
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {
namespace {

// The lines of a head, the blank one included.
auto head_lines(std::string const& bytes) {
  auto const head = bytes.substr(0, bytes.find("\r\n\r\n") + 4);
  return std::count(head.begin(), head.end(), '\n');
}

TEST(injection, no_control_byte_gets_into_a_head) {
  world here;
  auto const plain = head_lines(here.bytes("GET", "/nosuch%zz"));
  for (int value = 0; value <= 0x7f; ++value) {
    if (value > ' ' && value != 0x7f) {
      continue;
    }
    auto const byte = std::string(1, static_cast<char>(value));
    for (auto const& target : {"/ping/?" + byte + "X-Evil: 1", "/PING" + byte + "\nX-Evil: 1",
                               "http://h" + byte + "/ping/", byte + "/ping/"}) {
      auto const bytes = here.bytes("GET", target);
      EXPECT_TRUE(bytes.starts_with("HTTP/1.1 400 Bad Request\r\n")) << value;
      EXPECT_EQ(head_lines(bytes), plain) << value;
      EXPECT_EQ(bytes.find("X-Evil"), std::string::npos) << value;
    }
  }
}

TEST(injection, line_ends_in_escapes_stay_escapes_in_the_location) {
  world here;
  EXPECT_EQ(here.get("/PING?%0d%0aX-Evil:%201").location, "/ping?%0d%0aX-Evil:%201");
  EXPECT_EQ(here.post("/topic/create/?topic=%0D%0A%0D%0A<script>").location,
            "/topic/create?topic=%0D%0A%0D%0A<script>");
  EXPECT_EQ(here.get("http://h%0d%0a/ping/").location, "http://h%0d%0a/ping");
  EXPECT_EQ(here.get("/ping/%0d%0aX-Evil:%201").status, 404U);
}

TEST(injection, a_redirect_leads_to_no_other_host) {
  world here;
  for (std::string_view const target : {"//evil.example/ping/", "//evil.example/../ping/",
                                        "/\\evil.example/../ping/", "///ping/", "/%2fping/"}) {
    auto const answer = here.get(target);
    EXPECT_TRUE(answer.location.empty() || answer.location == "/ping") << target << answer.location;
  }
}

TEST(injection, peer_info_stays_within_its_string) {
  std::string const nasty = "a\"}],\r\n\r\n<script>\xe2\x80\xa8\x01\xff\\";
  world here;
  auto const id = here.add_to("t", nasty);
  here.db.register_producer(id, "t", "c");
  for (std::string_view const target : {"/lookup?topic=t", "/nodes", "/debug"}) {
    auto const body = here.get(target).body;
    EXPECT_EQ(body.find_first_of("<>&\r\n\x01\xff"), std::string::npos) << body;
    EXPECT_NO_THROW(static_cast<void>(boost::json::parse(body))) << body;
  }
  auto const listed = boost::json::parse(here.get("/nodes").body).at("producers").as_array();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("broadcast_address").as_string(),
            "a\"}],\r\n\r\n<script>\xe2\x80\xa8\x01\xef\xbf\xbd\\");
}

TEST(injection, the_wildcard_deletes_and_tombstones_nothing) {
  world here;
  here.add_to("t", "a.example");
  auto const before = here.get("/nodes").body;
  for (std::string_view const arguments :
       {"topic=*", "topic=%2a", "topic=%2A", "topic=*&topic=t"}) {
    for (std::string_view const route :
         {"/topic/delete?", "/channel/delete?channel=c&", "/topic/tombstone?node=a.example:4151&",
          "/delete_topic?", "/delete_channel?channel=c&",
          "/tombstone_topic_producer?node=a.example:4151&"}) {
      auto const answer = here.post(std::string{route} + std::string{arguments});
      EXPECT_GE(answer.status, 400U) << route << arguments;
      EXPECT_EQ(here.get("/nodes").body, before) << route << arguments;
    }
  }
}

}  // namespace
}  // namespace nsqlookupd::http_api
