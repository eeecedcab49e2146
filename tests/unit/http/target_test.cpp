// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/target.hpp>

#include <boost/url/parse.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace nsqlookupd::http {
namespace {

using namespace std::string_view_literals;

TEST(target, parts) {
  struct {
    std::string_view text;
    std::string_view origin;
    std::string_view path;
    std::optional<std::string_view> query;
  } const cases[] = {
      {"/", "", "/", std::nullopt},
      {"/lookup?topic=t", "", "/lookup", "topic=t"},
      {"/ping?", "", "/ping", ""},
      {"/ping??a?b", "", "/ping", "?a?b"},
      {"/%70ing", "", "/ping", std::nullopt},
      {"/a%2Fb?x=%2F", "", "/a/b", "x=%2F"},
      {"/lookup%3Ftopic=t1", "", "/lookup?topic=t1", std::nullopt},
      {"/ping#x", "", "/ping#x", std::nullopt},
      {"/a+b", "", "/a+b", std::nullopt},
      {"/\xc3\xa9<[", "", "/\xc3\xa9<[", std::nullopt},
      {"//ping", "", "//ping", std::nullopt},
      {"/x:y", "", "/x:y", std::nullopt},
      {"/ping?%zz", "", "/ping", "%zz"},
      {"*", "", "*", std::nullopt},
      {"http://host:4161/lookup?topic=x", "http://host:4161", "/lookup", "topic=x"},
      {"http://host:4161", "http://host:4161", "", std::nullopt},
      {"http://host?x", "http://host", "", "x"},
      {"http://[::1]:4161/%70ing", "http://[::1]:4161", "/ping", std::nullopt},
      {"HTTP://u:p@host/ping/", "HTTP://u:p@host", "/ping/", std::nullopt},
      {"http:///ping", "http://", "/ping", std::nullopt},
      {"https://h/", "https://h", "/", std::nullopt},
  };
  for (auto const& [text, origin, path, query] : cases) {
    auto const parsed = target::parse(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->origin, origin) << text;
    EXPECT_EQ(parsed->path(), path) << text;
    EXPECT_EQ(parsed->raw_query, query) << text;
  }
}

TEST(target, rejected) {
  for (std::string_view const text : {"ping"sv,
                                      ""sv,
                                      ":"sv,
                                      "1http://h/"sv,
                                      "http:/ping"sv,
                                      "ftp://h/ping"sv,
                                      "mailto:x"sv,
                                      "h:80"sv,
                                      "h_x://h/"sv,
                                      "?x"sv,
                                      "/%zz"sv,
                                      "/%"sv,
                                      "/%4"sv,
                                      "/a b"sv,
                                      "/\x01"sv,
                                      "/a\r\nb"sv,
                                      "/\0"sv,
                                      "/ping?\x7f"sv,
                                      "/ping?\t"sv,
                                      "http://a\"b/ping"sv,
                                      "http://h:port/ping"sv,
                                      "http://[::1/ping"sv}) {
    EXPECT_FALSE(target::parse(text)) << text;
  }
}

// Targets that RFC 3986 allows are read as Boost.URL reads them.
TEST(target, agrees_with_boost_url) {
  constexpr std::string_view parts[] = {"/",   "/",   "ping", "lookup", "?",       "?",  "%2F",
                                        "%70", "%3f", "%25",  "topic=", "topic=t", "&",  "+",
                                        ":",   "@",   ".",    "..",     "~",       "!$", "%C3%A9"};
  std::mt19937 random{20261123};
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "/";
    // Not at the beginning: an empty first segment is no valid origin-form.
    text += parts[2 + random() % 2];
    for (auto count = random() % 9; count > 0; --count) {
      text += parts[random() % std::size(parts)];
    }
    auto const expected = boost::urls::parse_origin_form(text);
    ASSERT_TRUE(expected.has_value()) << text;
    auto const parsed = target::parse(text);
    ASSERT_TRUE(parsed) << text;
    ASSERT_EQ(parsed->path(), expected->encoded_path().decode()) << text;
    ASSERT_EQ(parsed->raw_query.has_value(), expected->has_query()) << text;
    ASSERT_EQ(std::string{parsed->raw_query.value_or("")}, std::string{expected->encoded_query()})
        << text;
  }
}

TEST(logged_target, is_shown_as_it_was_sent_without_the_origin) {
  struct {
    std::string_view text;
    std::string_view logged;
  } const cases[] = {
      {"/lookup?topic=t1", "/lookup?topic=t1"},
      {"/ping?", "/ping?"},
      {"/%70ing", "/%70ing"},
      {"/\xc3\xa9#<!", "/\xc3\xa9#<!"},
      {"/a?\xff<\"", "/a?\xff<\""},
      {"http://host:4161/lookup?topic=x", "/lookup?topic=x"},
      {"http://host:4161", "/"},
      {"*", "*"},
  };
  for (auto const& [text, logged] : cases) {
    std::string out;
    target::parse(text)->append_logged(out);
    EXPECT_EQ(out, logged) << text;
  }
}

}  // namespace
}  // namespace nsqlookupd::http
