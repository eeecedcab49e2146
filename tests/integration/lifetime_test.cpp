// SPDX-License-Identifier: MIT
//
// How long a producer is listed, and a tombstone holds: by the wall clock that the test advances.
#include "any_thread_count.hpp"

#include <chrono>
#include <string>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

class lifetime : public any_thread_count {
 protected:
  lifetime() {
    producer.identify();
    producer.command("REGISTER t1");
  }

  [[nodiscard]] bool is_found(std::string const& topic = "t1") {
    auto const found = http.get("/lookup?topic=" + topic).body;
    auto const nobody = R"({"channels":[],"producers":[]})";
    auto const producer_alone = R"({"channels":[],"producers":[)" + producer.as_producer() + "]}";
    EXPECT_TRUE(found == nobody || found == producer_alone) << found;
    return found == producer_alone;
  }

  [[nodiscard]] bool is_a_node() {
    return http.get("/nodes").body.find(producer.name()) != std::string::npos;
  }

  lookup_client producer{server.tcp_port()};
  http_client http{server.http_port()};
};
INSTANTIATE_TEST_SUITE_P(threads, lifetime, one_and_four_threads());

TEST_P(lifetime, of_a_silent_producer_ends_and_a_ping_revives_it) {
  server.clock.advance(300s);
  EXPECT_TRUE(is_found());
  EXPECT_TRUE(is_a_node());
  server.clock.advance(1ns);
  EXPECT_FALSE(is_found());
  EXPECT_FALSE(is_a_node());
  EXPECT_NE(http.get("/debug").body.find(producer.name()), std::string::npos);

  EXPECT_EQ(producer.command("REGISTER t2"), "OK");
  EXPECT_FALSE(is_found());
  EXPECT_EQ(producer.command("PING"), "OK");
  EXPECT_TRUE(is_found());
  EXPECT_TRUE(is_found("t2"));
  EXPECT_TRUE(is_a_node());
}

TEST_P(lifetime, of_a_tombstone_is_over_after_a_while) {
  EXPECT_EQ(http.post("/topic/tombstone?topic=t1&node=10.0.0.1:4151").status(), 200);
  server.clock.advance(44s);
  EXPECT_FALSE(is_found());
  auto const nodes = http.get("/nodes").body;
  EXPECT_NE(nodes.find(R"("tombstones":[true],"topics":["t1"])"), std::string::npos) << nodes;
  server.clock.advance(2s);
  EXPECT_TRUE(is_found());
  auto const nodes_later = http.get("/nodes").body;
  EXPECT_NE(nodes_later.find(R"("tombstones":[false],"topics":["t1"])"), std::string::npos)
      << nodes_later;
}

TEST_P(lifetime, of_a_tombstone_spans_a_new_register) {
  EXPECT_EQ(http.post("/topic/tombstone?topic=t1&node=10.0.0.1:4151").status(), 200);
  EXPECT_EQ(producer.command("REGISTER t1"), "OK");
  EXPECT_FALSE(is_found());
  EXPECT_EQ(producer.command("UNREGISTER t1"), "OK");
  EXPECT_EQ(producer.command("REGISTER t1"), "OK");
  EXPECT_TRUE(is_found());
}

}  // namespace
}  // namespace nsqlookupd
