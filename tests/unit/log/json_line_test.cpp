// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/format_line.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

namespace nsqlookupd::log {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

// 2026-11-22 14:25:03 UTC.
auto const stamped = std::chrono::system_clock::from_time_t(1795357503);

std::string json_line(std::string_view prefix, level severity, std::string_view message,
                      std::chrono::system_clock::time_point time = stamped) {
  return format_line(line_format::json, prefix, severity, message, time);
}

std::string message_value(std::string_view message) {
  auto const line = json_line("", level::info, message);
  auto const begin = line.find("\"msg\":") + 6;
  return line.substr(begin, line.size() - begin - 2);
}

TEST(json_line, is_one_object_with_time_level_name_and_message) {
  EXPECT_EQ(json_line("[nsqlookupd] ", level::info, "TCP: listening", stamped + 881653999ns),
            R"({"time":"2026-11-22T14:25:03.881653Z","level":"info","name":"nsqlookupd",)"
            R"("msg":"TCP: listening"})"
            "\n");
  EXPECT_EQ(json_line("", level::error, "", std::chrono::system_clock::from_time_t(1767301445)),
            "{\"time\":\"2026-01-01T21:04:05.000000Z\",\"level\":\"error\",\"msg\":\"\"}\n");
}

std::string line_with(std::initializer_list<member> members, std::string_view message = "m") {
  bounded_text out;
  format_line(out, line_format::json, "", level::info, message, stamped, members);
  return std::string{out.view()};
}

TEST(json_line, has_members_in_front_of_its_message) {
  EXPECT_EQ(line_with({{"client", "[::1]:5"}, {"status", "200", true}, {"topic", ""}}),
            R"({"time":"2026-11-22T14:25:03.000000Z","level":"info","client":"[::1]:5",)"
            R"("status":200,"msg":"m"})"
            "\n");
  EXPECT_NE(line_with({{"magic", "a\"b\n"}}).find(R"(,"magic":"a\"b\n",)"), std::string::npos);
}

TEST(json_line, cuts_long_members_so_that_all_have_room) {
  std::string const longest(256, 'x');
  auto const line = line_with({{"a", longest}, {"b", longest + 'x'}});
  EXPECT_NE(line.find(R"("a":")" + longest + R"(","b":")" + longest + R"(...","msg":"m"})"),
            std::string::npos);
  std::string const controls(max_line_size, '\x01');
  member const one{"a-member-of-any-name", controls};
  auto const full = line_with({one, one, one, one, one, one, one, one, one}, controls);
  EXPECT_LE(full.size(), max_line_size);
  EXPECT_TRUE(boost::json::parse(full).is_object());
}

TEST(json_line, names_levels_as_the_flag_does) {
  EXPECT_NE(json_line("", level::debug, "x").find(R"("level":"debug")"), std::string::npos);
  EXPECT_NE(json_line("", level::warning, "x").find(R"("level":"warn")"), std::string::npos);
  EXPECT_NE(json_line("", level::fatal, "x").find(R"("level":"fatal")"), std::string::npos);
}

TEST(json_line, any_prefix_is_a_name) {
  EXPECT_NE(json_line("a \"b\" ", level::info, "x").find(R"("name":"a \"b\"")"), std::string::npos);
  EXPECT_EQ(json_line(" [] ", level::info, "x").find("name"), std::string::npos);
}

TEST(json_line, escapes_what_a_string_may_not_have) {
  EXPECT_EQ(message_value("a\"b\\c/d<e>&f"), R"("a\"b\\c/d<e>&f")");
  EXPECT_EQ(message_value("a\nb\rc\td"), R"("a\nb\rc\td")");
  EXPECT_EQ(message_value("\0\x1b\x1f\x7f"sv), "\"\\u0000\\u001b\\u001f\x7f\"");
}

TEST(json_line, escapes_control_characters_of_two_bytes) {
  EXPECT_EQ(message_value("\xc2\x80\xc2\x9b"
                          "m\xc2\xa0"),
            "\"\\u0080\\u009bm\xc2\xa0\"");
}

TEST(json_line, keeps_utf_8_and_replaces_what_is_none) {
  EXPECT_EQ(message_value("µ€𝄞\u2028"), "\"µ€𝄞\u2028\"");
  EXPECT_EQ(message_value("\x80z\xffz\xc3"), "\"\\ufffdz\\ufffdz\\ufffd\"");
  // Overlong, a surrogate, too large.
  EXPECT_EQ(message_value("\xc0\xafz"), "\"\\ufffd\\ufffdz\"");
  EXPECT_EQ(message_value("\xe0\x9f\xbfz"), "\"\\ufffd\\ufffd\\ufffdz\"");
  EXPECT_EQ(message_value("\xed\xa0\x80z"), "\"\\ufffd\\ufffd\\ufffdz\"");
  EXPECT_EQ(message_value("\xf4\x90\x80\x80z"), "\"\\ufffd\\ufffd\\ufffd\\ufffdz\"");
}

TEST(json_line, a_longer_line_is_cut_and_stays_json) {
  for (std::string_view const part : {"x", "\n", "\x01", "\xff", "€", "𝄞", "\""}) {
    std::string message;
    while (message.size() < max_line_size) message += part;
    auto const line = json_line("p", level::info, message);
    EXPECT_LE(line.size(), max_line_size);
    EXPECT_GT(line.size(), max_line_size - 10);
    EXPECT_TRUE(line.ends_with("...\"}\n")) << line;
    EXPECT_NO_THROW(static_cast<void>(boost::json::parse(line)));
  }
  auto const prefixed = json_line(std::string(2 * max_line_size, 'p'), level::info, "message");
  EXPECT_TRUE(prefixed.ends_with(R"(pp...","msg":"message"})"
                                 "\n"));
}

TEST(json_line, is_legal_json_whatever_the_bytes) {
  std::mt19937 random{1};
  std::uniform_int_distribution<int> any_byte{0, 255};
  std::uniform_int_distribution<std::size_t> any_size{0, 200};
  for (int round = 0; round < 2000; ++round) {
    std::string message(any_size(random), '\0');
    for (auto& byte : message) byte = static_cast<char>(any_byte(random));
    auto const line = json_line(message, level::info, message);
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    ASSERT_TRUE(boost::json::parse(line).is_object());
  }
}
}  // namespace
}  // namespace nsqlookupd::log
