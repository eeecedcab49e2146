// SPDX-License-Identifier: MIT
//
// The log on real descriptors: files, pipes nobody reads, closed ones, a full disk.
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "pipe.hpp"
#include "text_lines.hpp"
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace nsqlookupd::log {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto patience = 10s;

void start_on(int descriptor) {
  start({.prefix = "", .sink = descriptor_sink(descriptor)});
}

/// By default far more lines than a small pipe and the queue hold.
std::size_t write_many(std::size_t count = most_waiting_bytes / 10) {
  for (std::size_t number = 0; number < count; ++number) line(level::info, "line ", number);
  return count;
}

std::size_t whole_lines(std::string const& text) {
  std::size_t count = 0;
  for (auto const& line : text_lines(text)) {
    EXPECT_TRUE(without_stamp(line).starts_with("INFO: line ")) << line;
    ++count;
  }
  EXPECT_TRUE(text.empty() || text.back() == '\n');
  return count;
}

std::size_t count_containing(std::vector<std::string> const& lines, std::string_view part) {
  return static_cast<std::size_t>(std::ranges::count_if(
      lines, [part](std::string const& line) { return line.find(part) != line.npos; }));
}

/// Sums up the numbers of the notices: the queue may fill up more than once.
std::size_t dropped_by_notices(std::vector<std::string> const& lines) {
  std::size_t sum = 0;
  constexpr std::string_view before = "WARNING: ";
  for (auto const& line : lines) {
    auto const text = without_stamp(line);
    if (text.ends_with(" dropped: the log could not be written fast enough")) {
      sum += std::stoul(text.substr(before.size()));
    }
  }
  return sum;
}

TEST(log_descriptor, the_default_is_standard_error_with_the_programs_name) {
  small_pipe pipe;
  int const saved = ::dup(STDERR_FILENO);
  ::dup2(pipe.write_end(), STDERR_FILENO);
  start({});
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  write(level::debug, "below the default threshold");
  write(level::info, "hello");
  stop();
  pipe.close_write_end();
  auto const text = pipe.read_all();
  EXPECT_TRUE(text.starts_with("[nsqlookupd] 2")) << text;
  EXPECT_TRUE(text.ends_with(" INFO: hello\n")) << text;
  EXPECT_EQ(text_lines(text).size(), 1U);
}

TEST(log_descriptor, a_file_gets_every_line) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(std::tmpfile(), &std::fclose);
  ASSERT_NE(file, nullptr);
  start({.prefix = "", .sink = descriptor_sink(::fileno(file.get()))});
  auto const made = write_many(5000);
  stop();
  std::string text(static_cast<std::size_t>(::lseek(::fileno(file.get()), 0, SEEK_END)), '\0');
  ASSERT_EQ(::pread(::fileno(file.get()), text.data(), text.size(), 0),
            static_cast<ssize_t>(text.size()));
  EXPECT_EQ(whole_lines(text), made);
}

TEST(log_descriptor, a_full_pipe_blocks_nobody_and_goes_on_when_it_is_read) {
  auto const before = dropped_lines();
  small_pipe pipe;
  start_on(pipe.write_end());
  auto const made = write_many();
  auto const dropped = dropped_lines() - before;
  EXPECT_GT(dropped, 0U);

  std::string text;
  {
    std::jthread const reader([&] { text = pipe.read_all(); });
    EXPECT_TRUE(flush(patience));
    write(level::info, "line again");
    EXPECT_TRUE(flush(patience));
    stop();
    pipe.close_write_end();
  }
  auto const lines = text_lines(text);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(without_stamp(lines.back()), "INFO: line again");
  EXPECT_EQ(count_containing(lines, "INFO: line "), made - dropped + 1);
  EXPECT_EQ(dropped_by_notices(lines), dropped);
}

TEST(log_descriptor, stop_does_not_wait_for_a_full_pipe_and_leaves_no_torn_line) {
  auto const before = dropped_lines();
  small_pipe pipe;
  start_on(pipe.write_end());
  auto const made = write_many();
  auto const begun = clock::now();
  stop();
  EXPECT_LT(clock::now() - begun, 2s);
  pipe.close_write_end();
  EXPECT_EQ(whole_lines(pipe.read_all()), made - (dropped_lines() - before));
}

TEST(log_descriptor, a_pipe_without_a_reader_costs_lines_and_not_the_program) {
  auto const before = dropped_lines();
  small_pipe pipe;
  pipe.close_read_end();
  start_on(pipe.write_end());
  write(level::info, "line");
  EXPECT_TRUE(flush(patience));
  EXPECT_EQ(dropped_lines() - before, 1U);
  stop();
}

TEST(log_descriptor, a_closed_descriptor_drops_every_line) {
  auto const before = dropped_lines();
  int const closed = ::dup(STDERR_FILENO);
  ::close(closed);
  start_on(closed);
  write(level::info, "line");
  EXPECT_TRUE(flush(patience));
  EXPECT_EQ(dropped_lines() - before, 1U);
  stop();
}

TEST(log_descriptor, a_number_that_is_used_again_gets_no_lines) {
  small_pipe log_pipe;
  small_pipe other;
  int const number = ::dup(log_pipe.write_end());
  start_on(number);
  ::dup2(other.write_end(), number);
  line(level::info, "line ", 0);
  stop();
  ::close(number);
  log_pipe.close_write_end();
  other.close_write_end();
  EXPECT_EQ(whole_lines(log_pipe.read_all()), 1U);
  EXPECT_EQ(other.read_all(), "");
}

TEST(log_descriptor, a_full_disk_drops_every_line) {
  auto const before = dropped_lines();
  int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  start_on(full);
  auto const made = write_many();
  stop();
  ::close(full);
  EXPECT_EQ(dropped_lines() - before, made);
}

TEST(log_descriptor, its_flags_stay_as_they_were) {
  small_pipe const pipe;
  auto const flags = ::fcntl(pipe.write_end(), F_GETFL);
  start_on(pipe.write_end());
  write(level::info, "line");
  EXPECT_TRUE(flush(patience));
  EXPECT_EQ(::fcntl(pipe.write_end(), F_GETFL), flags);
  stop();
}
}  // namespace
}  // namespace nsqlookupd::log
