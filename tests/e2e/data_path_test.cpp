// SPDX-License-Identifier: MIT
//
// -data-path: directories, files and disks that cannot be used.
#include "eventually.hpp"
#include "stored_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {
namespace {

namespace fs = std::filesystem;
using test_support::eventually;
using test_support::scratch_directory;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using strings = std::vector<std::string>;

// Root may write everywhere; a program that it becomes may not, without this capability.
void obey_permissions() {
  if (::geteuid() == 0 && ::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) != 0) {
    ::_exit(125);
  }
}

test_support::ended_process start_on(std::string const& directory,
                                     void (*prepare)() = obey_permissions) {
  return test_support::run_to_end(
      {.program = NSQLOOKUPD_BINARY,
       .arguments = {"-tcp-address=127.0.0.1:0", "-http-address=127.0.0.1:0",
                     "-data-path=" + directory},
       .prepare = prepare});
}

void expect_refusal(test_support::ended_process const& ended, std::string const& line) {
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.output, "");
  EXPECT_THAT(ended.error,
              testing::EndsWith(" FATAL: failed to instantiate nsqlookupd - " + line + '\n'));
  EXPECT_EQ(std::ranges::count(ended.error, '\n'), 1) << ended.error;
}

std::string refusal_of(std::string const& directory, std::string const& reason) {
  return "cannot use -data-path=" + directory + " - " + reason +
         "; it must be a directory that the server may write to";
}

TEST(data_path, that_is_not_there_ends_the_start) {
  scratch_directory const files;
  auto const missing = files.path("missing");
  expect_refusal(start_on(missing), refusal_of(missing, "No such file or directory"));
}

TEST(data_path, that_is_a_file_ends_the_start) {
  scratch_directory const files;
  auto const text = files.write("text", "");
  expect_refusal(start_on(text), refusal_of(text, "Not a directory"));
}

TEST(data_path, that_may_not_be_written_ends_the_start) {
  scratch_directory const files;
  auto const fixed = files.path("fixed");
  fs::create_directory(fixed);
  fs::permissions(fixed, fs::perms{0555});
  expect_refusal(start_on(fixed), refusal_of(fixed, "Permission denied"));
}

TEST(data_path, that_another_server_uses_ends_the_start_and_not_the_other_server) {
  stored_server server;
  auto const first = server.producer("10.0.0.1", {"t"});
  expect_refusal(start_on(server.path()),
                 "cannot use -data-path=" + server.path() +
                     " - another nsqlookupd uses it; give each server a directory of its own");
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  server.settle();
  server.restart();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
}

TEST(data_path, that_cannot_be_used_is_a_fault_for_check) {
  scratch_directory const files;
  auto const missing = files.path("missing");
  auto const ended = run_server({"check", "-data-path=" + missing});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.error, "fault: " + refusal_of(missing, "No such file or directory") + '\n');
}

TEST(data_path, that_a_server_uses_is_no_fault_for_check) {
  stored_server const server;
  auto const ended = run_server({"check", "-data-path=" + server.path()});
  EXPECT_EQ(ended.status, 0) << ended.error;
  EXPECT_EQ(ended.error, "");
  EXPECT_THAT(ended.output, HasSubstr("data path " + server.path() + " can be written\n"));
}

class unusable_file : public testing::Test {
 protected:
  unusable_file() {
    auto const before = server.producer("10.0.0.1", {"t c"});
    EXPECT_EQ(server.stop(), 0);
  }

  // Names that begin as the file's own, without those that SQLite has beside it.
  [[nodiscard]] strings moved_aside() const {
    strings names;
    for (auto const& entry : fs::directory_iterator{server.path()}) {
      auto const name = entry.path().filename().string();
      if (name.starts_with("nsqlookupd.db.") && !name.ends_with("-wal") &&
          !name.ends_with("-shm")) {
        names.push_back(name);
      }
    }
    return names;
  }

  // Serves without what was stored, and stores again.
  void expect_cold_start(std::string const& kind) {
    server.start();
    strings warnings;
    for (auto const& line : server.running().first_lines()) {
      if (line.starts_with("WARNING: ") || line.starts_with("ERROR: ")) {
        warnings.push_back(line);
      }
    }
    EXPECT_THAT(warnings, ElementsAre(testing::StartsWith("WARNING: STORE: " + server.file() +
                                                          " is " + kind + " (")));
    EXPECT_THAT(moved_aside(), ElementsAre(HasSubstr("." + kind + "-")));
    EXPECT_THAT(server.listed("/topics", "topics"), IsEmpty());
    auto const after = server.producer("10.0.0.2", {"u"});
    server.settle();
    server.restart();
    EXPECT_THAT(server.producers_of("u"), ElementsAre("10.0.0.2"));
    EXPECT_THAT(moved_aside(), testing::SizeIs(1));
  }

  stored_server server;
};

TEST_F(unusable_file, that_is_garbled_is_moved_aside) {
  std::ofstream{server.file(), std::ios::binary} << std::string(20'000, '~');
  expect_cold_start("broken");
}

TEST_F(unusable_file, whose_middle_is_garbled_is_moved_aside) {
  std::fstream{server.file(), std::ios::in | std::ios::out | std::ios::binary}.seekp(4096).write(
      std::string(8192, '~').data(), 8192);
  expect_cold_start("broken");
}

TEST_F(unusable_file, that_is_truncated_is_moved_aside) {
  fs::resize_file(server.file(), fs::file_size(server.file()) / 2);
  expect_cold_start("broken");
}

TEST_F(unusable_file, of_a_newer_schema_is_moved_aside) {
  server.change_file("pragma user_version = 99");
  expect_cold_start("newer");
}

// Only the soft limit: it can be raised again.
void limit_files_of(server_process& server, rlim_t bytes) {
  rlimit limit{};
  ASSERT_EQ(::prlimit(server.process().id(), RLIMIT_FSIZE, nullptr, &limit), 0);
  limit.rlim_cur = bytes;
  ASSERT_EQ(::prlimit(server.process().id(), RLIMIT_FSIZE, &limit, nullptr), 0);
}

TEST(full_disk, is_told_once_while_the_server_goes_on_and_stores_everything_later) {
  stored_server server{{"-access-log=off"}};
  auto const before = server.producer("10.0.0.1", {"t"});
  server.settle();
  limit_files_of(server.running(), 100'000);
  auto busy = server.producer("10.0.0.2");
  for (int topic = 0; topic < 2000; ++topic) {
    ASSERT_EQ(busy.command("REGISTER u" + std::to_string(topic) + ' ' + std::string(60, 'c')),
              "OK");
  }
  auto const errors = [&] { return server.metric("nsqlookupd_store_errors_total"); };
  EXPECT_TRUE(eventually([&] { return errors() >= 2; }));
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  EXPECT_EQ(busy.command("REGISTER last"), "OK");
  EXPECT_THAT(server.producers_of("last"), ElementsAre("10.0.0.2"));

  limit_files_of(server.running(), RLIM_INFINITY);
  auto const lines =
      server.running().lines_through("STORE: " + server.file() + " is written again");
  auto const count = std::ranges::count_if(
      lines, [](std::string const& line) { return line.starts_with("ERROR: "); });
  EXPECT_EQ(count, 1);
  EXPECT_THAT(lines, Contains(testing::StartsWith("ERROR: STORE: cannot write " + server.file())));
  server.settle();
  server.restart();
  EXPECT_THAT(server.producers_of("t"), ElementsAre("10.0.0.1"));
  EXPECT_THAT(server.producers_of("u1999"), ElementsAre("10.0.0.2"));
  EXPECT_THAT(server.producers_of("last"), ElementsAre("10.0.0.2"));
  EXPECT_EQ(server.metric("nsqlookupd_store_errors_total"), 0);
}

TEST(full_disk, whose_signal_comes_from_elsewhere_does_not_end_the_server) {
  stored_server server;
  server.running().process().send(SIGXFSZ);
  EXPECT_TRUE(server.running().answers());
  EXPECT_EQ(server.stop(), 0);
}

TEST(full_disk, is_no_reason_to_end_late) {
  stored_server server{{"-store-interval=1h"}};
  limit_files_of(server.running(), 1000);
  auto const before = server.producer("10.0.0.1", {"t"});
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace nsqlookupd::e2e
