// SPDX-License-Identifier: MIT
//
// This program's malloc() is the one that samples.
#include <nsqlookupd/profiling/heap_samples.hpp>
#include <nsqlookupd/profiling/symbol_table.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace nsqlookupd::profiling {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

using block = std::unique_ptr<std::byte[]>;

// So much that not to meet it is as good as impossible.
[[gnu::noinline]] std::vector<block> allocate_much() {
  std::vector<block> blocks;
  for (int count = 0; count < 4096; ++count) {
    blocks.push_back(std::make_unique<std::byte[]>(16384));
  }
  return blocks;
}

// What is allocated, as pprof would count it up, by a function of this name.
std::size_t sampled_bytes(std::string_view function) {
  symbol_table const names;
  std::size_t sum = 0;
  for (auto const& usage : heap_usage_by_stack()) {
    bool const is_it = std::ranges::any_of(usage.stack, [&](std::uintptr_t address) {
      return names.name_of(address).find(function) != std::string::npos;
    });
    sum += is_it ? usage.live_bytes : 0;
  }
  return sum;
}

bool is_filled(void const* memory, std::size_t size, int value) {
  auto const* const bytes = static_cast<unsigned char const*>(memory);
  return std::all_of(bytes, bytes + size, [&](unsigned char byte) { return byte == value; });
}

TEST(sampled_malloc, knows_who_holds_memory_until_it_is_given_back) {
  EXPECT_EQ(sampled_bytes("allocate_much"), 0U);
  auto blocks = allocate_much();
  EXPECT_GT(sampled_bytes("allocate_much"), 0U);
  blocks.clear();
  EXPECT_EQ(sampled_bytes("allocate_much"), 0U);
}

TEST(sampled_malloc, samples_other_threads) {
  std::vector<block> blocks;
  std::jthread{[&] { blocks = allocate_much(); }}.join();
  EXPECT_GT(sampled_bytes("allocate_much"), 0U);
}

TEST(sampled_malloc, hands_out_memory_of_all_sizes) {
  std::vector<std::pair<unsigned char*, std::size_t>> all;
  for (std::size_t size = 1; size < mebibyte; size += size / 8 + 1) {
    auto* const memory = static_cast<unsigned char*>(std::malloc(size));
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0U);
    std::memset(memory, static_cast<int>(all.size() % 251), size);
    all.emplace_back(memory, size);
  }
  for (std::size_t index = 0; index < all.size(); ++index) {
    EXPECT_TRUE(is_filled(all[index].first, all[index].second, static_cast<int>(index % 251)));
    std::free(all[index].first);
  }
}

TEST(sampled_malloc, clears_what_calloc_hands_out) {
  for (int count = 0; count < 200; ++count) {
    auto* const dirty = std::malloc(100'000);
    std::memset(dirty, 7, 100'000);
    std::free(dirty);
    auto* const memory = std::calloc(1000, 100);
    ASSERT_NE(memory, nullptr);
    EXPECT_TRUE(is_filled(memory, 100'000, 0));
    std::free(memory);
  }
}

TEST(sampled_malloc, refuses_a_calloc_that_overflows) {
  volatile std::size_t const half = SIZE_MAX / 2;
  EXPECT_EQ(std::calloc(half, 4), nullptr);
}

TEST(sampled_malloc, keeps_what_is_in_memory_that_grows_and_shrinks) {
  for (int count = 0; count < 200; ++count) {
    auto* memory = std::realloc(nullptr, 50'000);
    std::memset(memory, 9, 50'000);
    memory = std::realloc(memory, 100'000);
    EXPECT_TRUE(is_filled(memory, 50'000, 9));
    memory = std::realloc(memory, 20'000);
    EXPECT_TRUE(is_filled(memory, 20'000, 9));
    std::free(memory);
  }
}

TEST(sampled_malloc, aligns_as_it_is_asked_to) {
  for (std::size_t alignment = 16; alignment <= 65536; alignment *= 2) {
    for (int count = 0; count < 30; ++count) {
      auto* const memory = std::aligned_alloc(alignment, 65536);
      ASSERT_NE(memory, nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignment, 0U);
      std::free(memory);
    }
  }
}

}  // namespace
}  // namespace nsqlookupd::profiling
