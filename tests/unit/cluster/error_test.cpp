// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/etcd_error.hpp>

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <string>

namespace nsqlookupd::cluster {
namespace {

using boost::system::error_code;

TEST(etcd_error, has_a_name_and_a_text) {
  EXPECT_EQ(code_name({}), "ok");
  EXPECT_EQ(code_name(etcd_errc::unreachable), "unreachable");
  EXPECT_EQ(code_name(etcd_errc::rejected), "rejected");
  EXPECT_EQ(code_name(error_code{boost::asio::error::operation_aborted}), "cancelled");
  EXPECT_EQ(error_code{etcd_errc::too_old}.message(), "etcd is older than 3.4");
  EXPECT_EQ(std::string{etcd_category().name()}, "etcd");
}

TEST(etcd_error, is_one_of_the_endpoint_or_of_the_request) {
  for (auto const error : {etcd_errc::unreachable, etcd_errc::timed_out, etcd_errc::tls_failed,
                           etcd_errc::unavailable, etcd_errc::bad_answer}) {
    EXPECT_TRUE(is_fault_of_endpoint(error)) << code_name(error);
  }
  for (auto const error : {etcd_errc::refused, etcd_errc::compacted, etcd_errc::future_revision,
                           etcd_errc::lease_not_found, etcd_errc::exhausted, etcd_errc::too_old,
                           etcd_errc::rejected}) {
    EXPECT_FALSE(is_fault_of_endpoint(error)) << code_name(error);
  }
  EXPECT_FALSE(is_fault_of_endpoint({}));
  EXPECT_FALSE(is_fault_of_endpoint(error_code{boost::asio::error::operation_aborted}));
}

}  // namespace
}  // namespace nsqlookupd::cluster
