// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/frame.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;

TEST(protocols, two_spaces_and_v1_is_protocol_v1) {
  session_settings const settings;
  auto const session = make_session("  V1", settings, "10.0.0.1:5000");
  ASSERT_NE(session, nullptr);
  registry::registration_db db;
  std::string replies;
  EXPECT_EQ(session->consume("PING\n", db, {}, replies, 100).consumed, 5U);
  EXPECT_EQ(replies, "\0\0\0\x02OK"sv);
}

TEST(protocols, no_other_magic_is_known) {
  session_settings const settings;
  for (auto const magic : {"  V2"sv, " V1 "sv, "  v1"sv, "V1  "sv, "GET "sv, "\xff\0\x01\x80"sv,
                           "\t V1"sv, "  V"sv, ""sv, "  V1\n"sv}) {
    EXPECT_EQ(make_session(magic, settings, "10.0.0.1:5000"), nullptr)
        << testing::PrintToString(magic);
  }
}

TEST(protocols, a_wrong_magic_is_refused_with_this_frame) {
  std::string reply;
  append_frame(bad_protocol, reply);
  EXPECT_EQ(reply,
            "\0\0\0\x0e"
            "E_BAD_PROTOCOL"sv);
}

TEST(protocols, the_limits_are_these_by_default) {
  session_settings const settings;
  EXPECT_EQ(settings.policy, client_error_policy::continue_session);
  EXPECT_EQ(settings.max_line_size, 4096U);
  EXPECT_EQ(settings.max_body_size, 1048576U);
}

}  // namespace
}  // namespace nsqlookupd::protocol
