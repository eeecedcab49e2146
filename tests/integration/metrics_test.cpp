// SPDX-License-Identifier: MIT
//
// The counts that /metrics shows of real clients, and their documentation.
#include "any_thread_count.hpp"
#include "eventually.hpp"
#include "tls_server.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace nsqlookupd {
namespace {

using namespace test_support;

class metrics : public any_thread_count {
 protected:
  std::string text() { return asking.get("/metrics").body; }

  // The value of the sample with this name and these labels; -1 when there is none.
  double value(std::string const& sample) {
    std::istringstream input{text()};
    for (std::string line; std::getline(input, line);) {
      if (line.starts_with(sample + ' ')) {
        return std::stod(line.substr(sample.size() + 1));
      }
    }
    return -1;
  }

  double commands(std::string const& name) {
    return value("nsqlookupd_commands_total{command=\"" + name + "\"}");
  }
  double errors(std::string const& code) {
    return value("nsqlookupd_protocol_errors_total{code=\"" + code + "\"}");
  }
  double requests(std::string const& route, std::string const& code) {
    return value("nsqlookupd_http_requests_total{route=\"" + route + "\",code=\"" + code + "\"}");
  }

  http_client asking = new_http_client();
};
INSTANTIATE_TEST_SUITE_P(threads, metrics, one_and_four_threads());

TEST_P(metrics, count_producers_and_what_they_do) {
  auto producer = new_lookup_client();
  producer.identify();
  producer.command("REGISTER t1 c1");
  producer.command("REGISTER t2");
  producer.command("UNREGISTER t2");
  producer.command("PING");
  EXPECT_EQ(value("nsqlookupd_producers"), 1);
  EXPECT_EQ(value("nsqlookupd_topics"), 2);
  EXPECT_EQ(value("nsqlookupd_channels"), 1);
  EXPECT_EQ(value("nsqlookupd_registrations"), 2);
  EXPECT_EQ(commands("IDENTIFY"), 1);
  EXPECT_EQ(commands("REGISTER"), 2);
  EXPECT_EQ(commands("UNREGISTER"), 1);
  EXPECT_EQ(commands("PING"), 1);
  EXPECT_GE(value("nsqlookupd_command_duration_seconds_count"), 5);
  EXPECT_GT(value("nsqlookupd_command_duration_seconds_sum"), 0);
}

TEST_P(metrics, count_errors_without_the_words_of_clients) {
  auto client = new_lookup_client();
  client.command("MADE_UP 1");
  client.command("REGISTER t1");
  client.command("");
  tcp_client other{server.tcp_port()};
  other.send("HEAD");
  EXPECT_EQ(other.receive_frame(), "E_BAD_PROTOCOL");
  EXPECT_EQ(commands("invalid"), 2);
  EXPECT_EQ(errors("E_INVALID"), 3);
  EXPECT_EQ(errors("E_BAD_TOPIC"), 0);
  EXPECT_EQ(errors("E_BAD_PROTOCOL"), 1);
  EXPECT_EQ(text().find("MADE_UP"), std::string::npos);
}

TEST_P(metrics, count_requests_by_route_and_status) {
  auto client = new_http_client();
  client.get("/lookup?topic=t1");
  client.get("/made_up");
  client.get("/made_up/too");
  client.post("/topic/create?topic=t1");
  client.get("/lookup?topic=t1");
  client.send("NONSENSE\r\n\r\n");
  EXPECT_EQ(client.receive_reply().status(), 400);
  EXPECT_EQ(requests("/lookup", "200"), 1);
  EXPECT_EQ(requests("/lookup", "404"), 1);
  EXPECT_EQ(requests("/topic/create", "200"), 1);
  EXPECT_EQ(requests("/nodes", "200"), 0);
  EXPECT_EQ(requests("other", "404"), 2);
  EXPECT_EQ(requests("other", "400"), 1);
  EXPECT_EQ(text().find("made_up"), std::string::npos);
  EXPECT_GE(value("nsqlookupd_http_request_duration_seconds_count"), 5);
}

TEST_P(metrics, count_open_connections) {
  {
    auto const producer = new_lookup_client();
    auto const consumer = new_http_client();
    EXPECT_TRUE(eventually([&] { return value("nsqlookupd_tcp_connections") == 1; }));
    EXPECT_TRUE(eventually([&] { return value("nsqlookupd_http_connections") == 2; }));
  }
  EXPECT_TRUE(eventually([&] { return value("nsqlookupd_tcp_connections") == 0; }));
  EXPECT_TRUE(eventually([&] { return value("nsqlookupd_http_connections") == 1; }));
}

TEST_P(metrics, sample_the_actors_queue) {
  EXPECT_TRUE(eventually([&] { return value("nsqlookupd_actor_queue_seconds_count") > 0; }));
}

std::string read(std::string const& path) {
  std::ifstream file{path};
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::set<std::string> names_in(std::string const& text, std::string const& pattern) {
  std::regex const form{pattern};
  std::set<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), form}, end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

// The dashboard and the rules ask for a histogram by its parts.
std::string family_of(std::string const& name) {
  static std::regex const part{"_(bucket|sum|count)$"};
  return std::regex_replace(name, part, "");
}

// Nobody is at that address, and nothing waits for etcd.
config::options with_cluster(config::options settings) {
  settings.cluster_etcd_endpoints = {"http://127.0.0.1:1"};
  return settings;
}

// With TLS and a cluster, so that the metrics are there that tell of them.
class metrics_documentation : public testing::Test {
 protected:
  tls_world world;
  running_server server{with_cluster(world.settings)};
  std::set<std::string> const families =
      names_in(http_client{server.http_port()}.get("/metrics").body, "# TYPE ([a-z_]+) ");
};

TEST_F(metrics_documentation, describes_each_and_no_other) {
  EXPECT_GE(families.size(), 20U);
  EXPECT_EQ(names_in(read(PROJECT_DIR "/docs/METRICS.md"), "\\| `([a-z_]+)(\\{[a-z,]+\\})?` \\|"),
            families);
}

TEST_F(metrics_documentation, asks_only_for_those_that_there_are) {
  for (std::string const file :
       {"/deploy/grafana/nsqlookupd.json", "/deploy/prometheus/nsqlookupd.rules.yml"}) {
    auto const asked = names_in(read(PROJECT_DIR + file), "\\b((nsqlookupd|process)_[a-z_]+)\\b");
    EXPECT_GE(asked.size(), 5U) << file;
    for (auto const& name : asked) {
      EXPECT_TRUE(families.contains(family_of(name))) << name << " in " << file;
    }
  }
}

}  // namespace
}  // namespace nsqlookupd
