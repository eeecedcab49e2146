// SPDX-License-Identifier: MIT
//
// The wire after an error: the connection goes on, or it ends after the reply, which the
// client can read even if it is still sending.
#include "any_thread_count.hpp"
#include "v1_wire.hpp"

#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace test_support;

class lookup_errors : public any_thread_count {};
INSTANTIATE_TEST_SUITE_P(threads, lookup_errors, one_and_four_threads());

std::string const negative_size = "\xff\xff\xff\xff";

// More than the kernel keeps for a connection that was closed.
std::string const too_much(1'000'000, 'x');

struct out_of_step {
  std::string sent;
  std::string reply;
};

std::vector<out_of_step> const out_of_step_errors{
    {"IDENTIFY\n" + negative_size, "E_BAD_BODY IDENTIFY failed to read body"},
    {"IDENTIFY\n" + std::string{"\0\x10\0\x01", 4}, "E_BAD_BODY IDENTIFY failed to read body"},
    {"ANNOUNCE t . 4150\n" + negative_size, "E_BAD_BODY ANNOUNCE failed to read body"},
    {std::string(4097, 'x'), "E_INVALID line is longer than 4096 bytes"},
    {std::string(5000, 'x') + "\nPING\n", "E_INVALID line is longer than 4096 bytes"},
};

// The end is no reset, even if the client sends after the server has closed its side.
void expect_end_in_order(tcp_client& client) {
  client.send(too_much);
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(lookup_errors, do_not_end_the_connection) {
  auto client = new_lookup_client();
  EXPECT_EQ(client.command("REGISTER t"), "E_INVALID client must IDENTIFY");
  EXPECT_EQ(client.command(""), "E_INVALID invalid command ");
  client.send(identify("{}"));
  EXPECT_EQ(client.receive_frame(), "E_BAD_BODY IDENTIFY missing fields");
  EXPECT_TRUE(client.identify().starts_with("{"));
  EXPECT_EQ(client.command("REGISTER"), "E_INVALID REGISTER insufficient number of params");
  EXPECT_EQ(client.command("REGISTER b@d"), "E_BAD_TOPIC REGISTER topic name 'b@d' is not valid");
  EXPECT_EQ(client.command("PING"), "OK");
}

TEST_P(lookup_errors, drop_the_body_of_a_second_identify) {
  auto client = new_lookup_client();
  client.identify();
  client.send(identify() + "PING\n" + identify(too_much) + "PING\n");
  EXPECT_EQ(client.receive_frame(), "E_INVALID cannot IDENTIFY again");
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_EQ(client.receive_frame(), "E_INVALID cannot IDENTIFY again");
  EXPECT_EQ(client.receive_frame(), "OK");
}

TEST_P(lookup_errors, end_the_connection_where_it_is_out_of_step) {
  for (auto const& [sent, reply] : out_of_step_errors) {
    auto client = new_lookup_client();
    client.send("PING\n" + sent);
    EXPECT_EQ(client.receive_frame(), "OK");
    EXPECT_EQ(client.receive_frame(), reply);
    expect_end_in_order(client);
  }
}

TEST_P(lookup_errors, end_the_connection_after_a_second_identify_that_is_too_large) {
  auto client = new_lookup_client();
  client.identify();
  client.send("IDENTIFY\n" + negative_size);
  EXPECT_EQ(client.receive_frame(), "E_INVALID cannot IDENTIFY again");
  expect_end_in_order(client);
}

TEST_P(lookup_errors, name_a_body_that_was_cut_short) {
  auto client = new_lookup_client();
  client.send("IDENTIFY\n");
  client.finish_sending();
  EXPECT_EQ(client.receive_to_end(), frame("E_BAD_BODY IDENTIFY failed to read body size"));

  auto other = new_lookup_client();
  other.send(identify().substr(0, 50));
  other.finish_sending();
  EXPECT_EQ(other.receive_to_end(), frame("E_BAD_BODY IDENTIFY failed to read body"));
}

class closing_errors : public lookup_errors {
 protected:
  [[nodiscard]] static config::options closing_settings() {
    auto result = settings();
    result.client_error_policy = protocol::client_error_policy::close;
    return result;
  }

  running_server strict_server{closing_settings()};
};
INSTANTIATE_TEST_SUITE_P(threads, closing_errors, one_and_four_threads());

TEST_P(closing_errors, discard_what_follows) {
  for (std::string const sent : {"FOO\n", "REGISTER t\n", "PING x\nUNREGISTER\n"}) {
    lookup_client client{strict_server.tcp_port()};
    client.send(sent + "PING\n" + identify() + "REGISTER t\n");
    if (sent.starts_with("PING")) {
      EXPECT_EQ(client.receive_frame(), "OK");
    }
    EXPECT_TRUE(client.receive_frame().starts_with("E_INVALID ")) << sent;
    expect_end_in_order(client);
  }
  EXPECT_EQ(http_client{strict_server.http_port()}.get("/topics").body, R"({"topics":[]})");
}

TEST_P(closing_errors, take_the_producer_with_them) {
  lookup_client client{strict_server.tcp_port()};
  client.identify();
  EXPECT_EQ(client.command("REGISTER t"), "OK");
  EXPECT_EQ(client.command("FOO"), "E_INVALID invalid command FOO");
  expect_end_in_order(client);
  EXPECT_EQ(http_client{strict_server.http_port()}.get("/nodes").body, R"({"producers":[]})");
}

}  // namespace
}  // namespace nsqlookupd
