// SPDX-License-Identifier: MIT
#include "lasting_loops.hpp"

#include <nsqlookupd/log/log.hpp>

#include "captured_log.hpp"
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> fail_once(int& begun) {
  if (++begun == 1) {
    throw std::runtime_error{"no luck"};
  }
  co_return;
}

TEST(lasting_loops, are_begun_anew_after_an_exception) {
  test_support::captured_log log;
  asio::io_context io;
  lasting_loops loops{io.get_executor()};
  int begun = 0;
  loops.run("sweeping", [&] { return fail_once(begun); });
  EXPECT_TRUE(loops.are_running());
  while (begun == 0 || loops.are_running()) {
    ASSERT_EQ(io.run_one(), 1) << "it never failed";
  }
  EXPECT_EQ(begun, 1);
  io.run();
  EXPECT_EQ(begun, 2);
  EXPECT_TRUE(loops.are_running());
  EXPECT_TRUE(log.wait_for("sweeping failed, and is begun anew - no luck"));
}

TEST(lasting_loops, end_when_their_work_is_done) {
  asio::io_context io;
  lasting_loops loops{io.get_executor()};
  int begun = 1;
  loops.run("sweeping", [&] { return fail_once(begun); });
  io.run();
  EXPECT_EQ(begun, 2);
  EXPECT_TRUE(loops.are_running());
}

}  // namespace
}  // namespace nsqlookupd
