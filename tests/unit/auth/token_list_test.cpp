// SPDX-License-Identifier: MIT
#include <nsqlookupd/auth/access_control.hpp>
#include <nsqlookupd/auth/token_list.hpp>

#include "error_of.hpp"
#include <gtest/gtest.h>

#include <ctime>
#include <memory>
#include <string>

namespace nsqlookupd::auth {
namespace {

using test_support::error_of;

constexpr auto reader_token = "reader-token-0123456789";
constexpr auto writer_token = "writer-token-0123456789";

std::string reader() {
  return make_line("reader", "read", reader_token) + '\n';
}

std::string writer() {
  return make_line("writer", "write", writer_token) + '\n';
}

std::string bearer(std::string const& token) {
  return "Bearer " + token;
}

void expect_caller(token_list const& list, std::string const& shown, right may,
                   std::string const& token_name) {
  auto const found = list.identify(shown);
  EXPECT_EQ(found.may, may) << shown;
  EXPECT_EQ(found.token_name, token_name) << shown;
}

TEST(token_list, with_both_kinds_lets_only_those_on_it_read) {
  auto const list = token_list::parse(reader() + writer());
  expect_caller(list, "", right::nothing, "");
  expect_caller(list, bearer("unknown-token-0123456789"), right::nothing, "");
  expect_caller(list, bearer(reader_token), right::read, "reader");
  expect_caller(list, bearer(writer_token), right::write, "writer");
}

TEST(token_list, without_read_tokens_lets_anybody_read) {
  auto const list = token_list::parse(writer());
  expect_caller(list, "", right::read, "");
  expect_caller(list, bearer(reader_token), right::read, "");
  expect_caller(list, bearer(writer_token), right::write, "writer");
}

TEST(token_list, gives_the_most_that_one_of_its_lines_says) {
  auto const same = make_line("same", "read", writer_token) + '\n';
  for (auto const& text : {writer() + same, same + writer()}) {
    expect_caller(token_list::parse(text), bearer(writer_token), right::write, "writer");
  }
}

TEST(token_list, knows_bearer_and_basic) {
  auto const list = token_list::parse(reader());
  for (auto const* const shown :
       {"Bearer reader-token-0123456789", "bearer reader-token-0123456789",
        "BEARER   reader-token-0123456789  ", "Basic cmVhZGVyOnJlYWRlci10b2tlbi0wMTIzNDU2Nzg5",
        "basic cmVhZGVyOnJlYWRlci10b2tlbi0wMTIzNDU2Nzg5"}) {
    expect_caller(list, shown, right::read, "reader");
  }
  // Another name; no colon; no base64; other kinds; nothing.
  for (auto const* const shown :
       {"Basic d3JpdGVyOnJlYWRlci10b2tlbi0wMTIzNDU2Nzg5", "Basic cmVhZGVy",
        "Basic ====", "Basic =", "Basic cm*h", "Basic reader:reader-token-0123456789", "Digest x",
        "Bearer", "Bearer ", " ", "Bearerreader-token-0123456789", "reader-token-0123456789"}) {
    expect_caller(list, shown, right::nothing, "");
  }
}

TEST(token_list, does_not_hash_what_is_too_long_for_a_token) {
  std::string const longest(max_token_size, 'x');
  auto const list = token_list::parse(make_line("n", "read", longest));
  expect_caller(list, bearer(longest), right::read, "n");
  // As a line of an older make_line() would have it.
  auto const beyond = token_list::parse("n read " + token_hash::of(longest + 'x').to_text() + '\n');
  expect_caller(beyond, bearer(longest + 'x'), right::nothing, "");
}

TEST(token_list, has_comments_and_empty_lines) {
  auto const list =
      token_list::parse("# who may write\n\n  \t\n" + writer() + "  # the end\r\n\r\n");
  expect_caller(list, bearer(writer_token), right::write, "writer");
}

TEST(token_list, says_which_line_is_wrong_and_not_what_stands_there) {
  auto const line = [](std::string const& text) {
    return error_of([&] { return token_list::parse(text); });
  };
  std::string const wrong = "line 2: not <name> <read|write> sha256:<salt>:<digest>";
  auto const good = writer().substr(0, writer().size() - 1);
  for (auto const& bad :
       {std::string{"secret"}, std::string{"name write plain-text-token"}, good + " more",
        "name admin" + good.substr(12), "a:b" + good.substr(6), good.substr(0, good.size() - 1)}) {
    EXPECT_EQ(line("#\n" + bad + '\n'), wrong) << bad;
  }
  EXPECT_EQ(line(""), "there is no token in it");
  EXPECT_EQ(line("# nothing\n"), "there is no token in it");
}

TEST(token_list_line, needs_a_name_a_right_and_a_long_token) {
  auto const line = [](std::string const& name, std::string const& may, std::string const& token) {
    return error_of([&] { return make_line(name, may, token); });
  };
  EXPECT_EQ(line("n", "read", reader_token), "");
  for (auto const* const name : {"", "a b", "a:b", "#a", "\xc3\xa4"}) {
    EXPECT_TRUE(line(name, "read", reader_token).starts_with("the name must be ")) << name;
  }
  EXPECT_EQ(line("n", "admin", reader_token), "the right must be read or write");
  for (auto const* const token : {"", "fifteen-letters", "sixteen letters of it"}) {
    EXPECT_TRUE(line("n", "read", token).starts_with("the token must have at least 16 ")) << token;
  }
  EXPECT_EQ(line("n", "read", "sixteen--letters"), "");
  EXPECT_EQ(line("n", "read", std::string(1024, 'x')), "");
  EXPECT_TRUE(line("n", "read", std::string(1025, 'x')).starts_with("the token must have "));
}

std::shared_ptr<token_list const> shared(std::string const& text) {
  return std::make_shared<token_list const>(token_list::parse(text));
}

TEST(access_control, follows_the_list_that_counts_now) {
  access_control control{shared(reader())};
  EXPECT_EQ(control.identify(bearer(writer_token)).token_name, "");
  control.replace(shared(writer()));
  EXPECT_EQ(control.identify(bearer(writer_token)).token_name, "writer");
  EXPECT_EQ(control.identify(bearer(reader_token)).token_name, "");
}

TEST(access_control, gives_each_its_own_answer_time_and_again) {
  access_control const control{shared(reader() + writer())};
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(control.identify({}).may, right::nothing);
    EXPECT_EQ(control.identify(bearer(reader_token)).may, right::read);
    EXPECT_EQ(control.identify(bearer(writer_token)).may, right::write);
    // More than are remembered.
    for (int wrong = 0; wrong < 1000; ++wrong) {
      EXPECT_EQ(control.identify(bearer(writer_token + std::to_string(wrong))).token_name, "");
    }
  }
}

TEST(access_control, does_not_hash_every_token_for_every_request) {
  constexpr int tokens = 5'000;
  constexpr int requests = 5'000;
  std::string text;
  for (int number = 0; number < tokens; ++number) {
    text += make_line("n", "read", "reader-token-number-" + std::to_string(number)) + '\n';
  }
  access_control const control{shared(text)};
  auto const wrong = bearer("no-reader-token-at-all");
  auto const began = std::clock();
  for (int round = 0; round < requests; ++round) {
    EXPECT_EQ(control.identify(bearer("reader-token-number-7")).token_name, "n");
    EXPECT_EQ(control.identify(wrong).token_name, "");
  }
  // Fifty million hashes take ten seconds of the processor's, ten thousand some milliseconds.
  EXPECT_LT(std::clock() - began, 2 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace nsqlookupd::auth
