// SPDX-License-Identifier: MIT
#include "event_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {
namespace {

std::vector<stream_event> events_of(event_parser& parser, std::string_view text) {
  std::vector<stream_event> events;
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    if (auto event = parser.take_line(text.substr(0, end))) {
      events.push_back(*std::move(event));
    }
    text.remove_prefix(end + 1);
  }
  return events;
}

TEST(event_parser, makes_an_event_of_its_lines) {
  event_parser parser;
  auto const events = events_of(
      parser, "id: 7\nevent: lookup\ndata: {\"a\":1}\n\n:\n\nid:8\r\nevent:x\r\ndata:y\r\n\r\n");
  EXPECT_EQ(events, (std::vector<stream_event>{{"lookup", "{\"a\":1}"}, {"x", "y"}}));
  EXPECT_EQ(parser.last_id(), "8");
}

TEST(event_parser, joins_lines_of_data_and_skips_unknown_fields) {
  event_parser parser;
  EXPECT_EQ(events_of(parser, "data: a\ndata\nother: x\ndata:  b\n\nevent: without data\n\n"),
            (std::vector<stream_event>{{"", "a\n\n b"}}));
}

TEST(event_parser, has_the_id_of_whole_events_alone) {
  event_parser parser;
  EXPECT_EQ(events_of(parser, "id: 7\ndata: a\n\nid: 8\ndata: b\n").size(), 1U);
  EXPECT_EQ(parser.last_id(), "7");
  parser.begin_stream();
  EXPECT_EQ(events_of(parser, "data: c\n\n"), (std::vector<stream_event>{{"", "c"}}));
  EXPECT_EQ(parser.last_id(), "7");
}

TEST(event_parser, tells_a_retry_once) {
  event_parser parser;
  EXPECT_TRUE(events_of(parser, "retry: 587\n\n").empty());
  EXPECT_EQ(parser.take_retry(), std::chrono::milliseconds{587});
  EXPECT_FALSE(parser.take_retry());
  EXPECT_TRUE(events_of(parser, "retry: soon\nretry: -1\n\n").empty());
  EXPECT_FALSE(parser.take_retry());
}

}  // namespace
}  // namespace nsqlookupd
