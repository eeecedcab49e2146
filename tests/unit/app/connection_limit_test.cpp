// SPDX-License-Identifier: MIT
#include "process_state.hpp"
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace nsqlookupd {
namespace {

TEST(connection_limit, is_what_is_wanted_where_there_are_descriptors) {
  EXPECT_EQ(connection_limit(3), 3U);
}

TEST(connection_limit, leaves_descriptors_to_the_process) {
  auto const possible = connection_limit(0);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max) << "it was raised";
  EXPECT_LT(possible, limit.rlim_cur);
  EXPECT_EQ(connection_limit(limit.rlim_cur), possible);
}

}  // namespace
}  // namespace nsqlookupd
