// SPDX-License-Identifier: MIT
#include <nsqlookupd/http/request_parser.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http {
namespace {

using state = request_parser::state;
using strings = std::vector<std::string>;

/// A connection that reads `pieces` bytes at a time.
class reader {
 public:
  explicit reader(std::size_t pieces) : pieces_{pieces} {}

  /// The requests that were read; a status where the stream is out of step, after which no more is
  /// read.
  strings read(std::string_view stream) {
    strings seen;
    while (!stream.empty()) {
      unread_ += stream.substr(0, pieces_);
      stream.remove_prefix(std::min(pieces_, stream.size()));
      std::string_view rest = unread_;
      while (!rest.empty() && parser.feed(rest) == state::complete) {
        auto const& request = parser.request();
        seen.push_back(request.method + ' ' + request.target_text +
                       (request.keep_alive ? "" : " and close"));
        parser.reset();
      }
      if (auto const status = parser.error().status; status != 0) {
        seen.push_back(std::to_string(status));
        return seen;
      }
      unread_.erase(0, unread_.size() - rest.size());
    }
    return seen;
  }

  request_parser parser{1000};

 private:
  std::size_t pieces_;
  std::string unread_;
};

/// The requests in `stream`, which are the same for pieces of every size.
strings read(std::string_view stream) {
  auto const whole = reader{stream.size()}.read(stream);
  for (std::size_t pieces = 1; pieces < std::min<std::size_t>(stream.size(), 40); ++pieces) {
    EXPECT_EQ(reader{pieces}.read(stream), whole) << pieces << " bytes at a time";
  }
  return whole;
}

constexpr std::string_view post = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
constexpr std::string_view get = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n";

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (auto const part : parts) {
    text += part;
  }
  return text;
}

TEST(request_parser, skips_empty_lines_before_a_request) {
  strings const both = {"POST /a", "GET /b"};
  for (std::string_view const lines :
       {"", "\r\n", "\n", "\r\n\r\n", "\r\n\n\r\n", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"}) {
    EXPECT_EQ(read(joined({lines, post, lines, get, lines})), both);
  }
  EXPECT_EQ(read(joined({get, "\r\n", get, "\r\n", get})), (strings{"GET /b", "GET /b", "GET /b"}));
}

TEST(request_parser, skips_empty_lines_after_a_chunked_body) {
  EXPECT_EQ(read(joined({"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                         "3\r\nabc\r\n0\r\n\r\n", "\r\n", get})),
            (strings{"POST /a", "GET /b"}));
}

TEST(request_parser, does_not_skip_empty_lines_for_ever) {
  std::string const lines(18, '\n');
  EXPECT_EQ(read(joined({post, lines, get})), (strings{"POST /a", "400"}));
}

TEST(request_parser, has_begun_nothing_at_an_empty_line) {
  request_parser parser{1000};
  std::string_view input = "\r\n";
  EXPECT_EQ(parser.feed(input), state::need_more);
  EXPECT_EQ(input, "");
  EXPECT_FALSE(parser.in_head());
  EXPECT_FALSE(parser.in_body());
}

TEST(request_parser, takes_an_empty_chunked_body_in_any_pieces) {
  for (std::string_view const body :
       {"0\r\n\r\n", "00\r\n\r\n", "0;a=b\r\n\r\n", "0\r\nT: x\r\n\r\n", "3\r\n0\r\n\r\n0\r\n\r\n",
        "4\r\n0\r\n0\r\n0\r\nT: x\r\n\r\n"}) {
    EXPECT_EQ(read(joined({"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                           body, get})),
              (strings{"POST /a", "GET /b"}))
        << body;
  }
}

TEST(request_parser, refuses_what_is_no_last_chunk_in_any_pieces) {
  for (std::string_view const body :
       {"0\r\nX\r\n\r\n", "0\rX\r\n\r\n", "zz\r\n", "0\r\n\rX\r\n\r\n"}) {
    EXPECT_EQ(
        read(joined({"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", body})),
        (strings{"400"}))
        << body;
  }
}

TEST(request_parser, keeps_a_connection_only_as_a_connection_header_says) {
  struct {
    std::string_view version;
    std::string_view fields;
    bool keep_alive;
  } const cases[] = {
      {"1.0", "", false},
      {"1.0", "Connection: keep-alive\r\n", true},
      {"1.0", "connection: x, Keep-Alive\r\n", true},
      {"1.0", "Connection: close\r\n", false},
      {"1.0", "Connection: keep-alive, close\r\n", false},
      {"1.0", "Connection: close\r\nConnection: keep-alive\r\n", false},
      {"1.0", "Proxy-Connection: keep-alive\r\n", false},
      {"1.0", "Proxy-Connection: Keep-Alive\r\nConnection: x\r\n", false},
      {"1.0", "Keep-Alive: timeout=5\r\n", false},
      {"1.0", "Connection: keep-alive\r\nProxy-Connection: close\r\n", true},
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: x, CLOSE\r\n", false},
      {"1.1", "Connection: keep-alive, close\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.1", "Proxy-Connection: close\r\n", true},
      {"1.1", "Proxy-Connection: close\r\nConnection: keep-alive\r\n", true},
  };
  for (auto const& [version, fields, keep_alive] : cases) {
    EXPECT_EQ(read(joined({"GET /b HTTP/", version, "\r\nHost: h\r\n", fields, "\r\n"})),
              (strings{keep_alive ? "GET /b" : "GET /b and close"}))
        << version << ' ' << fields;
  }
}

TEST(request_parser, forgets_what_the_last_request_said_of_the_connection) {
  auto const asking = [](std::string_view fields) {
    return joined({"GET /b HTTP/1.0\r\n", fields, "\r\n"});
  };
  EXPECT_EQ(read(joined({asking("Connection: keep-alive\r\n"), asking({})})),
            (strings{"GET /b", "GET /b and close"}));
}

TEST(request_parser, takes_the_target_apart) {
  request_parser parser{1000};
  std::string_view input = "GET http://h:4161/%70ing?topic=t HTTP/1.1\r\nHost: h\r\n\r\n";
  ASSERT_EQ(parser.feed(input), state::complete);
  EXPECT_EQ(parser.request().target.origin, "http://h:4161");
  EXPECT_EQ(parser.request().target.path(), "/ping");
  EXPECT_EQ(parser.request().target.arguments().get("topic"), "t");
  parser.reset();
  input = get;
  ASSERT_EQ(parser.feed(input), state::complete);
  EXPECT_EQ(parser.request().target.origin, "");
  EXPECT_EQ(parser.request().target.path(), "/b");
}

TEST(request_parser, refuses_what_is_no_target) {
  for (std::string_view const target : {"ping", "/%zz", "http://h:x/ping", "mailto:x"}) {
    EXPECT_EQ(read(joined({"GET ", target, " HTTP/1.1\r\nHost: h\r\n\r\n", get})), (strings{"400"}))
        << target;
  }
  EXPECT_EQ(read("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"), (strings{"400"}));
}

TEST(request_parser, keeps_the_beginning_of_a_body) {
  request_parser parser{10'000};
  auto const body = std::string(1000, 'a') + std::string(1000, 'b');
  auto const whole = joined({"PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n", body});
  std::string_view input = whole;
  ASSERT_EQ(parser.feed(input), state::complete);
  EXPECT_EQ(parser.request().body, body.substr(0, request_parser::stored_body_size));
  parser.reset();
  input = get;
  ASSERT_EQ(parser.feed(input), state::complete);
  EXPECT_EQ(parser.request().body, "");
}

/// The values of Accept, If-None-Match, Last-Event-ID and Authorization that are kept.
strings stored(request_parser const& parser) {
  auto const& request = parser.request();
  return {request.accept, request.if_none_match, request.last_event_id, request.authorization};
}

/// The same of a request with these header fields.
strings stored_of(std::string_view fields, bool keep_authorization = true) {
  request_parser parser{1000, keep_authorization};
  auto const whole = joined({"GET /a HTTP/1.1\r\nHost: h\r\n", fields, "\r\n"});
  std::string_view input = whole;
  EXPECT_EQ(parser.feed(input), state::complete) << fields;
  return stored(parser);
}

constexpr std::string_view four_headers =
    "Accept: a\r\nIf-None-Match: \"b\"\r\nLast-Event-ID: c\r\nAuthorization: d\r\n";

TEST(request_parser, keeps_the_headers_that_an_answer_may_depend_on) {
  EXPECT_EQ(stored_of(four_headers), (strings{"a", "\"b\"", "c", "d"}));
  EXPECT_EQ(stored_of(four_headers, false), (strings{"a", "\"b\"", "c", ""}));
  EXPECT_EQ(stored_of("ACCEPT: a\r\nif-none-match: b\r\nlast-event-id: c\r\nauthorization: d\r\n"),
            (strings{"a", "b", "c", "d"}));
  EXPECT_EQ(
      stored_of("Accept-Encoding: a\r\nIf-Match: b\r\nLast-Event-IDs: c\r\nX-Event-ID: d\r\n"),
      (strings{"", "", "", ""}));
}

TEST(request_parser, keeps_the_first_of_several_headers) {
  EXPECT_EQ(stored_of(joined({four_headers,
                              "Accept: 1\r\nIf-None-Match: 2\r\nLast-Event-ID: 3\r\n"
                              "Authorization: 4\r\n"})),
            (strings{"a", "\"b\"", "c", "d"}));
}

TEST(request_parser, takes_a_header_that_is_too_long_for_none) {
  std::string const longest(request_parser::max_value_size, 'x');
  auto const longer = longest + 'x';
  auto const with = [](std::string_view value) {
    return joined({"Accept: ", value, "\r\nIf-None-Match: ", value, "\r\nLast-Event-ID: ", value,
                   "\r\nAuthorization: ", value, "\r\n"});
  };
  EXPECT_EQ(stored_of(with(longest)), (strings{longest, longest, longest, longest}));
  EXPECT_EQ(stored_of(with(longer)), (strings{"", "", "", longer}));
}

TEST(request_parser, forgets_the_headers_of_the_last_request) {
  request_parser parser{1000, true};
  auto const whole = joined({"GET /a HTTP/1.1\r\nHost: h\r\n", four_headers, "\r\n", get});
  std::string_view input = whole;
  ASSERT_EQ(parser.feed(input), state::complete);
  parser.reset();
  ASSERT_EQ(parser.feed(input), state::complete);
  EXPECT_EQ(stored(parser), (strings{"", "", "", ""}));
}

}  // namespace
}  // namespace nsqlookupd::http
