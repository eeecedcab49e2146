// SPDX-License-Identifier: MIT
//
// The reply to a client that stops sending in the middle of something.
#include "captured_log.hpp"
#include "registry_listings.hpp"
#include "transcripts.hpp"
#include "v1_client.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using namespace test_support;

struct ending {
  std::string_view input;
  std::string_view reply;
  std::string_view cause;
};

class v1_end_of_input : public testing::Test {
 protected:
  registry::registration_db db;
};

TEST_F(v1_end_of_input, in_a_frame_is_an_error) {
  ending const cases[] = {
      {"IDENTIFY\n", "E_BAD_BODY IDENTIFY failed to read body size", "EOF"},
      {"IDENTIFY\n\0"sv, "E_BAD_BODY IDENTIFY failed to read body size", "unexpected EOF"},
      {"IDENTIFY\n\0\0\0"sv, "E_BAD_BODY IDENTIFY failed to read body size", "unexpected EOF"},
      {"IDENTIFY\n\0\0\0\x02"sv, "E_BAD_BODY IDENTIFY failed to read body", "EOF"},
      {"IDENTIFY\n\0\0\0\x02{"sv, "E_BAD_BODY IDENTIFY failed to read body", "unexpected EOF"},
      {"ANNOUNCE t c 1\n", "E_BAD_BODY ANNOUNCE failed to read body size", "EOF"},
      {"ANNOUNCE t c 1\n\0"sv, "E_BAD_BODY ANNOUNCE failed to read body size", "unexpected EOF"},
      {"ANNOUNCE t c 1\n\0\0\0\x02"sv, "E_BAD_BODY ANNOUNCE failed to read body", "EOF"},
      {"ANNOUNCE t c 1\n\0\0\0\x02h"sv, "E_BAD_BODY ANNOUNCE failed to read body",
       "unexpected EOF"},
  };
  for (auto const policy : {client_error_policy::continue_session, client_error_policy::close}) {
    for (auto const& [input, reply, cause] : cases) {
      v1_client client{db, with_policy(policy)};
      EXPECT_EQ(client.send(input), replies{});
      captured_log const log;
      EXPECT_EQ(client.end(), replies{std::string{reply}});
      EXPECT_EQ(log.lines(), lines{"ERROR: [10.0.0.1:5000] - " + std::string{reply} + " - " +
                                   std::string{cause}});
    }
  }
  EXPECT_EQ(list_clients(db), lines{});
}

TEST_F(v1_end_of_input, elsewhere_is_none) {
  for (auto const input :
       {""sv, "PING\n"sv, "P"sv, "PING"sv, "IDENTIFY"sv, "IDENTIFY\r"sv, "FOO"sv,
        "ANNOUNCE t c 1"sv, "IDENTIFY\n\0\0\0\0"sv, "IDENTIFY\n\0\0\0\x02{}"sv,
        "ANNOUNCE t c 1\n\0\0\0\x02h\n"sv, "ANNOUNCE t c\n"sv, "IDENTIFY\n\xff\xff\xff\xff"sv}) {
    v1_client client{db};
    client.send(input);
    captured_log const log;
    EXPECT_EQ(client.end(), replies{}) << input;
    EXPECT_EQ(log.lines(), lines{}) << input;
  }
}

TEST_F(v1_end_of_input, in_an_identify_that_was_refused_is_none) {
  for (auto const input : {"IDENTIFY\n"sv, "IDENTIFY\n\0\0"sv, "IDENTIFY\n\0\0\0\x05"sv,
                           "IDENTIFY\n\0\0\0\x05PIN"sv, "IDENTIFY\n\0\0\0\x05PING\n"sv}) {
    v1_client client{db};
    client.send(identify());
    EXPECT_EQ(client.send(input), replies{"E_INVALID cannot IDENTIFY again"});
    EXPECT_EQ(client.end(), replies{}) << input;
  }
}

TEST_F(v1_end_of_input, in_an_announce_after_such_an_identify_is_one_again) {
  v1_client client{db};
  client.send(identify() + identify());
  EXPECT_EQ(client.send("ANNOUNCE t c 1\n"), replies{});
  EXPECT_EQ(client.end(), replies{"E_BAD_BODY ANNOUNCE failed to read body size"});
}

TEST_F(v1_end_of_input, after_the_session_has_closed_is_none) {
  v1_client client{db, with_policy(client_error_policy::close)};
  client.send("FOO\nIDENTIFY\n");
  EXPECT_EQ(client.end(), replies{});
}

// Wherever a session is cut off, the commands that were whole are answered, and at most one error
// tells of the one that was not.
TEST_F(v1_end_of_input, may_come_anywhere) {
  constexpr std::array<std::string_view, 4> last_words{
      "E_BAD_BODY IDENTIFY failed to read body size", "E_BAD_BODY IDENTIFY failed to read body",
      "E_BAD_BODY ANNOUNCE failed to read body size", "E_BAD_BODY ANNOUNCE failed to read body"};
  for (auto const& subject : transcripts()) {
    for (std::size_t size = 0; size <= subject.input.size(); ++size) {
      SCOPED_TRACE(std::string{subject.name} + ", cut at " + std::to_string(size));
      registry::registration_db own;
      v1_client client{own, settings_of(subject)};
      auto const replied = client.send(subject.input.substr(0, size));
      ASSERT_LE(replied.size(), subject.expected.size());
      EXPECT_TRUE(std::equal(replied.begin(), replied.end(), subject.expected.begin()));
      auto const ended = client.end();
      ASSERT_LE(ended.size(), 1U);
      if (!ended.empty()) {
        EXPECT_NE(std::find(last_words.begin(), last_words.end(), ended.front()), last_words.end());
        EXPECT_LT(replied.size(), subject.expected.size());
      }
      client.leave();
      EXPECT_EQ(list_clients(own), lines{});
    }
  }
}

}  // namespace
}  // namespace nsqlookupd::protocol
