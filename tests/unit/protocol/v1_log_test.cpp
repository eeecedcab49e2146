// SPDX-License-Identifier: MIT
//
// The log lines of a session. The lines that net and the actor add are not here.
#include "captured_log.hpp"
#include "v1_client.hpp"
#include "v1_wire.hpp"
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace nsqlookupd::protocol {
namespace {

using namespace std::literals;
using namespace test_support;
using lines = std::vector<std::string>;

class v1_log : public testing::Test {
 protected:
  registry::registration_db db;
  v1_client client{db};

  // The lines of these bytes, from debug up.
  lines lines_of(std::string_view bytes) {
    captured_log const log{log::level::debug};
    client.send(bytes);
    return log.lines();
  }
};

TEST_F(v1_log, of_identify) {
  EXPECT_EQ(
      lines_of(identify(R"({"broadcast_address":"b","tcp_port":-1,"http_port":65536,)"
                        R"("version":"1.3.0"})")),
      (lines{"INFO: CLIENT(10.0.0.1:5000): IDENTIFY Address:b TCP:-1 HTTP:65536 Version:1.3.0",
             "INFO: DB: client(10.0.0.1:5000) REGISTER category:client key: subkey:"}));
}

TEST_F(v1_log, of_announce) {
  EXPECT_EQ(lines_of("ANNOUNCE t c 4150\n" + frame("host\n")),
            (lines{"INFO: CLIENT(10.0.0.1:5000): ANNOUNCE Address:host TCP:4150 HTTP:4151 Version:",
                   "INFO: DB: client(10.0.0.1:5000) REGISTER category:client key: subkey:",
                   "INFO: DB: client(10.0.0.1:5000) REGISTER category:channel key:t subkey:c",
                   "INFO: DB: client(10.0.0.1:5000) REGISTER category:topic key:t subkey:"}));
  EXPECT_EQ(lines_of("ANNOUNCE t d 4150\n" + frame("host\n")),
            lines{"INFO: DB: client(10.0.0.1:5000) REGISTER category:channel key:t subkey:d"});
}

TEST_F(v1_log, of_register_when_it_is_new) {
  client.send(identify());
  EXPECT_EQ(lines_of("REGISTER t c\n"),
            (lines{"INFO: DB: client(10.0.0.1:5000) REGISTER category:channel key:t subkey:c",
                   "INFO: DB: client(10.0.0.1:5000) REGISTER category:topic key:t subkey:"}));
  EXPECT_EQ(lines_of("REGISTER t c\nREGISTER t\n"), lines{});
  EXPECT_EQ(lines_of("REGISTER t d\n"),
            lines{"INFO: DB: client(10.0.0.1:5000) REGISTER category:channel key:t subkey:d"});
  EXPECT_EQ(lines_of("REGISTER u\n"),
            lines{"INFO: DB: client(10.0.0.1:5000) REGISTER category:topic key:u subkey:"});
}

TEST_F(v1_log, of_unregister_when_there_was_something) {
  client.send(identify() + "REGISTER t c\nREGISTER t b\nREGISTER t a\n");
  EXPECT_EQ(lines_of("UNREGISTER t c\n"),
            lines{"INFO: DB: client(10.0.0.1:5000) UNREGISTER category:channel key:t subkey:c"});
  EXPECT_EQ(lines_of("UNREGISTER t c\nUNREGISTER t nosuch\nUNREGISTER nosuch\n"), lines{});
  EXPECT_EQ(
      lines_of("UNREGISTER t\n"),
      (lines{"WARNING: client(10.0.0.1:5000) unexpected UNREGISTER category:channel key:t subkey:a",
             "WARNING: client(10.0.0.1:5000) unexpected UNREGISTER category:channel key:t subkey:b",
             "INFO: DB: client(10.0.0.1:5000) UNREGISTER category:topic key:t subkey:"}));
  EXPECT_EQ(lines_of("UNREGISTER t\n"), lines{});
}

TEST_F(v1_log, of_ping_says_how_long_ago_the_last_was) {
  client.send(identify());
  client.now += 1500ms;
  EXPECT_EQ(lines_of("PING\n"), lines{"INFO: CLIENT(10.0.0.1:5000): pinged (last ping 1.5s)"});
  client.now += 182713234ns;
  EXPECT_EQ(lines_of("PING\n"),
            lines{"INFO: CLIENT(10.0.0.1:5000): pinged (last ping 182.713234ms)"});
}

TEST_F(v1_log, of_a_strangers_ping_is_none) {
  EXPECT_EQ(lines_of("PING\nPING\n"), lines{});
}

TEST_F(v1_log, of_errors_is_what_the_client_is_told) {
  EXPECT_EQ(lines_of("FOO\nREGISTER t\n" + identify("{}")),
            (lines{"ERROR: [10.0.0.1:5000] - E_INVALID invalid command FOO",
                   "ERROR: [10.0.0.1:5000] - E_INVALID client must IDENTIFY",
                   "ERROR: [10.0.0.1:5000] - E_BAD_BODY IDENTIFY missing fields"}));
}

TEST_F(v1_log, of_errors_adds_the_cause) {
  EXPECT_EQ(lines_of(identify(R"({"tcp_port":"4150"})")),
            lines{"ERROR: [10.0.0.1:5000] - E_BAD_BODY IDENTIFY failed to decode JSON body - "
                  "tcp_port cannot be a string"});
  EXPECT_EQ(lines_of("IDENTIFY\n\xff\xff\xff\xff"),
            lines{"ERROR: [10.0.0.1:5000] - E_BAD_BODY IDENTIFY failed to read body - "
                  "size -1 is refused"});
}

TEST_F(v1_log, of_a_refused_identify_is_one_line) {
  client.send(identify());
  EXPECT_EQ(lines_of(identify() + "PING\n"),
            (lines{"ERROR: [10.0.0.1:5000] - E_INVALID cannot IDENTIFY again",
                   "INFO: CLIENT(10.0.0.1:5000): pinged (last ping 0s)"}));
}

TEST_F(v1_log, shows_control_bytes_as_escapes) {
  EXPECT_EQ(lines_of("FOO\x1b[31m\rbar\n"),
            lines{"ERROR: [10.0.0.1:5000] - E_INVALID invalid command FOO\\x1b[31m\\rbar"});
  EXPECT_EQ(lines_of("ANNOUNCE . . 1\n" + frame("a\tb")).front(),
            "INFO: CLIENT(10.0.0.1:5000): ANNOUNCE Address:a\\tb TCP:1 HTTP:2 Version:");
}

TEST_F(v1_log, of_the_end) {
  client.send(identify() + "REGISTER t c\n");
  captured_log const log;
  client.leave();
  EXPECT_EQ(log.lines(), lines{"INFO: PROTOCOL(V1): [10.0.0.1:5000] exiting ioloop"});
}

TEST_F(v1_log, above_info_has_warnings_and_errors_alone) {
  captured_log const log{log::level::warning};
  client.send(identify() + "REGISTER t c\nPING\nUNREGISTER t c\nREGISTER t c\nUNREGISTER t\nFOO\n");
  client.leave();
  EXPECT_EQ(
      log.lines(),
      (lines{"WARNING: client(10.0.0.1:5000) unexpected UNREGISTER category:channel key:t subkey:c",
             "ERROR: [10.0.0.1:5000] - E_INVALID invalid command FOO"}));
}

}  // namespace
}  // namespace nsqlookupd::protocol
