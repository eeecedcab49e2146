// SPDX-License-Identifier: MIT
//
// The JSON that IDENTIFY takes and refuses.
#include "identify_body.hpp"
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;

std::string repeated(std::string_view part, std::size_t times) {
  std::string all;
  all.reserve(part.size() * times);
  while (times-- != 0) {
    all += part;
  }
  return all;
}

TEST(identify_json, is_an_object) {
  for (auto const body : {""sv, " "sv, "\r\n\t"sv, "[]"sv, "\"x\""sv, "12"sv, "-0"sv, "true"sv,
                          "false"sv, "[{}]"sv, R"(["hostname"])"sv}) {
    EXPECT_EQ(judge(body), verdict::undecodable) << testing::PrintToString(body);
  }
}

TEST(identify_json, may_have_white_space_around_it) {
  auto const body = body_with("");
  for (std::string const around : {" ", "\t", "\n", "\r", " \r\n\t "}) {
    EXPECT_EQ(judge(around + body), verdict::accepted);
    EXPECT_EQ(judge(body + around), verdict::accepted);
  }
  EXPECT_EQ(judge(" { \"hostname\"\t:\r\n\"h\" } "), verdict::incomplete);
}

TEST(identify_json, has_nothing_else_around_it) {
  auto const body = body_with("");
  for (std::string const around :
       {"x", "}", ",", "{}", "\v", "\f", "\u00a0", "\ufeff", "//", "null"}) {
    EXPECT_EQ(judge(around + body), verdict::undecodable) << around;
    EXPECT_EQ(judge(body + around), verdict::undecodable) << around;
  }
  EXPECT_EQ(judge(body + "\0"s), verdict::undecodable);
}

TEST(identify_json, is_strict_json) {
  for (std::string const more : {
           R"("x":1,)",      R"("x":[1,])",     R"("x":[,1])",      R"("x":{"a":1,})",
           R"("x":)",        R"("x")",          R"("x" 1)",         R"(x:1)",
           R"('x':1)",       R"(1:1)",          R"("x":'a')",       R"("x":1 /* c */)",
           "\"x\":1 // c\n", R"("x":NaN)",      R"("x":Infinity)",  R"("x":-Infinity)",
           R"("x":nul)",     R"("x":True)",     R"("x":undefined)", R"("x":01)",
           R"("x":-01)",     R"("x":+1)",       R"("x":.5)",        R"("x":1.)",
           R"("x":-)",       R"("x":1e)",       R"("x":1e+)",       R"("x":1e99999999999.5)",
           R"("x":0x10)",    R"("x":1_000)",    R"("x":"a)",        R"("x":"\x")",
           R"("x":"\u12")",  R"("x":"\u00zz")", R"("x":"\U0041")",  R"("x":"\'")",
           R"("x":[1})",     R"("x":[})",
       }) {
    EXPECT_EQ(judge(body_with(more)), verdict::undecodable) << more;
  }
}

TEST(identify_json, cut_short_is_none) {
  auto const body = body_with(R"("hostname":"h\u00e9","x":[1e5,{"y":null}])");
  ASSERT_EQ(judge(body), verdict::accepted);
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(judge(std::string_view{body}.substr(0, size)), verdict::undecodable) << size;
  }
}

TEST(identify_json, has_no_raw_control_bytes_in_its_strings) {
  for (char byte = 0; byte < 0x20; ++byte) {
    EXPECT_EQ(judge(body_with("\"hostname\":\"a"s + byte + '"')), verdict::undecodable)
        << int{byte};
    EXPECT_EQ(judge(body_with("\"a"s + byte + "\":1")), verdict::undecodable) << int{byte};
  }
  EXPECT_EQ(judge(body_with("\"hostname\":\"a\x7f\"")), verdict::accepted);
}

TEST(identify_json, is_nested_10000_deep_at_most) {
  // The body itself is the first.
  for (std::size_t const depth : {10'000U, 10'001U, 100'000U}) {
    auto const expected = depth > 10'000 ? verdict::undecodable : verdict::accepted;
    auto const inner = depth - 1;
    EXPECT_EQ(judge(body_with("\"x\":" + repeated("[", inner) + repeated("]", inner))), expected)
        << depth;
    EXPECT_EQ(judge(body_with("\"x\":" + repeated("{\"y\":", inner) + '1' + repeated("}", inner))),
              expected)
        << depth;
  }
}

TEST(identify_json, nested_and_cut_short_is_none) {
  EXPECT_EQ(judge(repeated("[", 10'000)), verdict::undecodable);
  EXPECT_EQ(judge(repeated("{\"x\":", 500'000)), verdict::undecodable);
}

}  // namespace
}  // namespace nsqlookupd::protocol
