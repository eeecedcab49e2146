// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/producer_value.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/rows/recorder.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::cluster {
namespace {

using namespace std::chrono_literals;
using registry::time_point;

class producer_value_test : public testing::Test {
 protected:
  registry::registration_db db;
  rows::recorder recorder{rows::scope::connections};
  rows::batch batch;

  producer_value_test() { db.follow(recorder); }

  registry::producer_id add() {
    registry::peer_info peer{"10.0.0.1:5000", "web \"7\"", "host", 4150, 4151, "1.3.0", "z", "r"};
    return db.add_producer(std::move(peer), time_point{100s});
  }

  std::vector<std::string> encoded(std::size_t max_size = max_value_size) {
    while (!recorder.collect(db, 1000, batch)) {
    }
    return encode_producer(batch, batch.producers.at(0), max_size);
  }
};

TEST_F(producer_value_test, says_all_that_a_producer_has) {
  auto const id = add();
  db.register_producer(id, "t", "d");
  db.register_producer(id, "t", "c");
  db.register_producer(id, "u", "");
  db.tombstone("u", "host:4151", time_point{101s});
  auto const values = encoded();
  ASSERT_EQ(values.size(), 1U);
  EXPECT_EQ(
      values[0],
      R"({"remote_address":"10.0.0.1:5000","hostname":"web \"7\"","broadcast_address":"host",)"
      R"("version":"1.3.0","topology_zone":"z","topology_region":"r","tcp_port":4150,)"
      R"("http_port":4151,"last_seen":100000000,"silent":false,)"
      R"("topics":{"t":["c","d"],"u":[]},"tombstones":{"u":101000000}})");
  auto const value = decode_producer(values[0]);
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(value->producer.peer.hostname, "web \"7\"");
  EXPECT_EQ(value->producer.peer.http_port, 4151);
  EXPECT_EQ(value->producer.last_update, time_point{100s});
  EXPECT_FALSE(value->producer.is_silent);
  EXPECT_TRUE(value->has("t", "c"));
  EXPECT_TRUE(value->has("t", "d"));
  EXPECT_TRUE(value->has("u", ""));
  EXPECT_FALSE(value->has("u", "c"));
  EXPECT_FALSE(value->has("v", ""));
  EXPECT_EQ(value->tombstones.at("u"), time_point{101s});
}

TEST_F(producer_value_test, without_a_registration_is_one) {
  static_cast<void>(add());
  auto const values = encoded();
  ASSERT_EQ(values.size(), 1U);
  EXPECT_TRUE(decode_producer(values[0])->topics.empty());
}

TEST_F(producer_value_test, is_split_between_topics_where_it_is_long) {
  auto const id = add();
  for (int topic = 0; topic < 100; ++topic) {
    db.register_producer(id, "t" + std::to_string(topic), "c");
  }
  db.register_producer(id, "a-topic-that-is-longer-than-a-value-may-be", "c");
  std::size_t topics = 0;
  auto const values = encoded(300);
  EXPECT_GT(values.size(), 10U);
  for (auto const& value : values) {
    EXPECT_LT(value.size(), 400U);
    auto const decoded = decode_producer(value);
    ASSERT_NE(decoded, nullptr) << value;
    EXPECT_EQ(decoded->producer.peer.broadcast_address, "host");
    topics += decoded->topics.size();
  }
  EXPECT_EQ(topics, 101U);
  EXPECT_EQ(encoded(1).size(), 101U);
}

TEST_F(producer_value_test, of_others_is_none_when_it_is_not_whole) {
  auto const id = add();
  db.register_producer(id, "t", "c");
  auto const good = encoded()[0];
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(decode_producer(std::string_view{good}.substr(0, size)), nullptr);
  }
  auto const with = [&](std::string_view part, std::string_view other) {
    auto text = good;
    text.replace(text.find(part), part.size(), other);
    return decode_producer(text);
  };
  EXPECT_NE(with("1.3.0", "1.2.1"), nullptr);
  EXPECT_EQ(with("\"t\":", "\"a/b\":"), nullptr) << "no name";
  EXPECT_EQ(with("\"c\"", "\"*\""), nullptr) << "no name";
  EXPECT_EQ(with("\"c\"", "1"), nullptr);
  EXPECT_EQ(with("[\"c\"]", "{}"), nullptr);
  EXPECT_EQ(with("4150", "\"4150\""), nullptr);
  EXPECT_EQ(with("4150", "1e99"), nullptr);
  EXPECT_EQ(with("4150", "0"), nullptr);
  EXPECT_EQ(with("4151", "0"), nullptr);
  EXPECT_EQ(with("\"host\"", "\"\""), nullptr);
  EXPECT_EQ(with("\"silent\":false", "\"silent\":0"), nullptr);
  EXPECT_EQ(with("\"hostname\"", "\"another\""), nullptr);
  EXPECT_NE(with("100000000", "9223372036854775807"), nullptr);
  EXPECT_EQ(decode_producer("[]"), nullptr);
}

}  // namespace
}  // namespace nsqlookupd::cluster
