// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/client_memory.hpp>

#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::net {
namespace {

using use = client_memory::use;

TEST(client_memory, has_one_limit_for_input_and_output) {
  client_memory memory{100, 0};
  EXPECT_TRUE(memory.resize(use::input, 0, 60, false));
  EXPECT_TRUE(memory.resize(use::output, 0, 40, false));
  EXPECT_FALSE(memory.resize(use::input, 60, 61, false));
  EXPECT_FALSE(memory.resize(use::output, 0, 1, false));
  EXPECT_EQ(memory.used(use::input), 60);
  EXPECT_EQ(memory.used(use::output), 40);
  EXPECT_TRUE(memory.resize(use::input, 60, 59, false));
  EXPECT_TRUE(memory.resize(use::output, 0, 1, false));
}

TEST(client_memory, never_refuses_a_producer_its_share) {
  client_memory memory{100, 10};
  EXPECT_TRUE(memory.resize(use::input, 0, 100, false));
  EXPECT_TRUE(memory.resize(use::input, 0, 10, true));
  EXPECT_FALSE(memory.resize(use::input, 0, 11, true));
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
