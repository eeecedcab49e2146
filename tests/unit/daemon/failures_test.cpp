// SPDX-License-Identifier: MIT
#include "failures.hpp"

#include "captured_log.hpp"
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>

namespace nsqlookupd {
namespace {

constexpr int exit_code_of_handler = 7;

void install_handler() {
  std::set_new_handler([] { ::_exit(exit_code_of_handler); });
}

TEST(failures, of_a_coroutine_are_logged) {
  test_support::captured_log const log;
  auto const end = logging_failures("TCP session");
  end(nullptr);
  end(std::make_exception_ptr(std::runtime_error{"no luck"}));
  EXPECT_TRUE(log.wait_for("ERROR: TCP session ended by an exception - no luck"));
  EXPECT_EQ(log.lines().size(), 1U);
}

TEST(failures, to_get_memory_end_the_process_by_the_new_handler) {
  testing::ExitedWithCode const by_the_handler{exit_code_of_handler};
  EXPECT_EXIT(
      {
        install_handler();
        logging_failures("TCP session")(std::make_exception_ptr(std::bad_alloc{}));
      },
      by_the_handler, "");
  EXPECT_EXIT(
      {
        install_handler();
        boost::asio::io_context io;
        boost::asio::post(io, [] { throw std::bad_alloc{}; });
        run_to_end(io);
      },
      by_the_handler, "");
}

}  // namespace
}  // namespace nsqlookupd
