// SPDX-License-Identifier: MIT
#pragma once

#include "http_client.hpp"
#include "lookup_client.hpp"
#include "running_server.hpp"
#include <gtest/gtest.h>

#include <cstddef>

namespace nsqlookupd::test_support {

/// For tests that must hold on one thread and on many: a server with GetParam() threads.
class any_thread_count : public testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] static config::options settings() {
    auto result = loopback_options();
    result.threads = GetParam();
    return result;
  }

  [[nodiscard]] lookup_client new_lookup_client() const { return lookup_client{server.tcp_port()}; }
  [[nodiscard]] http_client new_http_client() const { return http_client{server.http_port()}; }

  running_server server{settings()};
};

/// For INSTANTIATE_TEST_SUITE_P.
[[nodiscard]] inline auto one_and_four_threads() {
  return testing::Values(std::size_t{1}, std::size_t{4});
}

}  // namespace nsqlookupd::test_support
