// SPDX-License-Identifier: MIT
//
// -log-format=json: the members of its lines, docs/LOG.md.
#include "server_process.hpp"
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;

class json_log : public testing::Test {
 protected:
  server_process server{{.flags = {"-log-format=json"}, .says_where = false}};

  // The lines about a client of a server that is stopped, without what each line has.
  std::vector<json::object> lines_of(std::string_view client) {
    EXPECT_EQ(server.stop(), 0);
    std::vector<json::object> all;
    while (auto const line = server.process().next_error_line()) {
      auto object = json::parse(*line).as_object();
      auto const* const named = object.if_contains("client");
      if (named != nullptr && named->as_string().c_str() == client) {
        for (auto const* const each : {"time", "level", "name", "msg", "client"}) {
          EXPECT_EQ(object.erase(each), 1U) << *line;
        }
        all.push_back(std::move(object));
      }
    }
    return all;
  }

  static std::vector<json::object> objects(std::vector<std::string_view> const& texts) {
    std::vector<json::object> all;
    for (auto const text : texts) {
      all.push_back(json::parse(text).as_object());
    }
    return all;
  }
};

TEST_F(json_log, tells_the_steps_of_a_producer) {
  std::string name;
  {
    auto producer = server.lookup_client();
    name = producer.name();
    producer.identify();
    EXPECT_EQ(producer.command("REGISTER t1 c1"), "OK");
    EXPECT_TRUE(producer.command("REGISTER t*").starts_with("E_BAD_TOPIC"));
    EXPECT_EQ(producer.command("UNREGISTER t1 c1"), "OK");
    producer.finish_sending();
    EXPECT_EQ(producer.receive_to_end(), "");
  }
  auto const expected = objects(
      {"{}", "{}",
       R"({"command":"IDENTIFY","broadcast_address":"10.0.0.1","tcp_port":4150,)"
       R"("http_port":4151,"version":"1.3.0"})",
       R"({"command":"REGISTER","category":"client"})",
       R"({"command":"REGISTER","category":"channel","topic":"t1","channel":"c1"})",
       R"({"command":"REGISTER","category":"topic","topic":"t1"})",
       R"({"error":"E_BAD_TOPIC REGISTER topic name 't*' is not valid"})",
       R"({"command":"UNREGISTER","category":"channel","topic":"t1","channel":"c1"})", "{}",
       R"({"command":"UNREGISTER","category":"client"})",
       R"({"command":"UNREGISTER","category":"topic","topic":"t1"})", R"({"error":"EOF"})"});
  EXPECT_EQ(lines_of(name), expected);
}

TEST_F(json_log, tells_what_a_request_asked_for) {
  auto client = server.http_client();
  EXPECT_EQ(client.post("/topic/create?topic=t1").status(), 200);
  EXPECT_EQ(client.get("/nosuch").status(), 404);
  // A server whose lines are not read listens for HTTP at 127.0.0.2; its clients come from .1.
  auto const port = client.name().substr(client.name().rfind(':'));
  auto lines = lines_of("127.0.0.1" + port);
  for (auto& line : lines) {
    EXPECT_EQ(line.erase("duration"), 1U);
  }
  EXPECT_EQ(lines, objects({R"({"status":200,"method":"POST","path":"/topic/create",)"
                            R"("query":"topic=t1"})",
                            R"({"status":404,"method":"GET","path":"/nosuch"})"}));
}

}  // namespace
}  // namespace nsqlookupd::e2e
