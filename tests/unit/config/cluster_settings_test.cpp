// SPDX-License-Identifier: MIT
//
// The settings of a cluster, alone and together.
#include "start.hpp"
#include "temporary_file.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nsqlookupd::config::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

arguments const all_flags{"-cluster-etcd-endpoints=https://a:2379,http://b",
                          "-cluster-name=nsq.test_1-a",
                          "-cluster-node-id=a:4160",
                          "-cluster-lease-ttl=1m30s",
                          "-cluster-sync-timeout=0",
                          "-cluster-etcd-ca-file=ca.pem",
                          "-cluster-etcd-cert=cert.pem",
                          "-cluster-etcd-key=key.pem",
                          "-cluster-etcd-user=nsq",
                          "-cluster-etcd-password-file=password"};

TEST(cluster_settings, each_flag_sets_its_own_option) {
  options expected;
  expected.cluster_etcd_endpoints = {"https://a:2379", "http://b"};
  expected.cluster_name = "nsq.test_1-a";
  expected.cluster_node_id = "a:4160";
  expected.cluster_lease_ttl = 90s;
  expected.cluster_sync_timeout = 0s;
  expected.cluster_etcd_ca_file = "ca.pem";
  expected.cluster_etcd_cert = "cert.pem";
  expected.cluster_etcd_key = "key.pem";
  expected.cluster_etcd_user = "nsq";
  expected.cluster_etcd_password_file = "password";
  auto const given = start(all_flags);
  EXPECT_EQ(settings_of(given), expected);
  EXPECT_THAT(warnings_of(given), IsEmpty());
}

TEST(cluster_settings, are_the_same_in_the_environment_and_in_the_file) {
  variables environment;
  std::string file;
  for (auto const& flag : all_flags) {
    auto const equals = flag.find('=');
    auto key = flag.substr(1, equals - 1);
    std::ranges::replace(key, '-', '_');
    file += key + " = \"" + flag.substr(equals + 1) + "\"\n";
    std::ranges::transform(key, key.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    environment["NSQLOOKUPD_" + key] = flag.substr(equals + 1);
  }
  auto const expected = settings_of(start(all_flags));
  EXPECT_EQ(settings_of(start({}, environment)), expected);
  EXPECT_EQ(settings_of(start_with_file(file)), expected);
}

std::vector<std::string> endpoints_in_file(std::string const& value) {
  return settings_of(start_with_file("cluster_etcd_endpoints = " + value)).cluster_etcd_endpoints;
}

TEST(cluster_settings, the_file_has_endpoints_as_a_list_or_a_string) {
  EXPECT_THAT(endpoints_in_file("['http://a', \"http://b\"]"), ElementsAre("http://a", "http://b"));
  EXPECT_THAT(endpoints_in_file("'http://a,http://b'"), ElementsAre("http://a", "http://b"));
  EXPECT_THAT(endpoints_in_file("[]"), IsEmpty());
  EXPECT_THAT(endpoints_in_file("''"), IsEmpty());
}

TEST(cluster_settings, a_list_of_the_file_is_checked) {
  for (auto const* const value : {"5", "[5]", "['http://a', 5]", "[['http://a']]"}) {
    EXPECT_THAT(fatal_message_of(start_with_file(std::string{"cluster_etcd_endpoints = "} + value)),
                HasSubstr(", line 1 - must be a list of strings in quotes"));
  }
  EXPECT_THAT(fatal_message_of(start_with_file("cluster_etcd_endpoints = ['http://a', 'b:2379']")),
              HasSubstr("cluster_etcd_endpoints [...] in config file"));
  EXPECT_THAT(fatal_message_of(start_with_file("cluster_etcd_endpoints = ['http://a', 'b:2379']")),
              HasSubstr("\"b:2379\" is not of the form http://host:port or https://host:port"));
}

TEST(cluster_settings, an_endpoint_is_a_url_of_etcd) {
  for (std::string const endpoint :
       {"http://etcd", "http://etcd:2379", "https://etcd-0.etcd.nsq.svc:2379", "http://127.0.0.1:1",
        "https://[::1]:65535", "HTTP://etcd", "http://etcd:", "http://etcd:2379/"}) {
    EXPECT_THAT(settings_of(start({"-cluster-etcd-endpoints", endpoint})).cluster_etcd_endpoints,
                ElementsAre(endpoint));
  }
}

TEST(cluster_settings, another_url_is_refused_by_name) {
  for (std::string const endpoint : {"etcd",
                                     "etcd:2379",
                                     "127.0.0.1:2379",
                                     "ftp://etcd",
                                     "unix:///run/etcd",
                                     "http:etcd",
                                     "http://",
                                     "http://:2379",
                                     "http://etcd:port",
                                     "http://etcd:0",
                                     "http://etcd:65536",
                                     "http://etcd:99999999999",
                                     "http://etcd/v3",
                                     "http://etcd?x=1",
                                     "http://etcd#x",
                                     "http://nsq:secret@etcd",
                                     "http://nsq@etcd",
                                     " http://etcd",
                                     "http://etcd ",
                                     "http://a b"}) {
    auto const reason =
        '"' + endpoint + "\" is not of the form http://host:port or https://host:port";
    EXPECT_EQ(
        misuse_of(start({"-cluster-etcd-endpoints=http://a," + endpoint})),
        "invalid value \"http://a," + endpoint + "\" for flag -cluster-etcd-endpoints: " + reason);
    EXPECT_EQ(fatal_message_of(start({}, {{"NSQLOOKUPD_CLUSTER_ETCD_ENDPOINTS", endpoint}})),
              "failed parsing environment variable NSQLOOKUPD_CLUSTER_ETCD_ENDPOINTS=" + endpoint +
                  " - " + reason);
  }
}

TEST(cluster_settings, a_comma_too_many_is_refused) {
  for (auto const* const endpoints : {",", "http://a,", ",http://a", "http://a,,http://b"}) {
    EXPECT_THAT(misuse_of(start({"-cluster-etcd-endpoints", endpoints})),
                HasSubstr(": \"\" is not of the form"));
  }
}

TEST(cluster_settings, names_fit_into_keys) {
  EXPECT_EQ(settings_of(start({"-cluster-name", std::string(64, 'a')})).cluster_name.size(), 64U);
  EXPECT_EQ(settings_of(start({"-cluster-node-id", std::string(253, 'a')})).cluster_node_id.size(),
            253U);
  EXPECT_EQ(settings_of(start({"-cluster-node-id="})).cluster_node_id, "");
  for (std::string const& name : {std::string{}, std::string{"a/b"}, std::string{"a:b"},
                                  std::string{"a b"}, std::string(65, 'a')}) {
    EXPECT_THAT(misuse_of(start({"-cluster-name", name})),
                HasSubstr(" for flag -cluster-name: must be 1 to 64 letters, digits, dots, dashes "
                          "and underscores"));
  }
  for (std::string const& name :
       {std::string{"a/b"}, std::string{"a b"}, std::string{"\xc3\xa4"}, std::string(254, 'a')}) {
    EXPECT_THAT(misuse_of(start({"-cluster-node-id", name})),
                HasSubstr(" for flag -cluster-node-id: must be 1 to 253 letters, digits, dots, "
                          "dashes, underscores and colons"));
  }
}

TEST(cluster_settings, a_lease_has_whole_seconds) {
  EXPECT_EQ(settings_of(start({"-cluster-lease-ttl=5s"})).cluster_lease_ttl, 5s);
  EXPECT_EQ(settings_of(start({"-cluster-lease-ttl=1h"})).cluster_lease_ttl, 1h);
  for (std::string const time : {"4s", "0", "-60s", "1h1s", "5500ms"}) {
    EXPECT_EQ(misuse_of(start({"-cluster-lease-ttl=" + time})),
              "invalid value \"" + time +
                  "\" for flag -cluster-lease-ttl: must be whole seconds from 5s to 1h0m0s");
  }
  EXPECT_EQ(misuse_of(start({"-cluster-sync-timeout=-1s"})),
            "invalid value \"-1s\" for flag -cluster-sync-timeout: must not be negative");
}

std::vector<std::string> faults_of(arguments flags) {
  flags.insert(flags.begin(), "check");
  return std::get<check_settings>(start(flags)).faults;
}

TEST(cluster_settings, that_need_each_other_come_together) {
  auto const pair = "cluster-etcd-cert and cluster-etcd-key need each other";
  auto const etcd = "-cluster-etcd-endpoints=https://a";
  EXPECT_THAT(faults_of({etcd, "-cluster-etcd-cert=c"}), ElementsAre(pair));
  EXPECT_THAT(faults_of({etcd, "-cluster-etcd-key=k"}), ElementsAre(pair));
  auto const user = "cluster-etcd-user and cluster-etcd-password-file need each other";
  EXPECT_THAT(faults_of({etcd, "-cluster-etcd-user=u"}), ElementsAre(user));
  EXPECT_THAT(faults_of({etcd, "-cluster-etcd-password-file=p"}), ElementsAre(user));
  EXPECT_EQ(fatal_message_of(start({etcd, "-cluster-etcd-user=u"})), user);
}

TEST(cluster_settings, files_of_tls_need_https) {
  auto const plain = "-cluster-etcd-endpoints=http://a";
  EXPECT_THAT(
      faults_of({plain, "-cluster-etcd-ca-file=a"}),
      ElementsAre("cluster-etcd-ca-file needs an https endpoint in cluster-etcd-endpoints"));
  EXPECT_THAT(faults_of({plain, "-cluster-etcd-cert=c", "-cluster-etcd-key=k"}),
              ElementsAre("cluster-etcd-cert needs an https endpoint in cluster-etcd-endpoints"));
  EXPECT_THAT(faults_of({"-cluster-etcd-endpoints=http://a,HTTPS://b", "-cluster-etcd-ca-file=a"}),
              IsEmpty());
}

TEST(cluster_settings, without_endpoints_have_a_warning) {
  EXPECT_THAT(warnings_of(start({"-cluster-etcd-user=u", "-cluster-etcd-password-file=p"})),
              ElementsAre("cluster-etcd-user has no effect, since there are no "
                          "cluster-etcd-endpoints"));
  EXPECT_THAT(warnings_of(start({"-cluster-name=a", "-cluster-node-id=b"})), IsEmpty());
}

TEST(cluster_settings, check_shows_a_list_as_a_flag_has_it) {
  auto const found =
      std::get<check_settings>(start({"check", "-cluster-etcd-endpoints=http://a,http://b"}));
  auto const used = std::ranges::find(found.used, "cluster-etcd-endpoints", &used_setting::name);
  ASSERT_NE(used, found.used.end());
  EXPECT_EQ(used->value, R"("http://a,http://b")");
  EXPECT_EQ(used->source, "flag");
}

}  // namespace
}  // namespace nsqlookupd::config::test
