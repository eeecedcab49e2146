// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/client_memory.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace nsqlookupd::net {
namespace {

using use = client_memory::use;

TEST(client_memory, has_one_limit_for_input_and_output) {
  client_memory memory{100, 0};
  std::size_t input = 0;
  std::size_t output = 0;
  std::size_t other = 0;
  EXPECT_TRUE(memory.resize(use::input, input, 60, false));
  EXPECT_TRUE(memory.resize(use::output, output, 40, false));
  EXPECT_FALSE(memory.resize(use::input, input, 61, false));
  EXPECT_FALSE(memory.resize(use::output, other, 1, false));
  EXPECT_EQ(input, 60);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(memory.used(use::input), 60);
  EXPECT_EQ(memory.used(use::output), 40);
  EXPECT_TRUE(memory.resize(use::input, input, 59, false));
  EXPECT_TRUE(memory.resize(use::output, other, 1, false));
}

TEST(client_memory, never_refuses_a_producer_its_share) {
  client_memory memory{100, 10};
  std::size_t all = 0;
  std::size_t share = 0;
  std::size_t more = 0;
  EXPECT_TRUE(memory.resize(use::input, all, 100, false));
  EXPECT_TRUE(memory.resize(use::input, share, 10, true));
  EXPECT_FALSE(memory.resize(use::input, more, 11, true));
  EXPECT_EQ(memory.used(use::input), 110);
}

TEST(client_memory, counts_a_text_once_for_all_its_readers) {
  client_memory memory{1000, 0};
  std::string const text(600, 'x');
  std::string const other(600, 'x');
  EXPECT_TRUE(memory.add_reader(text));
  EXPECT_TRUE(memory.add_reader(text));
  EXPECT_EQ(memory.used(use::output), text.capacity());
  EXPECT_FALSE(memory.add_reader(other));
  memory.remove_reader(text);
  EXPECT_EQ(memory.used(use::output), text.capacity());
  memory.remove_reader(text);
  EXPECT_EQ(memory.used(use::output), 0);
  EXPECT_TRUE(memory.add_reader(other));
}

}  // namespace
}  // namespace nsqlookupd::net
