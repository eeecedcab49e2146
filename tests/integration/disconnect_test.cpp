// SPDX-License-Identifier: MIT
//
// A producer is its connection: it is there as long as that is.
#include "any_thread_count.hpp"
#include "eventually.hpp"

#include <optional>
#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

class disconnect : public any_thread_count {
 protected:
  [[nodiscard]] bool nobody_is_left() {
    auto client = new_http_client();
    return eventually([&] { return client.get("/nodes").body == R"({"producers":[]})"; });
  }
};
INSTANTIATE_TEST_SUITE_P(threads, disconnect, one_and_four_threads());

// So many registrations are given back in several slices.
constexpr int many_names = 20'000;

TEST_P(disconnect, takes_the_producer_out_of_every_answer_at_once) {
  std::optional<lookup_client> producer{new_lookup_client()};
  producer->identify();
  std::string commands;
  for (int number = 0; number < many_names; ++number) {
    commands += "REGISTER t" + std::to_string(number) + " c\n";
  }
  producer->send(commands);
  ASSERT_EQ(producer->receive(6 * many_names).size(), 6 * many_names);

  auto client = new_http_client();
  std::string const host = " HTTP/1.1\r\nHost: h\r\n\r\n";
  auto const last_topic = "/lookup?topic=t" + std::to_string(many_names - 1);
  ASSERT_EQ(client.get(last_topic).body,
            R"({"channels":["c"],"producers":[)" + producer->as_producer() + "]}");
  producer.reset();
  // One write: a producer that the first answer does not show must be in none of the others.
  EXPECT_TRUE(eventually([&] {
    client.send("GET /nodes" + host + "GET " + last_topic + host + "GET /debug" + host);
    bool const gone = client.receive_reply().body == R"({"producers":[]})";
    auto const found = client.receive_reply().body;
    auto const everything = client.receive_reply().body;
    if (gone) {
      EXPECT_EQ(found, R"({"channels":["c"],"producers":[]})");
      EXPECT_EQ(everything, "{}");
    }
    return gone;
  }));
}

TEST_P(disconnect, is_noticed_when_it_is_a_reset) {
  auto producer = new_lookup_client();
  producer.identify();
  EXPECT_EQ(producer.command("REGISTER t1"), "OK");
  producer.reset();
  EXPECT_TRUE(nobody_is_left());
}

TEST_P(disconnect, leaves_another_connection_of_the_same_nsqd_alone) {
  std::optional<lookup_client> first{new_lookup_client()};
  auto second = new_lookup_client();
  for (auto* const client : {&*first, &second}) {
    client->identify();
    EXPECT_EQ(client->command("REGISTER t1"), "OK");
  }
  auto client = new_http_client();
  auto const both = client.get("/lookup?topic=t1").body;
  EXPECT_NE(both.find(first->as_producer()), std::string::npos) << both;
  EXPECT_NE(both.find(second.as_producer()), std::string::npos) << both;

  first.reset();
  auto const one_is_left = R"({"channels":[],"producers":[)" + second.as_producer() + "]}";
  EXPECT_TRUE(eventually([&] { return client.get("/lookup?topic=t1").body == one_is_left; }));
}

TEST_P(disconnect, removes_what_is_ephemeral) {
  std::optional<lookup_client> producer{new_lookup_client()};
  producer->identify();
  EXPECT_EQ(producer->command("REGISTER kept c#ephemeral"), "OK");
  EXPECT_EQ(producer->command("REGISTER kept c"), "OK");
  EXPECT_EQ(producer->command("REGISTER gone#ephemeral c"), "OK");
  auto client = new_http_client();
  ASSERT_EQ(client.get("/topics").body, R"({"topics":["gone#ephemeral","kept"]})");
  producer.reset();
  EXPECT_TRUE(eventually([&] { return client.get("/topics").body == R"({"topics":["kept"]})"; }));
  EXPECT_TRUE(eventually(
      [&] { return client.get("/channels?topic=kept").body == R"({"channels":["c"]})"; }));
}

TEST_P(disconnect, of_one_session_by_an_exception_leaves_the_others_alone) {
  auto other = new_lookup_client();
  other.identify("10.0.0.2");
  auto unlucky = new_lookup_client();
  unlucky.identify();
  server.clock.fail_once();
  unlucky.send("PING\n");
  EXPECT_EQ(unlucky.receive_to_end(), "");
  EXPECT_EQ(other.command("PING"), "OK");
  EXPECT_EQ(other.command("REGISTER t1"), "OK");
  EXPECT_EQ(new_http_client().get("/nodes").body.find("10.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace nsqlookupd
