// SPDX-License-Identifier: MIT
#include <nsqlookupd/etcd/error.hpp>

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::etcd {
namespace {

using boost::system::error_code;

TEST(etcd_error, has_a_name_and_a_text) {
  EXPECT_EQ(code_name({}), "ok");
  EXPECT_EQ(code_name(errc::unreachable), "unreachable");
  EXPECT_EQ(code_name(errc::rejected), "rejected");
  EXPECT_EQ(code_name(error_code{boost::asio::error::operation_aborted}), "cancelled");
  EXPECT_EQ(error_code{errc::too_old}.message(), "etcd is older than 3.4");
  EXPECT_EQ(std::string{category().name()}, "etcd");
}

TEST(etcd_error, is_one_of_the_endpoint_or_of_the_request) {
  for (auto const error : {errc::unreachable, errc::timed_out, errc::tls_failed, errc::unavailable,
                           errc::bad_answer}) {
    EXPECT_TRUE(is_fault_of_endpoint(error)) << code_name(error);
  }
  for (auto const error : {errc::refused, errc::compacted, errc::future_revision,
                           errc::lease_not_found, errc::exhausted, errc::too_old, errc::rejected}) {
    EXPECT_FALSE(is_fault_of_endpoint(error)) << code_name(error);
  }
  EXPECT_FALSE(is_fault_of_endpoint({}));
  EXPECT_FALSE(is_fault_of_endpoint(error_code{boost::asio::error::operation_aborted}));
}

}  // namespace
}  // namespace nsqlookupd::etcd
