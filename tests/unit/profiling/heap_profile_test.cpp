// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/heap_profile.hpp>
#include <nsqlookupd/profiling/heap_samples.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace nsqlookupd::profiling {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream rest{text};
  for (std::string line; std::getline(rest, line);) lines.push_back(line);
  return lines;
}

heap_usage total() {
  heap_usage sum;
  for (auto const& one : heap_usage_by_stack()) {
    sum.live_count += one.live_count;
    sum.live_bytes += one.live_bytes;
    sum.all_count += one.all_count;
    sum.all_bytes += one.all_bytes;
  }
  return sum;
}

TEST(heap_samples, count_as_live_until_they_are_forgotten) {
  int memory = 0;
  auto const before = total();
  add_heap_sample(&memory, 1000);
  EXPECT_EQ(total().live_bytes, before.live_bytes + 1000);
  EXPECT_EQ(total().live_count, before.live_count + 1);
  forget_heap_sample(&memory);
  EXPECT_EQ(total().live_bytes, before.live_bytes);
  EXPECT_EQ(total().all_bytes, before.all_bytes + 1000);
  EXPECT_EQ(total().all_count, before.all_count + 1);
}

TEST(heap_samples, ignore_what_was_never_remembered) {
  int memory = 0;
  auto const before = total();
  forget_heap_sample(&memory);
  EXPECT_EQ(total().live_count, before.live_count);
}

// From as many calls further down as `depth` says.
[[gnu::noinline]] void sample_from(int depth, void* memory) {
  if (depth == 0) {
    add_heap_sample(memory, 1);
  } else {
    sample_from(depth - 1, memory);
  }
  asm volatile("" : : : "memory");
}

TEST(heap_samples, of_one_place_are_counted_together_and_of_others_apart) {
  std::array<int, 10> memory{};
  auto const before = heap_usage_by_stack().size();
  for (auto& one : memory) sample_from(3, &one);
  EXPECT_EQ(heap_usage_by_stack().size(), before + 1);
  for (auto& one : memory) forget_heap_sample(&one);
  sample_from(8, memory.data());
  EXPECT_EQ(heap_usage_by_stack().size(), before + 2);
  forget_heap_sample(memory.data());
}

TEST(heap_samples, come_once_in_half_a_mebibyte) {
  constexpr int count = 100'000;
  double sum = 0;
  for (int draw = 0; draw < count; ++draw) {
    sum += static_cast<double>(bytes_to_next_sample());
  }
  EXPECT_NEAR(sum / count / static_cast<double>(heap_sample_period), 1.0, 0.05);
}

TEST(heap_profile, begins_as_gperftools_does) {
  auto const text = heap_profile("");
  EXPECT_THAT(text.substr(0, text.find('\n')),
              MatchesRegex("heap profile: [0-9]+: [0-9]+ \\[[0-9]+: [0-9]+\\] @ heap_v2/524288"));
}

TEST(heap_profile, has_a_line_for_each_place) {
  int memory = 0;
  add_heap_sample(&memory, 123'456);
  EXPECT_THAT(lines_of(heap_profile("")),
              Contains(MatchesRegex("1: 123456 \\[[0-9]+: [0-9]+\\] @( 0x[0-9a-f]+)+")));
  forget_heap_sample(&memory);
  EXPECT_THAT(lines_of(heap_profile("")), Not(Contains(HasSubstr(": 123456 ["))));
}

TEST(heap_profile, has_remarks_before_what_is_mapped_where) {
  auto const text = heap_profile("# remark\n");
  EXPECT_THAT(text, HasSubstr("\n# remark\n\nMAPPED_LIBRARIES:\n"));
  EXPECT_THAT(text.substr(text.find("MAPPED")), HasSubstr("profiling_test\n"));
}

}  // namespace
}  // namespace nsqlookupd::profiling
