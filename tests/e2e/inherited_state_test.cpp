// SPDX-License-Identifier: MIT
//
// The server as others start it: with signals blocked or ignored, descriptors closed, a umask that
// allows nothing and a working directory that is gone.
#include "eventually.hpp"
#include "server_process.hpp"
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

namespace nsqlookupd::e2e {
namespace {

using test_support::eventually;

void block_all_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

void ignore_signals() {
  for (int const signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGPROF, SIGQUIT, SIGTSTP}) {
    std::signal(signal, SIG_IGN);
  }
}

void close_standard_descriptors() {
  for (int const descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::close(descriptor);
  }
}

// As `sh -c 'mkdir d; cd d; rmdir ../d; umask 777; exec nsqlookupd'`.
void lose_ground() {
  std::array path = std::to_array("/tmp/nsqlookupd-gone-XXXXXX");
  if (::mkdtemp(path.data()) == nullptr || ::chdir(path.data()) != 0 || ::rmdir(path.data()) != 0) {
    ::_exit(125);
  }
  ::umask(0777);
}

std::string status_of(server_process& server, std::string const& field) {
  std::ifstream file{"/proc/" + std::to_string(server.process().id()) + "/status"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field + ":\t")) {
      return line.substr(field.size() + 2);
    }
  }
  return {};
}

// A profile's samples begin behind its header of five words; `0` is the end of them.
bool has_samples(std::string_view profile) {
  std::array<std::uintptr_t, 6> words{};
  if (profile.size() < sizeof words) {
    return false;
  }
  std::memcpy(words.data(), profile.data(), sizeof words);
  return words[5] != 0;
}

std::string profile_under_load(server_process const& server) {
  auto profiling = server.http_client();
  profiling.send("GET /debug/pprof/profile?seconds=1 HTTP/1.1\r\nHost: h\r\n\r\n");
  auto busy = server.http_client();
  EXPECT_TRUE(
      eventually([&] { return busy.get("/metrics").status() != 200 || profiling.is_readable(); }));
  return profiling.receive_reply().body;
}

class inherited_signals : public testing::TestWithParam<void (*)()> {
 protected:
  server_process server{{.prepare = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(state, inherited_signals,
                         testing::Values(block_all_signals, ignore_signals), [](auto const& state) {
                           return std::string{state.param == block_all_signals ? "blocked"
                                                                               : "ignored"};
                         });

TEST_P(inherited_signals, do_not_keep_sigterm_from_stopping) {
  EXPECT_EQ(server.stop(SIGTERM), 0);
}

TEST_P(inherited_signals, do_not_keep_sigint_from_stopping) {
  EXPECT_EQ(server.stop(SIGINT), 0);
}

TEST_P(inherited_signals, do_not_keep_sighup_from_being_heard) {
  server.process().send(SIGHUP);
  server.lines_through("SIGHUP: there is nothing to re-read");
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(inherited_signals, do_not_keep_profiles_from_being_taken) {
  // On a busy machine the server may get less than a hundredth of a second.
  EXPECT_TRUE(eventually([&] { return has_samples(profile_under_load(server)); }));
  server.process().send(SIGPROF);
  EXPECT_TRUE(server.answers());
}

TEST_P(inherited_signals, leave_a_core_dump_when_it_is_asked_for) {
  EXPECT_EQ(server.stop(SIGQUIT), -SIGQUIT);
}

TEST(inherited_descriptors, that_are_closed_are_no_clients) {
  server_process server{{.error = test_support::error_output::closed,
                         .says_where = false,
                         .prepare = close_standard_descriptors}};
  auto producer = server.lookup_client();
  producer.identify();
  EXPECT_EQ(producer.command("REGISTER t"), "OK");
  auto consumer = server.http_client();
  EXPECT_EQ(consumer.get("/topics").body, R"({"topics":["t"]})");
  // The log's lines went elsewhere.
  EXPECT_FALSE(producer.is_readable());
  EXPECT_EQ(server.stop(), 0);
}

TEST(inherited_files, do_not_matter) {
  server_process server{{.prepare = lose_ground}};
  EXPECT_TRUE(server.answers());
  EXPECT_EQ(status_of(server, "Umask"), "0077");
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
