// SPDX-License-Identifier: MIT
//
// Listings while the registry changes between their pages: an entry that stays is listed exactly
// once.
#include <nsqlookupd/registry/registration_db.hpp>

#include "peers.hpp"
#include "registry_listings.hpp"
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::registry {
namespace {

using namespace test_support;

// Pages of one item, and between them one change after the other.
paging with_changes(std::vector<std::function<void()>> changes) {
  return {1, [changes = std::move(changes), next = std::size_t{0}]() mutable {
            if (next < changes.size()) {
              changes[next++]();
            }
          }};
}

class page_change_test : public testing::Test {
 protected:
  registration_db db;
};

TEST_F(page_change_test, topics) {
  for (auto const* const name : {"b", "d", "f", "h"}) {
    db.create_topic(name);
  }
  auto const listed = list_topics(db, with_changes({
                                          [&] { db.delete_topic("b"); },
                                          [&] { db.create_topic("a"); },
                                          [&] { db.delete_topic("h"); },
                                      }));
  EXPECT_EQ(listed, (lines{"b", "d", "f"}));
  EXPECT_EQ(list_topics(db, with_changes({[&] { db.create_topic("e"); }})),
            (lines{"a", "d", "e", "f"}));
}

TEST_F(page_change_test, channels) {
  for (auto const* const name : {"b", "d", "f", "h"}) {
    db.create_channel("t", name);
  }
  auto const listed = list_channels(db, "t",
                                    with_changes({
                                        [&] { db.delete_channel("t", "b"); },
                                        [&] { db.create_channel("t", "a"); },
                                        [&] { db.create_channel("t", "g"); },
                                    }));
  EXPECT_EQ(listed, (lines{"b", "d", "f", "g", "h"}));
}

TEST_F(page_change_test, channels_of_a_topic_that_goes) {
  db.create_channel("t", "a");
  db.create_channel("t", "b");
  EXPECT_EQ(list_channels(db, "t", with_changes({[&] { db.delete_topic("t"); }})), lines{"a"});
}

TEST_F(page_change_test, all_channels_when_the_topic_of_the_last_page_goes) {
  for (auto const* const topic : {"t", "u", "v"}) {
    db.create_channel(topic, std::string{topic} + "1");
    db.create_channel(topic, std::string{topic} + "2");
  }
  auto const no_change = [] {};
  auto const listed = list_all_channels(db, with_changes({
                                                no_change,
                                                [&] { db.delete_topic("t"); },
                                                no_change,
                                                [&] { db.delete_channel("u", "u1"); },
                                            }));
  EXPECT_EQ(listed, (lines{"t1", "u1", "u2", "v1", "v2"}));
}

TEST_F(page_change_test, all_channels_when_topics_come_around_the_last_page) {
  db.create_channel("t", "t1");
  db.create_channel("v", "v1");
  auto const no_change = [] {};
  auto const listed = list_all_channels(db, with_changes({no_change, [&] {
                                                            db.create_channel("s", "s1");
                                                            db.create_channel("t", "t0");
                                                            db.create_channel("t", "t2");
                                                            db.create_channel("u", "u1");
                                                          }}));
  EXPECT_EQ(listed, (lines{"t1", "t2", "u1", "v1"}));
}

class producer_page_change_test : public page_change_test {
 protected:
  producer_id b = db.add_producer(peer("b"), at(0));
  producer_id d = db.add_producer(peer("d"), at(0));
  producer_id f = db.add_producer(peer("f"), at(0));
  producer_id h = db.add_producer(peer("h"), at(0));

  paging changes() {
    return with_changes({
        [this] { db.remove_producer(b); },
        [this] { add("a"); },
        [this] { db.remove_producer(h); },
    });
  }

  producer_id add(std::string const& remote, std::string const& host = "host") {
    return db.add_producer(peer(remote, host), at(0));
  }
};

TEST_F(producer_page_change_test, nodes) {
  EXPECT_EQ(list_nodes(db, at(0), changes()), (lines{"b:", "d:", "f:"}));
}

TEST_F(producer_page_change_test, lookup) {
  for (auto const producer : {b, d, f, h}) {
    db.register_producer(producer, "t", "");
  }
  EXPECT_EQ(list_lookup(db, "t", at(0), changes()), (lines{"b", "d", "f"}));
}

TEST_F(producer_page_change_test, lookup_of_a_topic_that_goes) {
  db.register_producer(b, "t", "");
  db.register_producer(d, "t", "");
  auto const deleted = with_changes({[this] { db.delete_topic("t"); }});
  EXPECT_EQ(list_lookup(db, "t", at(0), deleted), lines{"b"});
}

TEST_F(producer_page_change_test, clients) {
  EXPECT_EQ(list_clients(db, changes()), (lines{"b@0", "d@0", "f@0"}));
}

TEST_F(producer_page_change_test, clients_that_come_before_and_after_the_last_page) {
  auto const listed = list_clients(db, with_changes({[this] {
                                     add("a", "a host");
                                     add("c", "the next host");
                                   }}));
  EXPECT_EQ(listed, (lines{"b@0", "d@0", "f@0", "h@0", "c@0"}));
}

TEST_F(producer_page_change_test, clients_from_one_remote_address) {
  auto const twin = add("d");
  add("d");
  EXPECT_EQ(list_clients(db, {1}), (lines{"b@0", "d@0", "f@0", "h@0", "d@0", "d@0"}));
  auto const no_change = [] {};
  auto const listed =
      list_nodes(db, at(0), with_changes({no_change, [&] { db.remove_producer(d); }}));
  EXPECT_EQ(listed, (lines{"b:", "d:", "f:", "h:", "d:", "d:"}));
  db.remove_producer(twin);
  EXPECT_EQ(list_nodes(db, at(0), {1}), (lines{"b:", "f:", "h:", "d:"}));
}

TEST_F(producer_page_change_test, registrations) {
  for (auto const* const topic : {"t", "v"}) {
    db.register_producer(b, topic, "x");
    db.register_producer(d, topic, "y");
  }
  auto const listed = list_registrations(db, with_changes({
                                                 [this] { db.unregister_topic(b, "t"); },
                                                 [this] { db.register_producer(f, "u", ""); },
                                                 [this] { db.delete_topic("t"); },
                                                 [this] { db.register_producer(f, "s", ""); },
                                             }));
  EXPECT_EQ(listed, (lines{"t: b@0 d@0", "u: f@0", "v: b@0 d@0", "v/x: b@0", "v/y: d@0"}));
}

}  // namespace
}  // namespace nsqlookupd::registry
