// SPDX-License-Identifier: MIT
//
// Requests that wait for a change, over HTTP.
#include "changes.hpp"

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace std::chrono_literals;
using namespace test_support;

class waiting : public changes {
 protected:
  // The answer to a client that waits for `target`, once `change` was made. It must be news, and
  // what everybody else is told.
  std::string answer_after(std::string const& target, std::function<void()> const& change) {
    auto const before = index_of(asking.get(target));
    auto client = wait_for_change_of(target);
    change();
    auto const reply = client.receive_reply();
    EXPECT_GT(index_of(reply), before) << target;
    EXPECT_TRUE(eventually([&] {
      auto const now = asking.get(target);
      return now.body == reply.body && index_of(now) == index_of(reply) &&
             now.status() == reply.status();
    })) << target
        << ' ' << reply.body;
    EXPECT_TRUE(are_watching(asking, 0)) << target;
    EXPECT_EQ(client.get("/ping").body, "OK") << "the connection is kept";
    return reply.body;
  }

  void post(std::string const& target) { ASSERT_EQ(asking.post(target).status(), 200) << target; }

  std::string const lookup = "/lookup?topic=t";
};
INSTANTIATE_TEST_SUITE_P(threads, waiting, one_and_four_threads());

TEST_P(waiting, is_over_when_a_producer_registers_and_unregisters) {
  post("/topic/create?topic=t");
  auto producer = new_producer();
  std::string const nobody = R"({"channels":[],"producers":[]})";
  auto const listed = R"({"channels":[],"producers":[)" + producer.as_producer() + "]}";
  EXPECT_EQ(answer_after(lookup, [&] { producer.command("REGISTER t"); }), listed);
  EXPECT_EQ(answer_after(lookup, [&] { producer.command("UNREGISTER t"); }), nobody);
  EXPECT_EQ(answer_after(lookup, [&] { producer.command("REGISTER t"); }), listed);
  EXPECT_EQ(answer_after(lookup, [&] { producer.finish_sending(); }), nobody);
  auto other = new_producer();
  other.command("REGISTER t");
  EXPECT_EQ(answer_after(lookup, [&] { other.reset(); }), nobody);
}

TEST_P(waiting, is_over_when_others_change_topics_over_http) {
  post("/topic/create?topic=t");
  auto producer = new_producer();
  producer.command("REGISTER t");
  EXPECT_EQ(answer_after(lookup, [&] { post("/topic/tombstone?topic=t&node=10.0.0.1:4151"); }),
            R"({"channels":[],"producers":[]})");
  EXPECT_EQ(answer_after(lookup, [&] { post("/channel/create?topic=t&channel=c"); }),
            R"({"channels":["c"],"producers":[]})");
  EXPECT_EQ(answer_after("/channels?topic=t", [&] { post("/channel/delete?topic=t&channel=c"); }),
            R"({"channels":[]})");
  EXPECT_EQ(answer_after(lookup, [&] { post("/topic/delete?topic=t"); }),
            R"({"message":"TOPIC_NOT_FOUND"})");
}

TEST_P(waiting, for_a_topic_that_there_is_not_is_over_when_it_comes) {
  EXPECT_EQ(answer_after(lookup, [&] { post("/topic/create?topic=t"); }),
            R"({"channels":[],"producers":[]})");
  EXPECT_EQ(answer_after("/channels?topic=u", [&] { post("/channel/create?topic=u&channel=c"); }),
            R"({"channels":["c"]})");
}

TEST_P(waiting, for_lists_is_over_when_they_change) {
  EXPECT_EQ(answer_after("/topics", [&] { post("/topic/create?topic=t"); }), R"({"topics":["t"]})");
  EXPECT_EQ(answer_after("/topics", [&] { post("/topic/delete?topic=t"); }), R"({"topics":[]})");
  auto producer = new_lookup_client();
  answer_after("/nodes", [&] { producer.identify(); });
  EXPECT_NE(answer_after("/nodes", [&] { producer.command("REGISTER t"); }).find(R"(["t"])"),
            std::string::npos);
  EXPECT_EQ(answer_after("/nodes", [&] { producer.finish_sending(); }), R"({"producers":[]})");
  EXPECT_EQ(answer_after("/lookup?topic=*", [&] { post("/channel/create?topic=t&channel=c"); }),
            R"({"channels":["c"],"producers":[]})");
  EXPECT_EQ(answer_after("/channels?topic=*", [&] { post("/channel/create?topic=u&channel=d"); }),
            R"({"channels":["c","d"]})");
}

TEST_P(waiting, is_not_over_when_something_else_changes) {
  post("/topic/create?topic=t");
  auto const before = index_of(asking.get(lookup));
  auto producer = new_producer();
  std::vector<std::string> const targets{lookup, "/channels?topic=t", "/topics", "/nodes"};
  std::vector<http_client> clients;
  clients.reserve(targets.size());
  for (auto const& target : targets) {
    clients.push_back(wait_for_change_of(target, clients.size() + 1));
  }
  // A change of another topic, and one that the topics and nodes do not show.
  post("/channel/create?topic=t2&channel=c");
  EXPECT_EQ(clients[2].receive_reply().body, R"({"topics":["t","t2"]})");
  clients[2].send(request_for(waiting_for(asking, "/topics")));
  for (int count = 0; count < 20; ++count) {
    post("/channel/delete?topic=t2&channel=c");
    post("/channel/create?topic=t2&channel=c");
    EXPECT_EQ(producer.command("PING"), "OK");
  }
  EXPECT_TRUE(are_watching(asking, targets.size()));
  for (auto const& client : clients) {
    EXPECT_FALSE(client.is_readable());
  }
  // The answer shows the change that has ended the waiting.
  producer.command("REGISTER t c");
  auto const reply = clients[0].receive_reply();
  EXPECT_GT(index_of(reply), before);
  EXPECT_NE(reply.body.find(producer.name()), std::string::npos);
  EXPECT_EQ(clients[1].receive_reply().body, R"({"channels":["c"]})");
  EXPECT_NE(clients[3].receive_reply().body.find(R"(["t"])"), std::string::npos);
  EXPECT_TRUE(are_watching(asking, 1));
}

TEST_P(waiting, ends_with_the_present_answer_when_its_time_is_over) {
  post("/topic/create?topic=t");
  for (std::string const target : {lookup.c_str(), "/channels?topic=t", "/topics", "/nodes"}) {
    auto const now = asking.get(target);
    for (auto const* const time : {"&wait=1ms", "&wait=120ms", "&wait=1ns"}) {
      auto const reply = asking.get(waiting_for(asking, target) + time);
      EXPECT_EQ(reply.status(), 200) << target;
      EXPECT_EQ(reply.body, now.body) << target;
      EXPECT_EQ(index_of(reply), index_of(now)) << target;
    }
  }
  auto const missing = asking.get(waiting_for(asking, "/lookup?topic=u") + "&wait=1ms");
  EXPECT_EQ(missing.status(), 404);
  EXPECT_TRUE(are_watching(asking, 0));
}

TEST_P(waiting, ends_without_a_body_for_a_client_that_has_it) {
  post("/topic/create?topic=t");
  auto const tag = asking.get(lookup).field("ETag");
  auto const target = waiting_for(asking, lookup) + "&wait=1ms";
  asking.send(request_for(target, "If-None-Match: " + tag + "\r\n"));
  auto const same = asking.receive_head();
  EXPECT_EQ(same.status(), 304);
  EXPECT_EQ(same.field("ETag"), tag);
  EXPECT_EQ(asking.get("/ping").body, "OK");
}

TEST_P(waiting, does_not_begin_without_a_present_index) {
  post("/topic/create?topic=t");
  auto const now = asking.get(lookup);
  auto const future = std::to_string(index_of(now) + 1'000'000);
  for (std::string const index : {"0", "1", future.c_str(), "18446744073709551615"}) {
    EXPECT_EQ(asking.get(lookup + "&index=" + index).body, now.body) << index;
  }
  EXPECT_EQ(asking.get(waiting_for(asking, lookup) + "&wait=0s").body, now.body);
}

TEST_P(waiting, refuses_wrong_arguments) {
  post("/topic/create?topic=t");
  for (std::string const target :
       {lookup.c_str(), "/channels?topic=t", "/topics?a=b", "/nodes?a"}) {
    for (std::string const wrong : {"", "x", "-1", "1.5", "18446744073709551616", "%00", "1%201"}) {
      auto const reply = asking.get(target + "&index=" + wrong);
      EXPECT_EQ(reply.status(), 400) << target << wrong;
      EXPECT_EQ(reply.body, R"({"message":"INVALID_ARG_INDEX"})") << target << wrong;
    }
    for (std::string const wrong : {"", "5", "-1s", "1d", "x", "99999999999999h"}) {
      auto const reply = asking.get(target + "&index=1&wait=" + wrong);
      EXPECT_EQ(reply.status(), 400) << target << wrong;
      EXPECT_EQ(reply.body, R"({"message":"INVALID_ARG_WAIT"})") << target << wrong;
    }
  }
}

TEST_P(waiting, holds_up_the_requests_behind_it_and_no_other) {
  post("/topic/create?topic=t");
  auto client = new_http_client();
  client.send(request_for("/ping") + request_for(waiting_for(asking, lookup)) +
              request_for("/topics") + request_for("/nosuch"));
  EXPECT_EQ(client.receive_reply().body, "OK");
  EXPECT_TRUE(are_watching(asking, 1));
  // Later ones, too.
  client.send(request_for("/info"));
  EXPECT_EQ(asking.get("/topics").body, R"({"topics":["t"]})");
  EXPECT_FALSE(client.is_readable());
  post("/channel/create?topic=t&channel=c");
  EXPECT_EQ(client.receive_reply().body, R"({"channels":["c"],"producers":[]})");
  EXPECT_EQ(client.receive_reply().body, R"({"topics":["t"]})");
  EXPECT_EQ(client.receive_reply().status(), 404);
  EXPECT_TRUE(client.receive_reply().body.starts_with(R"({"version":)"));
}

TEST_P(waiting, comes_again_and_again_on_one_connection) {
  post("/topic/create?topic=t");
  auto client = new_http_client();
  auto last = index_of(client.get(lookup));
  // Two at a time: the second is for what comes behind the first.
  for (int count = 0; count < 20; ++count) {
    auto const target = lookup + "&index=" + std::to_string(last);
    client.send(request_for(target) + request_for(target));
    EXPECT_TRUE(are_watching(asking, 1));
    auto const channel = "c" + std::to_string(count);
    post("/channel/create?topic=t&channel=" + channel);
    auto const reply = client.receive_reply();
    EXPECT_NE(reply.body.find('"' + channel + '"'), std::string::npos);
    EXPECT_GT(index_of(reply), last);
    EXPECT_EQ(client.receive_reply().body, reply.body);
    last = index_of(reply);
  }
  client.send(request_for(waiting_for(asking, lookup)) +
              request_for(waiting_for(asking, "/nodes")));
  EXPECT_TRUE(are_watching(asking, 1));
  auto producer = new_producer();
  EXPECT_FALSE(client.is_readable());
  post("/topic/delete?topic=t");
  EXPECT_EQ(client.receive_reply().status(), 404);
  EXPECT_NE(client.receive_reply().body.find(producer.name()), std::string::npos);
}

TEST_P(waiting, is_possible_over_http_1_0) {
  post("/topic/create?topic=t");
  for (std::string const fields : {"", "Connection: keep-alive\r\n"}) {
    auto client = new_http_client();
    client.send("GET " + waiting_for(asking, lookup) + " HTTP/1.0\r\n" + fields + "\r\n");
    EXPECT_TRUE(are_watching(asking, 1));
    post("/channel/create?topic=t&channel=c");
    auto const reply = client.receive_reply();
    EXPECT_EQ(reply.status_line, "HTTP/1.0 200 OK");
    EXPECT_EQ(reply.body, R"({"channels":["c"],"producers":[]})");
    EXPECT_EQ(reply.field("Connection"), fields.empty() ? "" : "keep-alive");
    if (fields.empty()) {
      EXPECT_EQ(client.receive_to_end(), "");
    } else {
      client.send("GET /ping HTTP/1.0\r\n\r\n");
      EXPECT_EQ(client.receive_reply().body, "OK");
    }
    post("/channel/delete?topic=t&channel=c");
  }
}

TEST_P(waiting, costs_nothing_any_more_when_the_client_has_left) {
  post("/topic/create?topic=t");
  for (bool const crashes : {false, true}) {
    {
      std::vector<http_client> clients;
      clients.reserve(20);
      for (std::size_t count = 0; count < 20; ++count) {
        clients.push_back(wait_for_change_of(lookup, count + 1));
      }
      for (auto& client : clients) {
        if (crashes) {
          client.reset();
        }
      }
    }
    EXPECT_TRUE(are_watching(asking, 0));
    EXPECT_TRUE(eventually([&] { return metric(asking, "nsqlookupd_http_connections") == 1; }));
    EXPECT_EQ(metric(asking, "nsqlookupd_unsent_reply_bytes"), 0);
  }
}

TEST_P(waiting, is_over_for_a_client_that_sends_no_more) {
  post("/topic/create?topic=t");
  auto client = wait_for_change_of(lookup);
  client.send(request_for("/ping"));
  client.finish_sending();
  EXPECT_EQ(client.receive_reply().body, R"({"channels":[],"producers":[]})");
  EXPECT_EQ(client.receive_reply().body, "OK");
  EXPECT_EQ(client.receive_to_end(), "");
  EXPECT_TRUE(are_watching(asking, 0));
}

TEST_P(waiting, is_over_for_a_client_that_sends_very_much_meanwhile) {
  post("/topic/create?topic=t");
  auto client = wait_for_change_of(lookup);
  constexpr int count = 5'000;
  std::string requests;
  for (int number = 0; number < count; ++number) {
    requests += request_for("/ping");
  }
  client.send(requests);
  EXPECT_EQ(client.receive_reply().body, R"({"channels":[],"producers":[]})");
  for (int number = 0; number < count; ++number) {
    ASSERT_EQ(client.receive_reply().body, "OK") << number;
  }
}

TEST_P(waiting, is_accounted_for_with_its_target) {
  auto few = settings();
  constexpr std::size_t target_size = 60'000;
  constexpr std::size_t limit = 10;
  few.max_input_memory = limit * target_size;
  running_server const small{few};
  http_client client{small.http_port()};
  auto const target = waiting_for(client, "/topics?x=" + std::string(target_size, 'x'));
  std::vector<http_client> clients;
  bool is_full = false;
  while (!is_full && clients.size() <= limit) {
    auto const before = static_cast<double>(clients.size());
    clients.emplace_back(small.http_port());
    // The answer before must not make the server forget what it holds.
    clients.back().send(request_for("/ping") + request_for(target));
    EXPECT_EQ(clients.back().receive_reply().body, "OK");
    EXPECT_TRUE(eventually([&] {
      is_full = clients.back().is_readable();
      return is_full || metric(client, "nsqlookupd_watchers") == before + 1;
    }));
    EXPECT_GE(metric(client, "nsqlookupd_unfinished_input_bytes"), before * target_size);
  }
  ASSERT_TRUE(is_full);
  EXPECT_GE(clients.size(), limit / 3) << "it takes twice as much at most, and a little";
  EXPECT_EQ(clients.back().receive_reply().status(), 503);
  EXPECT_EQ(client.post("/topic/create?topic=t").status(), 200);
  EXPECT_EQ(clients.front().receive_reply().body, R"({"topics":["t"]})");
  EXPECT_TRUE(are_watching(client, 0));
  EXPECT_EQ(metric(client, "nsqlookupd_unfinished_input_bytes"), 0);
}

TEST_P(waiting, is_over_for_all_when_the_server_stops) {
  post("/topic/create?topic=t");
  constexpr std::size_t count = 200;
  auto const target = waiting_for(asking, lookup);
  auto const index = index_of(asking.get(lookup));
  std::vector<http_client> clients;
  clients.reserve(count);
  for (std::size_t number = 0; number < count; ++number) {
    clients.push_back(new_http_client());
    clients.back().send(request_for(target) + (number % 2 == 0 ? "" : request_for("/topics")));
  }
  EXPECT_TRUE(are_watching(asking, count));
  server.stop();
  for (std::size_t number = 0; number < count; ++number) {
    auto& client = clients[number];
    auto const reply = client.receive_reply();
    EXPECT_EQ(reply.body, R"({"channels":[],"producers":[]})");
    EXPECT_EQ(index_of(reply), index);
    if (number % 2 != 0) {
      EXPECT_EQ(reply.field("Connection"), "");
      auto const last = client.receive_reply();
      EXPECT_EQ(last.body, R"({"topics":["t"]})");
      EXPECT_EQ(last.field("Connection"), "close");
    } else {
      EXPECT_EQ(reply.field("Connection"), "close");
    }
    EXPECT_EQ(client.receive_to_end(), "");
  }
  server.wait_for_end();
}

// Ends a server that drains, as a second signal does.
struct ended_by_signal {
  running_server& server;
  ~ended_by_signal() {
    std::raise(SIGTERM);
    server.wait_for_end();
  }
};

TEST_P(waiting, is_over_at_once_while_the_server_drains) {
  auto draining = settings();
  draining.drain_timeout = 1h;
  running_server slow{draining};
  http_client client{slow.http_port()};
  EXPECT_EQ(client.post("/topic/create?topic=t").status(), 200);
  auto const target = request_for(waiting_for(client, lookup));
  http_client before{slow.http_port()};
  before.send(target);
  EXPECT_TRUE(are_watching(client, 1));

  slow.stop();
  ended_by_signal const end{slow};
  auto const old = before.receive_reply();
  EXPECT_EQ(old.body, R"({"channels":[],"producers":[]})");
  EXPECT_EQ(old.field("Connection"), "close");
  EXPECT_EQ(before.receive_to_end(), "");
  http_client after{slow.http_port()};
  after.send(target);
  EXPECT_EQ(after.receive_reply().body, old.body);
  EXPECT_EQ(after.receive_to_end(), "");
  EXPECT_EQ(http_client{slow.http_port()}.get("/ping").body, "OK") << "it serves on";
}

}  // namespace
}  // namespace nsqlookupd
