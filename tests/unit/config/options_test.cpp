// SPDX-License-Identifier: MIT
#include <nsqlookupd/config/options.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace nsqlookupd::config {
namespace {

using namespace std::chrono_literals;

TEST(options, have_the_defaults_of_the_contract) {
  options const defaults;
  EXPECT_EQ(defaults.tcp_address, "0.0.0.0:4160");
  EXPECT_EQ(defaults.http_address, "0.0.0.0:4161");
  EXPECT_EQ(defaults.broadcast_address, host_name());
  EXPECT_EQ(defaults.inactive_producer_timeout, 300s);
  EXPECT_EQ(defaults.tombstone_lifetime, 45s);
  EXPECT_EQ(defaults.empty_topic_ttl, 0s);
  EXPECT_EQ(defaults.event_history, 10'000U);
  EXPECT_TRUE(defaults.cluster_etcd_endpoints.empty());
  EXPECT_EQ(defaults.cluster_name, "nsqlookupd");
  EXPECT_EQ(defaults.cluster_node_id, "");
  EXPECT_EQ(defaults.cluster_lease_ttl, 60s);
  EXPECT_EQ(defaults.cluster_sync_timeout, 10s);
  EXPECT_EQ(defaults.log_level, log::level::info);
  EXPECT_EQ(defaults.log_prefix, "[nsqlookupd] ");
  EXPECT_EQ(defaults.log_format, log::line_format::text);
  EXPECT_EQ(defaults.access_log, net::access_log::on);
  EXPECT_EQ(defaults.drain_timeout, 0s);
  EXPECT_EQ(defaults.client_error_policy, protocol::client_error_policy::continue_session);
  EXPECT_EQ(defaults.threads, 1U);
  EXPECT_EQ(defaults.max_line_size, 4096U);
  EXPECT_EQ(defaults.max_body_size, 1'048'576U);
  EXPECT_EQ(defaults.max_input_memory, 268'435'456U);
  EXPECT_EQ(defaults.handshake_timeout, 10s);
  EXPECT_EQ(defaults.write_timeout, 30s);
  EXPECT_EQ(defaults.producer_idle_timeout, 0s);
  EXPECT_EQ(defaults.http_header_timeout, 10s);
  EXPECT_EQ(defaults.http_body_timeout, 30s);
  EXPECT_EQ(defaults.http_idle_timeout, 120s);
  EXPECT_EQ(defaults.max_connections, 0U);
  EXPECT_EQ(defaults.max_registrations_per_producer, 100'000U);
  EXPECT_EQ(defaults.max_topics, 0U);
  EXPECT_EQ(defaults.max_channels_per_topic, 0U);
  EXPECT_EQ(defaults.max_watchers, 20'000U);
}

TEST(options, the_host_name_is_the_system_s) {
  std::array<char, 256> name{};
  ASSERT_EQ(::gethostname(name.data(), name.size() - 1), 0);
  EXPECT_EQ(host_name(), name.data());
}

}  // namespace
}  // namespace nsqlookupd::config
