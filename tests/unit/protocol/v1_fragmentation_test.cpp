// SPDX-License-Identifier: MIT
//
// However the bytes are cut, and whatever session goes on in between, it does and replies the same.
#include "registry_listings.hpp"
#include "transcripts.hpp"
#include "v1_client.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using namespace test_support;

struct course {
  replies replied;
  bool closed = false;
  std::string fatal_error;
  lines registrations;
  lines topics;

  bool operator==(course const&) const = default;
};

course run(transcript const& subject, std::vector<std::string_view> const& pieces,
           void (v1_client::*after_each)() = nullptr) {
  registry::registration_db db;
  v1_client client{db, settings_of(subject)};
  course seen;
  for (auto const piece : pieces) {
    auto const replied = client.send(piece);
    seen.replied.insert(seen.replied.end(), replied.begin(), replied.end());
    if (after_each != nullptr) {
      (client.*after_each)();
    }
  }
  seen.closed = client.closed();
  seen.fatal_error = client.fatal_error();
  seen.registrations = list_registrations(db);
  seen.topics = list_topics(db);
  return seen;
}

std::vector<std::string_view> cut(std::string_view input, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (; !input.empty(); input.remove_prefix(std::min(size, input.size()))) {
    pieces.push_back(input.substr(0, size));
  }
  return pieces;
}

class v1_fragmentation : public testing::TestWithParam<transcript> {};

TEST_P(v1_fragmentation, all_at_once) {
  auto const& subject = GetParam();
  auto const seen = run(subject, {subject.input});
  EXPECT_EQ(seen.replied, subject.expected);
  EXPECT_EQ(seen.closed, subject.closes);
  EXPECT_EQ(seen.fatal_error, subject.closes ? subject.expected.back() : "");
}

TEST_P(v1_fragmentation, in_pieces_of_any_size) {
  auto const& subject = GetParam();
  auto const whole = run(subject, {subject.input});
  for (std::size_t size = 1; size < subject.input.size(); ++size) {
    EXPECT_TRUE(run(subject, cut(subject.input, size)) == whole) << "pieces of " << size;
  }
}

TEST_P(v1_fragmentation, in_every_two_parts) {
  auto const& subject = GetParam();
  auto const whole = run(subject, {subject.input});
  std::string_view const input = subject.input;
  for (std::size_t first = 0; first <= input.size(); ++first) {
    auto const seen = run(subject, {input.substr(0, first), "", input.substr(first)});
    EXPECT_TRUE(seen == whole) << "cut at " << first;
  }
}

TEST_P(v1_fragmentation, and_handed_over_between_every_two_parts) {
  auto const& subject = GetParam();
  auto const whole = run(subject, {subject.input});
  for (std::size_t size = 1; size < subject.input.size(); ++size) {
    EXPECT_TRUE(run(subject, cut(subject.input, size), &v1_client::hand_over) == whole)
        << "pieces of " << size;
  }
}

TEST(v1_handover, half_a_command_is_told_of_at_the_end_of_input) {
  for (std::string_view const input :
       {"IDENTIFY\n"sv, "IDENTIFY\n\0\0\0\x02{"sv, "ANNOUNCE t . 4150\n"sv, "PING\nPI"sv, ""sv}) {
    registry::registration_db db;
    v1_client one{db};
    v1_client other{db};
    EXPECT_EQ(one.send(input), other.send(input));
    other.hand_over();
    EXPECT_EQ(one.end(), other.end()) << input;
  }
}

std::string name_of(testing::TestParamInfo<transcript> const& info) {
  std::string name{info.param.name};
  std::erase(name, ',');
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(of, v1_fragmentation, testing::ValuesIn(transcripts()), name_of);

}  // namespace
}  // namespace nsqlookupd::protocol
