// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/json.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::text::json {
namespace {

using namespace std::string_view_literals;

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

TEST(json, strings_are_written_as_go_writes_them) {
  struct {
    std::string_view text;
    std::string_view json;
  } const cases[] = {
      {"", R"("")"},
      {"plain text 0-9", R"("plain text 0-9")"},
      {R"(a"b\c/d)", R"("a\"b\\c/d")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {"\0\x01\x1f"sv, R"("\u0000\u0001\u001f")"},
      {"<a&b>", R"("\u003ca\u0026b\u003e")"},
      {"\x7f", "\"\x7f\""},
      {"\u00e9\u4e16\U0001F600", "\"\u00e9\u4e16\U0001F600\""},
      {"\u2028\u2029\u2027", "\"\\u2028\\u2029\u2027\""},
      {"end\n", R"("end\n")"},
  };
  for (auto const& [text, json] : cases) {
    EXPECT_EQ(quoted(text), json);
  }
}

TEST(json, each_byte_of_broken_utf8_is_replaced) {
  struct {
    std::string_view text;
    std::string_view json;
  } const cases[] = {
      {"\xff", R"("\ufffd")"},
      {"a\x80z", R"("a\ufffdz")"},
      {"\xc3", R"("\ufffd")"},
      {"\xc3(", R"("\ufffd(")"},
      {"\xc0\xaf", R"("\ufffd\ufffd")"},
      {"\xc1\xbf", R"("\ufffd\ufffd")"},
      {"\xe0\x9f\xbf", R"("\ufffd\ufffd\ufffd")"},
      {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},
      {"\xe4\xb8", R"("\ufffd\ufffd")"},
      {"\xe4\xb8x", R"("\ufffd\ufffdx")"},
      {"\xf0\x8f\xbf\xbf", R"("\ufffd\ufffd\ufffd\ufffd")"},
      {"\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
      {"\xf5\x80\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
      {"\xf0\x9f\x98", R"("\ufffd\ufffd\ufffd")"},
  };
  for (auto const& [text, json] : cases) {
    EXPECT_EQ(quoted(text), json);
  }
}

TEST(json, sequences_at_the_edges_of_their_size_are_whole) {
  for (auto const text :
       {"\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    EXPECT_EQ(quoted(text), std::string{'"'}.append(text).append("\""));
  }
}

TEST(json, characters_that_terminals_obey_can_be_escaped_instead) {
  escape_buffer buffer;
  auto const first = [&](std::string_view text) {
    return next_piece(text, escapes::terminal, buffer).shown;
  };
  EXPECT_EQ(first("\u0080x"), "\\u0080");
  EXPECT_EQ(first("\u009fx"), "\\u009f");
  EXPECT_EQ(first("\u00a0x"), "\u00a0");
  EXPECT_EQ(first("\u2028x"), "\u2028");
  EXPECT_EQ(first("<a>&b\n"), "<a>&b");
  EXPECT_EQ(first("\x9bx"), "\\ufffd");
}

TEST(json, a_piece_that_stands_for_itself_is_divisible) {
  escape_buffer buffer;
  auto const plain = next_piece("ab\"", escapes::html, buffer);
  EXPECT_TRUE(plain.divisible);
  EXPECT_EQ(plain.size, 2U);
  EXPECT_FALSE(next_piece("\"", escapes::html, buffer).divisible);
  EXPECT_FALSE(next_piece("\u20ac", escapes::html, buffer).divisible);
}

TEST(json, commas_stand_between_elements) {
  std::string out = "[";
  append_comma(out);
  append_name(out, "a");
  append_comma(out);
  append_name(out, "b");
  EXPECT_EQ(out, R"(["a","b")");
  std::string object = "{";
  append_comma(object);
  EXPECT_EQ(object, "{");
}

}  // namespace
}  // namespace nsqlookupd::text::json
