// SPDX-License-Identifier: MIT
//
// How many connections and registrations there may be.
#include "captured_log.hpp"
#include "eventually.hpp"
#include "http_client.hpp"
#include "lookup_client.hpp"
#include "running_server.hpp"
#include <boost/system/error_code.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>

namespace nsqlookupd {
namespace {

using namespace test_support;

std::ptrdiff_t count_of(captured_log const& log, std::string_view part) {
  auto const lines = log.lines();
  return std::ranges::count_if(
      lines, [&](std::string const& line) { return line.find(part) != std::string::npos; });
}

class connection_limit : public testing::TestWithParam<std::size_t> {
 protected:
  static config::options settings() {
    auto result = loopback_options();
    result.threads = GetParam();
    result.max_connections = 3;
    return result;
  }

  captured_log log;
  running_server server{settings()};
};
INSTANTIATE_TEST_SUITE_P(threads, connection_limit, testing::Values(1, 4));

TEST_P(connection_limit, makes_the_next_wait_until_there_is_room) {
  std::optional<lookup_client> first{lookup_client{server.tcp_port()}};
  lookup_client second{server.tcp_port()};
  EXPECT_EQ(first->command("PING"), "OK");
  EXPECT_EQ(second.command("PING"), "OK");

  lookup_client third{server.tcp_port()};
  third.send("PING\n");
  ASSERT_TRUE(
      log.wait_for("ERROR: TCP: cannot accept clients - there are as many as -max-connections"));
  EXPECT_EQ(second.command("PING"), "OK");
  // A probe must not fail because producers are many.
  std::optional<http_client> probe{http_client{server.http_port()}};
  EXPECT_EQ(probe->get("/ping").body, "OK");
  EXPECT_FALSE(third.is_readable());
  // That makes three, and there are no more for anybody.
  http_client late_probe{server.http_port()};
  late_probe.send("GET /ping HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(
      log.wait_for("ERROR: HTTP: cannot accept clients - there are as many as -max-connections"));
  EXPECT_FALSE(late_probe.is_readable());
  probe.reset();
  EXPECT_EQ(late_probe.receive_reply().body, "OK");

  first.reset();
  EXPECT_EQ(third.receive_frame(), "OK");
  EXPECT_TRUE(log.wait_for("INFO: TCP: accepting clients again"));
  EXPECT_EQ(count_of(log, "TCP: cannot accept clients"), 1);
}

TEST_P(connection_limit, leaves_a_tenth_of_the_connections_to_producers) {
  std::optional<http_client> first{http_client{server.http_port()}};
  http_client second{server.http_port()};
  EXPECT_EQ(first->get("/ping").body, "OK");
  EXPECT_EQ(second.get("/ping").body, "OK");
  http_client third{server.http_port()};
  third.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(log.wait_for("ERROR: HTTP: cannot accept clients"));
  EXPECT_EQ(lookup_client{server.tcp_port()}.command("PING"), "OK");
  EXPECT_FALSE(third.is_readable());
  first.reset();
  EXPECT_EQ(third.receive_reply().body, "OK");
}

// Lets this process have no more descriptors than it has now.
class no_more_descriptors {
 public:
  no_more_descriptors() {
    // UBSan needs a pipe when it meets a type for the first time; here it meets those that the
    // server uses while there is none.
    boost::system::error_code const shortage{EMFILE, boost::system::system_category()};
    EXPECT_NE(shortage, boost::system::errc::protocol_error);
    EXPECT_NE(shortage.message(), "");
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto const next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(next);
    auto none_left = before_;
    none_left.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &none_left);
  }
  no_more_descriptors(no_more_descriptors const&) = delete;
  no_more_descriptors& operator=(no_more_descriptors const&) = delete;
  ~no_more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(descriptors, that_are_missing_are_waited_for) {
  captured_log const log;
  running_server server{loopback_options(), running_server::not_yet{}};
  lookup_client client{server.tcp_port()};
  client.send("PING\n");
  {
    no_more_descriptors const shortage;
    server.start();
    EXPECT_TRUE(log.wait_for("ERROR: TCP: cannot accept clients - Too many open files"));
    EXPECT_FALSE(client.is_readable());
  }
  EXPECT_EQ(client.receive_frame(), "OK");
  EXPECT_TRUE(log.wait_for("INFO: TCP: accepting clients again"));
  EXPECT_EQ(count_of(log, "cannot accept clients"), 1);
}

config::options few_registrations() {
  auto settings = loopback_options();
  settings.max_registrations_per_producer = 3;
  settings.max_topics = 4;
  settings.max_channels_per_topic = 2;
  return settings;
}

TEST(registration_limits, are_told_to_the_client_who_may_go_on) {
  running_server const server{few_registrations()};
  lookup_client first{server.tcp_port()};
  first.identify();
  EXPECT_EQ(first.command("REGISTER t1 c1"), "OK");
  EXPECT_EQ(first.command("REGISTER t1 c2"), "OK");
  EXPECT_EQ(first.command("REGISTER t2"),
            "E_INVALID REGISTER too many registrations by this producer (limit 3)");
  EXPECT_EQ(first.command("REGISTER t1 c1"), "OK");
  EXPECT_EQ(first.command("UNREGISTER t1 c1"), "OK");
  EXPECT_EQ(first.command("REGISTER t2"), "OK");

  lookup_client second{server.tcp_port()};
  second.identify();
  EXPECT_EQ(second.command("REGISTER t1 c3"),
            "E_INVALID REGISTER too many channels in this topic (limit 2)");
  EXPECT_EQ(second.command("REGISTER t3"), "OK");
  EXPECT_EQ(second.command("REGISTER t4"), "OK");
  EXPECT_EQ(second.command("REGISTER t5"), "E_INVALID REGISTER too many topics (limit 4)");
  EXPECT_EQ(second.command("PING"), "OK");
  EXPECT_EQ(http_client{server.http_port()}.get("/topics").body,
            R"({"topics":["t1","t2","t3","t4"]})");
}

}  // namespace
}  // namespace nsqlookupd
