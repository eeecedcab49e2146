// SPDX-License-Identifier: MIT
#include "captured_log.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd::http_api {
namespace {

using lines = std::vector<std::string>;
using test_support::captured_log;

TEST(log_lines, of_what_was_changed) {
  world here;
  captured_log const log;
  here.post("/topic/create?topic=t");
  here.post("/topic/create?topic=t");
  here.post("/channel/create?topic=t&channel=c1");
  here.post("/channel/create?topic=t&channel=c2");
  here.post("/channel/delete?topic=t&channel=c1");
  here.post("/channel/create?topic=t&channel=c0");
  here.post("/topic/tombstone?topic=t&node=127.0.0.1:4151");
  here.post("/topic/delete?topic=t");
  EXPECT_EQ(log.lines(), (lines{
                             "INFO: DB: adding topic(t)",
                             "INFO: DB: adding topic(t)",
                             "INFO: DB: adding channel(c1) in topic(t)",
                             "INFO: DB: adding topic(t)",
                             "INFO: DB: adding channel(c2) in topic(t)",
                             "INFO: DB: adding topic(t)",
                             "INFO: DB: removing channel(c1) from topic(t)",
                             "INFO: DB: adding channel(c0) in topic(t)",
                             "INFO: DB: adding topic(t)",
                             "INFO: DB: setting tombstone for producer@127.0.0.1:4151 of topic(t)",
                             "INFO: DB: removing channel(c0) from topic(t)",
                             "INFO: DB: removing channel(c2) from topic(t)",
                             "INFO: DB: removing topic(t)",
                         }));
}

TEST(log_lines, of_2012s_routes_are_the_same) {
  world here;
  captured_log const log;
  here.get("/create_channel?topic=t&channel=c");
  here.get("/delete_channel?topic=t&channel=c");
  here.get("/tombstone_topic_producer?topic=t&node=n");
  here.get("/delete_topic?topic=t");
  EXPECT_EQ(log.lines(), (lines{
                             "INFO: DB: adding channel(c) in topic(t)",
                             "INFO: DB: adding topic(t)",
                             "INFO: DB: removing channel(c) from topic(t)",
                             "INFO: DB: setting tombstone for producer@n of topic(t)",
                             "INFO: DB: removing topic(t)",
                         }));
}

TEST(log_lines, none_where_nothing_was_done) {
  world here{{}, {.topics = 1}};
  here.db.create_topic("t");
  captured_log const log;
  for (auto const* const target :
       {"/topic/create", "/topic/create?topic=bad$", "/topic/create?topic=t2",
        "/channel/create?topic=t2&channel=c", "/topic/delete?topic=nosuch", "/topic/delete?topic=*",
        "/channel/delete?topic=t&channel=nosuch", "/topic/tombstone?topic=*&node=a:1",
        "/topic/tombstone?topic=t", "/nosuch"}) {
    here.post(target);
  }
  for (auto const* const target : {"/ping", "/lookup?topic=t", "/nodes", "/debug", "/ping/"}) {
    here.get(target);
  }
  EXPECT_EQ(log.lines(), lines{});
}

TEST(log_lines, not_above_info) {
  world here;
  captured_log const log{log::level::warning};
  here.post("/channel/create?topic=t&channel=c");
  here.post("/topic/delete?topic=t");
  EXPECT_EQ(log.lines(), lines{});
  EXPECT_FALSE(here.db.has_topic("t"));
}

}  // namespace
}  // namespace nsqlookupd::http_api
