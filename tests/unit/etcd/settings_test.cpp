// SPDX-License-Identifier: MIT
#include "error_of.hpp"
#include "transport.hpp"
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace nsqlookupd::etcd {
namespace {

etcd::settings settings_of(std::string const& url) {
  etcd::settings settings;
  settings.endpoints.emplace_back(url);
  return settings;
}

std::string endpoint_for(std::string const& url) {
  boost::asio::io_context io;
  return transport{io, settings_of(url)}.endpoint_name();
}

std::string error_for(settings const& settings) {
  return test_support::error_of([&] {
    boost::asio::io_context io;
    return std::make_unique<client>(io, settings);
  });
}

TEST(etcd_settings, have_endpoints_with_a_port_or_2379) {
  EXPECT_EQ(endpoint_for("http://etcd.example:1234"), "http://etcd.example:1234");
  EXPECT_EQ(endpoint_for("http://etcd.example/"), "http://etcd.example:2379");
  EXPECT_EQ(endpoint_for("https://[::1]"), "https://[::1]:2379");
  EXPECT_EQ(endpoint_for("https://127.0.0.1:"), "https://127.0.0.1:2379");
}

TEST(etcd_settings, refuse_endpoints_that_are_no_etcd) {
  for (std::string const url :
       {"ftp://etcd.example", "etcd.example:2379", "http://", "http://etcd.example/v3",
        "http://etcd.example?a=b", "http://etcd.example#a", "http://joe@etcd.example", "/", ""}) {
    EXPECT_EQ(error_for(settings_of(url)),
              "cluster-etcd-endpoints: " + url +
                  " is not of the form http://host:port or https://host:port");
  }
  EXPECT_EQ(error_for({}), "cluster-etcd-endpoints names no endpoint");
}

TEST(etcd_settings, name_the_file_that_does_not_load) {
  auto settings = settings_of("https://etcd.example");
  settings.ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(error_for(settings),
            "failed to load cluster-etcd-ca-file /nowhere/ca.pem - No such file or directory");
  settings.ca_file.clear();
  settings.cert_file = "/nowhere/cert.pem";
  EXPECT_EQ(error_for(settings), "cluster-etcd-cert and cluster-etcd-key need each other");
  settings.key_file = "/nowhere/key.pem";
  EXPECT_EQ(error_for(settings),
            "failed to load cluster-etcd-cert /nowhere/cert.pem - No such file or directory");
}

}  // namespace
}  // namespace nsqlookupd::etcd
