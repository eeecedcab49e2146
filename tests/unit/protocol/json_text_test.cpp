// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/json_text.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

struct rewriting {
  std::string_view text;
  std::string_view expected;
};

std::string tolerated(std::string_view text) {
  std::string json{text};
  tolerate(json);
  return json;
}

TEST(tolerate, replaces_the_escapes_of_lone_surrogates) {
  rewriting const cases[] = {
      {R"("\ud800")", R"("\ufffd")"},
      {R"("\uDFFF")", R"("\ufffd")"},
      {R"("\udbff\udbff\udfff")", R"("\ufffd\udbff\udfff")"},
      {R"("\udc00\ud800")", R"("\ufffd\ufffd")"},
      {R"("\udc00\udc00")", R"("\ufffd\ufffd")"},
      {R"("\ud83dx")", R"("\ufffdx")"},
      {R"("\ud83da")", R"("\ufffda")"},
      {R"("\ud83dxudc00")", R"("\ufffdxudc00")"},
      {R"("\ud83d\ndc00")", R"("\ufffd\ndc00")"},
      {R"(["a", "\ud83d"])", R"(["a", "\ufffd"])"},
      {R"("\ud83d\n")", R"("\ufffd\n")"},
      {R"("\ud83d\u0041")", R"("\ufffd\u0041")"},
      {R"("\\\ud800")", R"("\\\ufffd")"},
      {R"("\ud800)", R"("\ufffd)"},
      {R"("\ud83d\ude)", R"("\ufffd\ude)"},
      {R"({"\ud800":["\udc00"]})", R"({"\ufffd":["\ufffd"]})"},
  };
  for (auto const& [text, expected] : cases) {
    EXPECT_EQ(tolerated(text), expected);
  }
}

TEST(tolerate, zeroes_exponents_of_more_than_eight_digits) {
  rewriting const cases[] = {
      {"1e999999999", "1e000000000"},     {"-1.5E+999999999", "-1.5E+000000000"},
      {"1e-000000001", "1e-000000000"},   {"[0e999999999,2]", "[0e000000000,2]"},
      {"1e999999999.5", "1e000000000.5"}, {"1e9999999999e5", "1e0000000000e5"},
      {"1 9e999999999", "1 9e000000000"},
  };
  for (auto const& [text, expected] : cases) {
    EXPECT_EQ(tolerated(text), expected);
  }
}

TEST(tolerate, leaves_everything_else) {
  for (std::string_view const text : {
           R"("\ud83d\ude00")",
           R"("\uD83D\uDE00")",
           R"("\ud7ff\ue000")",
           R"("\\ud800")",
           R"("\\\\ud800")",
           R"("\ud8")",
           R"("\ud80g")",
           R"("\ud83)",
           R"("\ude0\)",
           R"(\ud800)",
           R"("a" \ud800 "b")",
           R"("\)",
           R"("\u)",
           R"("\ufffd\u0041\n\"\\")",
           R"("1e999999999")",
           R"("\"1e999999999")",
           "1e99999999",
           "1e-99999999",
           "1e",
           "1e+",
           "1",
           "12.5",
           "e999999999",
           "1ee999999999",
           "",
       }) {
    EXPECT_EQ(tolerated(text), text);
  }
}

TEST(key_matches, folds_case_as_unicode_does) {
  for (std::string_view const key : {"version", "VERSION", "VeRsIoN", "ver\u017fion"}) {
    EXPECT_TRUE(key_matches(key, "version")) << key;
  }
  EXPECT_TRUE(key_matches("\u212a_\u212a", "k_k"));
  EXPECT_TRUE(key_matches("TCP_PORT", "tcp_port"));
  EXPECT_TRUE(key_matches("AZ", "az"));
  EXPECT_TRUE(key_matches("", ""));
}

TEST(key_matches, nothing_else) {
  for (std::string_view const key :
       {"", "versio", "versions", " version", "vers\u00efon", "ver\xc5ion",
        "ver\xc5\xbe"
        "ion",
        "version\xff", "ver\u1e9eion", "v\u00e9rsion"}) {
    EXPECT_FALSE(key_matches(key, "version")) << testing::PrintToString(key);
  }
  EXPECT_FALSE(key_matches("TCP-PORT", "tcp_port"));
  EXPECT_FALSE(key_matches("tcp\x7fport", "tcp_port"));
  EXPECT_FALSE(key_matches("\xe2\x84", "k"));
}

}  // namespace
}  // namespace nsqlookupd::protocol
