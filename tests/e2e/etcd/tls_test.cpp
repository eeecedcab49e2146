// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"
#include "scratch_directory.hpp"
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nsqlookupd::etcd::test {
namespace {

using test_support::certificate_authority;
using test_support::etcd_process;
using test_support::scratch_directory;

settings tls_settings_for(etcd_process const& etcd) {
  auto settings = settings_for(etcd.urls());
  settings.ca_file = etcd.ca_file();
  settings.cert_file = etcd.cert_file();
  settings.key_file = etcd.key_file();
  return settings;
}

// The error of a request, and the client's text about it.
boost::system::error_code error_of(etcd::settings settings, std::string& failure) {
  client_under_test under_test{std::move(settings)};
  auto const error = under_test.error_of(under_test.client.range("a", {}, 0));
  failure = under_test.client.last_failure();
  return error;
}

TEST(etcd_tls, takes_a_client_with_a_certificate) {
  etcd_process const etcd{{.tls = true, .client_certificates = true}};
  client_under_test under_test{tls_settings_for(etcd)};
  under_test.put("a", std::string(std::size_t{600} << 10U, 'x'));
  auto const watch = under_test.open_watch("b", 0);
  auto const waiting = under_test.start(watch->next());
  under_test.put("b", "1");
  EXPECT_TRUE(under_test.wait(waiting));
  EXPECT_EQ(under_test.get("b"), "1");
  watch->cancel();
  EXPECT_FALSE(under_test.wait(watch->next()));
}

TEST(etcd_tls, refuses_a_client_without_a_certificate) {
  etcd_process const etcd{{.tls = true, .client_certificates = true}};
  auto settings = tls_settings_for(etcd);
  settings.cert_file.clear();
  settings.key_file.clear();
  std::string failure;
  EXPECT_EQ(error_of(settings, failure), errc::tls_failed);
  EXPECT_NE(failure.find("certificate"), std::string::npos) << failure;
}

TEST(etcd_tls, refuses_a_server_that_nobody_vouches_for) {
  etcd_process const etcd{{.tls = true}};
  certificate_authority const other{"another authority"};
  scratch_directory const directory;
  auto settings = tls_settings_for(etcd);
  settings.ca_file = directory.write("other.pem", other.root());
  std::string failure;
  EXPECT_EQ(error_of(settings, failure), errc::tls_failed);
  EXPECT_EQ(failure, etcd.url() +
                         ": certificate verify failed (SSL routines) - "
                         "unable to get local issuer certificate");
  // Nor does the system.
  settings.ca_file.clear();
  EXPECT_EQ(error_of(settings, failure), errc::tls_failed);
}

TEST(etcd_tls, refuses_a_server_with_another_name) {
  etcd_process const etcd{{.tls = true, .host = "127.0.0.2"}};
  std::string failure;
  EXPECT_EQ(error_of(tls_settings_for(etcd), failure), errc::tls_failed);
  EXPECT_NE(failure.find("IP address mismatch"), std::string::npos) << failure;
}

#ifdef MACHINE_KNOWS_LOCALHOST
TEST(etcd_tls, takes_a_server_by_its_name) {
  etcd_process const etcd{{.tls = true}};
  auto settings = tls_settings_for(etcd);
  settings.endpoints = settings_for({"https://localhost:" + std::to_string(etcd.port())}).endpoints;
  std::string failure;
  EXPECT_FALSE(error_of(settings, failure)) << failure;
}
#endif

TEST(etcd_tls, is_missed_where_the_endpoint_does_not_say_so) {
  etcd_process const etcd{{.tls = true}};
  auto const url = "http://127.0.0.1:" + std::to_string(etcd.port());
  std::string failure;
  EXPECT_EQ(error_of(settings_for({url}), failure), errc::unreachable);
  EXPECT_EQ(failure, url + ": the connection ended");
}

}  // namespace
}  // namespace nsqlookupd::etcd::test
