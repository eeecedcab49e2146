// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/json_writer.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api::json {
namespace {

using namespace std::string_view_literals;

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

TEST(json_writer, strings_are_written_as_go_writes_them) {
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

TEST(json_writer, each_byte_of_broken_utf8_is_replaced) {
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

TEST(json_writer, sequences_at_the_edges_of_their_size_are_whole) {
  for (auto const text :
       {"\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    EXPECT_EQ(quoted(text), std::string{'"'}.append(text).append("\""));
  }
}

TEST(json_writer, numbers) {
  std::string out;
  append_number(out, 0);
  append_number(out, std::numeric_limits<std::int64_t>::min());
  append_number(out, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(out, "0-92233720368547758089223372036854775807");
}

TEST(json_writer, commas_stand_between_elements) {
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
}  // namespace nsqlookupd::http_api::json
