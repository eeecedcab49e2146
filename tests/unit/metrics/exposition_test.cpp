// SPDX-License-Identifier: MIT
#include <nsqlookupd/metrics/exposition.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
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
constexpr std::array<std::string_view, 14> kinds = {"a", "b", "c", "d", "e", "f", "g",
                                                    "h", "i", "j", "k", "l", "m", "n"};

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
  counters const counted{routes, kinds};
  EXPECT_THAT(exposition(counted, {.producers = 3}),
              HasSubstr("# HELP nsqlookupd_producers Producers (nsqd connections) that have "
                        "identified themselves.\n"
                        "# TYPE nsqlookupd_producers gauge\n"
                        "nsqlookupd_producers 3\n"));
}

TEST(exposition, shows_the_figures) {
  counters const counted{routes, kinds};
  auto const text = exposition(counted, {.producers = 1,
                                         .topics = 2,
                                         .empty_topics = 8,
                                         .channels = 3,
                                         .registrations = 4,
                                         .watchers = 9,
                                         .unfinished_input_bytes = 7,
                                         .log_lines_dropped = 5,
                                         .log_lines_left_out = 6,
                                         .tls_certificate_expiry = 1'795'392'000,
                                         .reloads = {{"tls-cert", true}, {"http-auth-file", false}},
                                         .version = "2.0.0",
                                         .built_with = "g++ \"12\""});
  EXPECT_EQ(value_of(text, "nsqlookupd_topics"), 2);
  EXPECT_EQ(value_of(text, "nsqlookupd_empty_topics"), 8);
  EXPECT_EQ(value_of(text, "nsqlookupd_watchers"), 9);
  EXPECT_EQ(value_of(text, "nsqlookupd_channels"), 3);
  EXPECT_EQ(value_of(text, "nsqlookupd_registrations"), 4);
  EXPECT_EQ(value_of(text, "nsqlookupd_unfinished_input_bytes"), 7);
  EXPECT_EQ(value_of(text, "nsqlookupd_log_dropped_total"), 5);
  EXPECT_EQ(value_of(text, "nsqlookupd_log_left_out_total"), 6);
  EXPECT_EQ(value_of(text, "nsqlookupd_tls_certificate_expiry_seconds"), 1'795'392'000);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_reload_success{file="tls-cert"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_reload_success{file="http-auth-file"})"), 0);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_build_info{version="2.0.0",compiler="g++ \"12\""})"), 1);
}

TEST(exposition, has_no_certificate_where_there_is_no_tls) {
  counters const counted{routes, kinds};
  EXPECT_THAT(exposition(counted, {}), Not(HasSubstr("certificate")));
  EXPECT_THAT(exposition(counted, {}), Not(HasSubstr("reload")));
}

TEST(exposition, shows_what_was_counted) {
  counters counted{routes, kinds};
  counted.tcp_connections.add(7);
  counted.http_connections.add(8);
  counted.commands.add("REGISTER");
  counted.commands.add("FOO");
  counted.protocol_errors.add("E_BAD_TOPIC");
  counted.changes.add(11);
  counted.http_requests.add(0, 200);
  counted.http_requests.add(0, 400);
  counted.http_requests.add(1, 404);
  counted.http_requests.add(1, 307);
  counted.http_requests.add(1, 304);
  counted.http_requests.add(1, 410);
  auto const text = exposition(counted, {});
  EXPECT_EQ(value_of(text, "nsqlookupd_tcp_connections"), 7);
  EXPECT_EQ(value_of(text, "nsqlookupd_http_connections"), 8);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_commands_total{command="REGISTER"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_commands_total{command="PING"})"), 0);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_commands_total{command="invalid"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_protocol_errors_total{code="E_BAD_TOPIC"})"), 1);
  for (auto const kind : kinds) {
    EXPECT_EQ(value_of(text, "nsqlookupd_changes_total{kind=\"" + std::string{kind} + "\"}"),
              kind == "l" ? 1 : 0);
  }
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="/lookup",code="200"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="/lookup",code="400"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="other",code="404"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="other",code="307"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="other",code="304"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="other",code="410"})"), 1);
  EXPECT_EQ(value_of(text, R"(nsqlookupd_http_requests_total{route="/lookup",code="500"})"), 0);
  EXPECT_THAT(text, Not(HasSubstr(R"(route="/lookup",code="404")")));
}

TEST(exposition, has_buckets_that_add_up) {
  counters counted{routes, kinds};
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

TEST(exposition, has_buckets_for_watchers) {
  counters counted{routes, kinds};
  counted.watch_delay.observe(400us);
  counted.watch_delay.observe(3s);
  counted.watch_delay.observe(7s);
  auto const text = exposition(counted, {});
  std::string const name = "nsqlookupd_watch_delay_seconds";
  EXPECT_EQ(value_of(text, name + R"(_bucket{le="0.0005"})"), 1);
  EXPECT_EQ(value_of(text, name + R"(_bucket{le="2.5"})"), 1);
  EXPECT_EQ(value_of(text, name + R"(_bucket{le="5"})"), 2);
  EXPECT_EQ(value_of(text, name + "_count"), 3);
  EXPECT_NEAR(value_of(text, name + "_sum"), 10.0004, 1e-9);
}

TEST(exposition, tells_of_the_process) {
  counters const counted{routes, kinds};
  auto const text = exposition(counted, {});
  auto const now = static_cast<double>(std::time(nullptr));
  EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value_of(text, "process_virtual_memory_bytes"),
            value_of(text, "process_resident_memory_bytes"));
  EXPECT_GT(value_of(text, "process_cpu_seconds_total"), 0);
  EXPECT_NEAR(value_of(text, "process_start_time_seconds"), now, 300);
  // A sanitizer may have a thread of its own.
#if defined(__SANITIZE_THREAD__)
  EXPECT_GE(value_of(text, "process_threads"), 1);
#else
  EXPECT_EQ(value_of(text, "process_threads"), 1);
#endif
  EXPECT_EQ(value_of(text, "process_max_fds"), static_cast<double>(::sysconf(_SC_OPEN_MAX)));
  std::filesystem::directory_iterator const open{"/proc/self/fd"};
  EXPECT_EQ(value_of(text, "process_open_fds"),
            static_cast<double>(std::distance(begin(open), end(open)) - 1));
}

/// Has what a test puts into it, in place of what Linux tells.
class fake_proc {
 public:
  fake_proc() {
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
    std::filesystem::create_directory(path() / "self");
  }
  fake_proc(fake_proc const&) = delete;
  fake_proc& operator=(fake_proc const&) = delete;
  ~fake_proc() { std::filesystem::remove_all(path()); }

  [[nodiscard]] std::filesystem::path path() const { return path_; }

  void write(std::string const& name, std::string const& text) const {
    std::ofstream{path() / name} << text;
  }

 private:
  std::string path_ = testing::TempDir() + "proc_XXXXXX";
};

constexpr std::string_view from_proc[] = {"process_open_fds", "process_virtual_memory_bytes",
                                          "process_resident_memory_bytes",
                                          "process_start_time_seconds", "process_threads"};

TEST(exposition, leaves_out_what_cannot_be_read) {
  counters const counted{routes, kinds};
  fake_proc const proc;
  // Neither is whole: a process's figures that break off, and a boot time that is none.
  for (std::string const stat : {"", "1 (a", "1 (a) R", "1 (a) R x"}) {
    proc.write("self/stat", stat);
    proc.write("stat", "cpu 1 2\nbtime x\n");
    auto const text = exposition(counted, {.proc = proc.path()});
    for (auto const name : from_proc) {
      EXPECT_THAT(text, Not(HasSubstr(name))) << stat;
    }
    EXPECT_GT(value_of(text, "process_cpu_seconds_total"), 0);
    EXPECT_GT(value_of(text, "process_max_fds"), 0);
  }
  EXPECT_THAT(exposition(counted, {.proc = "/nowhere"}), Not(HasSubstr("process_open_fds")));
}

TEST(exposition, reads_what_linux_tells) {
  counters const counted{routes, kinds};
  fake_proc const proc;
  std::string stat = "1 (a) R 2 (b)) S";
  for (int field = 4; field <= 52; ++field) {
    stat += ' ' + std::to_string(field == 8 ? -1 : field);
  }
  proc.write("self/stat", stat);
  proc.write("stat", "cpu 1 2\nbtime 1000\nprocesses 3\n");
  auto const text = exposition(counted, {.proc = proc.path()});
  EXPECT_EQ(value_of(text, "process_threads"), 20);
  EXPECT_EQ(value_of(text, "process_virtual_memory_bytes"), 23);
  EXPECT_EQ(value_of(text, "process_resident_memory_bytes"),
            24 * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  EXPECT_NEAR(value_of(text, "process_start_time_seconds"),
              1000 + 22 / static_cast<double>(::sysconf(_SC_CLK_TCK)), 1e-6);
}

}  // namespace
}  // namespace nsqlookupd::metrics
