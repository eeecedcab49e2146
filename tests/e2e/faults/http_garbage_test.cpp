// SPDX-License-Identifier: MIT
//
// HTTP that is huge, broken or meant to be read in two ways.
#include "besieged_server.hpp"
#include "repeat.hpp"
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

using test_support::http_client;
using test_support::repeat;

struct garbage {
  std::string bytes;
  int status;
};

std::string post(std::string_view fields, std::string_view body = {}) {
  return std::string{"POST /topic/create?topic=smuggled HTTP/1.1\r\nHost: h\r\n"}
      .append(fields)
      .append("\r\n")
      .append(body);
}

std::string get(std::string_view target) {
  return std::string{"GET "}.append(target).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
}

std::string const a_mib(std::size_t{1} << 20U, 'x');
std::string const three_bytes = "Content-Length: 3\r\n";
std::string const chunked = "Transfer-Encoding: chunked\r\n";
std::string const hidden = get("/create_topic?topic=smuggled");

// After each of them the stream is out of step, or not worth reading on.
std::vector<garbage> const fatal{
    {.bytes = post("A: " + a_mib), .status = 431},
    {.bytes = post(repeat("A: b\r\n", 100'000)), .status = 431},
    {.bytes = get('/' + a_mib), .status = 431},
    {.bytes = get("/lookup?topic=t" + repeat("&a=b", 100'000)), .status = 431},
    {.bytes = post("Content-Length: 1048577\r\n"), .status = 413},
    {.bytes = post("Content-Length: 18446744073709551615\r\n"), .status = 413},
    {.bytes = post("Content-Length: 99999999999999999999\r\n"), .status = 400},
    {.bytes = post(chunked, "fffffffffffffffff\r\n"), .status = 400},
    {.bytes = post(chunked, "100001\r\n"), .status = 413},
    {.bytes = post(chunked, "xyz\r\n"), .status = 400},
    {.bytes = post(chunked, "3\r\nabcd\r\n0\r\n\r\n"), .status = 400},
    {.bytes = post(three_bytes + "Content-Length: 40\r\n", "abc" + hidden), .status = 400},
    {.bytes = post(three_bytes + chunked, "0\r\n\r\n" + hidden), .status = 400},
    {.bytes = post(chunked + three_bytes, "0\r\n\r\n" + hidden), .status = 400},
    {.bytes = post("Content-Length : 3\r\n", "abc"), .status = 400},
    {.bytes = post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), .status = 501},
    {.bytes = "GET /ping HTTP/1.1\nHost: h\n\n", .status = 400},
    {.bytes = get(std::string{"/lookup?topic=\0", 15}), .status = 400},
    {.bytes = post(std::string{"A: \0\r\n", 6}), .status = 400},
    {.bytes = get("/%zz"), .status = 400},
    {.bytes = get("/ping") + std::string(100'000, '\x01'), .status = 200},
    {.bytes = repeat("\r\n", 1000) + "x y z\r\n\r\n", .status = 400},
};

// After these it goes on.
std::vector<garbage> const harmless{
    {.bytes = get("/lookup?topic=t" + repeat("&a", 30'000)), .status = 404},
    {.bytes = get("/lookup?topic=%zz"), .status = 400},
    {.bytes = get("/lookup?topic=%00"), .status = 404},
    {.bytes = get("/lookup?topic=a;b"), .status = 400},
    {.bytes = post(three_bytes + three_bytes, "abc"), .status = 200},
    {.bytes = get(repeat("/..", 10'000) + "/ping"), .status = 301},
};

TEST(fault, http_that_is_out_of_step_is_refused_and_closed) {
  besieged_server besieged;
  for (int round = 0; round < 5; ++round) {
    for (auto const& request : fatal) {
      auto client = besieged.http_client();
      try {
        client.send(request.bytes);
      } catch (std::system_error const&) {
        // It has been refused half-way.
        EXPECT_TRUE(client.is_readable());
      }
      EXPECT_EQ(client.receive_reply().status(), request.status) << request.bytes.substr(0, 100);
      client.finish_sending();
      std::string const rest = client.receive_to_end();
      EXPECT_EQ(rest.find("HTTP/1.1 200"), std::string::npos) << request.bytes.substr(0, 100);
    }
  }
  EXPECT_EQ(besieged.http_client().get("/topics").body, R"({"topics":["bystander"]})");
  EXPECT_TRUE(besieged.log().wait_for("INFO: 200 GET /topics"));
  besieged.expect_recovery({.most_mib = 16, .left_mib = 8, .log_lines = 200});
  besieged.expect_good_end();
}

TEST(fault, http_that_is_merely_odd_is_answered) {
  besieged_server besieged;
  auto client = besieged.http_client();
  for (int round = 0; round < 50; ++round) {
    for (auto const& request : harmless) {
      client.send(request.bytes);
      EXPECT_EQ(client.receive_reply().status(), request.status) << request.bytes.substr(0, 100);
    }
  }
  besieged.expect_recovery({.most_mib = 16, .left_mib = 8, .log_lines = 500});
  besieged.expect_good_end();
}

}  // namespace
}  // namespace nsqlookupd::e2e
