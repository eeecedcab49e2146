// SPDX-License-Identifier: MIT
#include <nsqlookupd/metrics/exposition.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

namespace nsqlookupd::metrics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::array<std::string_view, 2> routes = {"/lookup", "other"};

/// The value of the sample with this name and these labels.
double value_of(std::string const& text, std::string const& sample) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(sample + ' ')) {
      return std::stod(line.substr(sample.size() + 1));
    }
  }
  ADD_FAILURE() << "no " << sample << " in\n" << text;
  return -1;
}

TEST(exposition, has_help_type_and_value) {
  counters const counted{routes};
  EXPECT_THAT(exposition(counted, {.producers = 3}),
              HasSubstr("# HELP nsqlookupd_producers Producers (nsqd connections) that have "
                        "identified themselves.\n"
                        "# TYPE nsqlookupd_producers gauge\n"
                        "nsqlookupd_producers 3\n"));
}

TEST(exposition, shows_the_figures) {
  counters const counted{routes};
  auto const text = exposition(counted, {.producers = 1,
                                         .topics = 2,
                                         .channels = 3,
                                         .registrations = 4,
                                         .unfinished_input_bytes = 7,
                                         .log_lines_dropped = 5,
                                         .log_lines_left_out = 6,
                                         .version = "2.0.0",
                                         .built_with = "g++ \"12\""});
  EXPECT_EQ(value_of(text, "nsqlookupd_topics"), 2);
  EXPECT_EQ(value_of(text, "nsqlookupd_channels"), 3);
  EXPECT_EQ(value_of(text, "nsqlookupd_registrations"), 4);
  EXPECT_EQ(value_of(text, "nsqlookupd_unfinished_input_bytes"), 7);
  EXPECT_EQ(value_of(text, "nsqlookupd_log_dropped_total"), 5);
  EXPECT_EQ(value_of(text, "nsqlookupd_log_left_out_total"), 6);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_build_info{version="2.0.0",compiler="g++ \"12\""})"), 1);
}

TEST(exposition, shows_what_was_counted) {
  counters counted{routes};
  counted.tcp_connections.add(7);
  counted.http_connections.add(8);
  counted.commands.add("REGISTER");
  counted.commands.add("FOO");
  counted.protocol_errors.add("E_BAD_TOPIC");
  counted.http_requests.add(0, 200);
  counted.http_requests.add(0, 400);
  counted.http_requests.add(1, 404);
  auto const text = exposition(counted, {});
  EXPECT_EQ(value_of(text, "nsqlookupd_tcp_connections"), 7);
  EXPECT_EQ(value_of(text, "nsqlookupd_http_connections"), 8);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_commands_total{command="REGISTER"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_commands_total{command="PING"})"), 0);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_commands_total{command="invalid"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_protocol_errors_total{code="E_BAD_TOPIC"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="/lookup",code="200"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="/lookup",code="400"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="other",code="404"})"), 1);
  EXPECT_THAT(text, Not(HasSubstr(R"(route="/lookup",code="404")")));
}

TEST(exposition, has_buckets_that_add_up) {
  counters counted{routes};
  counted.command_duration.observe(500ns);
  counted.command_duration.observe(3us);
  counted.command_duration.observe(2s);
  auto const text = exposition(counted, {});
  std::string const name = "nsqlookupd_command_duration_seconds";
  EXPECT_EQ(value_of(text, name + R"(_bucket{le="5e-06"})"), 2);
  EXPECT_EQ(value_of(text, name + R"(_bucket{le="1"})"), 2);
  EXPECT_EQ(value_of(text, name + R"(_bucket{le="+Inf"})"), 3);
  EXPECT_EQ(value_of(text, name + "_count"), 3);
  EXPECT_NEAR(value_of(text, name + "_sum"), 2.0000035, 1e-9);
}

TEST(exposition, tells_of_the_process) {
  counters const counted{routes};
  auto const text = exposition(counted, {});
  auto const now = static_cast<double>(std::time(nullptr));
  EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value_of(text, "process_virtual_memory_bytes"),
            value_of(text, "process_resident_memory_bytes"));
  EXPECT_GT(value_of(text, "process_cpu_seconds_total"), 0);
  EXPECT_NEAR(value_of(text, "process_start_time_seconds"), now, 300);
  EXPECT_EQ(value_of(text, "process_threads"), 1);
  EXPECT_EQ(value_of(text, "process_max_fds"), static_cast<double>(::sysconf(_SC_OPEN_MAX)));
  std::filesystem::directory_iterator const open{"/proc/self/fd"};
  EXPECT_EQ(value_of(text, "process_open_fds"),
            static_cast<double>(std::distance(begin(open), end(open)) - 1));
}

}  // namespace
}  // namespace nsqlookupd::metrics
