// SPDX-License-Identifier: MIT
//
// Clients that stop sending in the middle of a request.
#include "any_thread_count.hpp"

#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

class half_request : public any_thread_count {
 protected:
  http_reply send_and_finish(std::string const& bytes) {
    auto client = new_http_client();
    client.send(bytes);
    client.finish_sending();
    auto reply = client.receive_reply();
    EXPECT_EQ(client.receive_to_end(), "");
    return reply;
  }
};
INSTANTIATE_TEST_SUITE_P(threads, half_request, one_and_four_threads());

constexpr auto host = " HTTP/1.1\r\nHost: h\r\n";

TEST_P(half_request, with_a_body_cut_short_is_invalid) {
  for (std::string const body : {"Content-Length: 9\r\n\r\nabc", "Content-Length: 9\r\n\r\n",
                                 "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
                                 "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    auto const reply = send_and_finish("POST /topic/create?topic=t1" + std::string{host} + body);
    EXPECT_EQ(reply.status(), 400) << body;
    EXPECT_EQ(reply.body, R"({"message":"INVALID_REQUEST"})");
    EXPECT_EQ(reply.field("X-Nsq-Content-Type"), "nsq; version=1.0");
    EXPECT_EQ(reply.field("Connection"), "close");
  }
  EXPECT_EQ(new_http_client().get("/topics").body, R"({"topics":[]})");
}

// Its head is good, and so is the answer's form; but where the next request begins is not known.
TEST_P(half_request, with_invalid_chunks_is_invalid) {
  std::string const a_lot(100'000, 'x');
  for (std::string const& body :
       {std::string{"x\r\n"}, std::string{"1\r\nabcdef"}, "1;" + a_lot, "0\r\nA: " + a_lot}) {
    auto client = new_http_client();
    client.send("POST /topic/create?topic=t1" + std::string{host} +
                "Transfer-Encoding: chunked\r\n\r\n" + body);
    auto const reply = client.receive_reply();
    EXPECT_EQ(reply.status(), 400) << body.substr(0, 9);
    EXPECT_EQ(reply.body, R"({"message":"INVALID_REQUEST"})");
    EXPECT_EQ(reply.field("Connection"), "close");
    client.send(std::string(1'000'000, 'x'));
    client.finish_sending();
    EXPECT_EQ(client.receive_to_end(), "");
  }
}

TEST_P(half_request, is_answered_where_the_body_does_not_matter) {
  auto const reply =
      send_and_finish("GET /ping" + std::string{host} + "Content-Length: 9\r\n\r\nabc");
  EXPECT_EQ(reply.body, "OK");
  EXPECT_EQ(reply.field("Connection"), "close");
}

TEST_P(half_request, with_a_head_cut_short_is_bad) {
  for (std::string const head :
       {"G", "GET /ping", "GET /ping HTTP/1.1", "GET /ping HTTP/1.1\r\n",
        "GET /ping HTTP/1.1\r\nHost: h", "GET /ping HTTP/1.1\r\nHost: h\r\n"}) {
    auto const reply = send_and_finish(head);
    EXPECT_EQ(reply.status_line, "HTTP/1.1 400 Bad Request") << head;
  }
}

}  // namespace
}  // namespace nsqlookupd
