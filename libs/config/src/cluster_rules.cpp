// SPDX-License-Identifier: MIT
#include "cluster_rules.hpp"

#include <nsqlookupd/text/utf8.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace nsqlookupd::config {
namespace {

using boost::urls::scheme;

constexpr std::size_t longest_cluster_name = 64;
constexpr std::size_t longest_node_id = 253;
constexpr std::string_view of_names =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz.-";
constexpr std::string_view of_node_ids =
    ":0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz.-";

bool is_endpoint(boost::urls::url_view const& url) {
  bool const has_scheme = url.scheme_id() == scheme::http || url.scheme_id() == scheme::https;
  bool const has_path = !url.encoded_path().empty() && url.encoded_path() != "/";
  bool const has_more = has_path || url.has_query() || url.has_fragment() || url.has_userinfo();
  // A port that is no number of 16 bits reads as 0.
  bool const has_bad_port = url.has_port() && !url.port().empty() && url.port_number() == 0;
  return has_scheme && !url.host().empty() && !has_more && !has_bad_port;
}

struct named_value {
  std::string_view name;
  std::string const& value;
};

std::array<named_value, 5> etcd_settings_of(options const& from) {
  return {{{"cluster-etcd-ca-file", from.cluster_etcd_ca_file},
           {"cluster-etcd-cert", from.cluster_etcd_cert},
           {"cluster-etcd-key", from.cluster_etcd_key},
           {"cluster-etcd-user", from.cluster_etcd_user},
           {"cluster-etcd-password-file", from.cluster_etcd_password_file}}};
}

bool is_https(std::string_view endpoint) {
  auto const url = boost::urls::parse_uri(endpoint);
  return url && url->scheme_id() == scheme::https;
}

void note_lonely(named_value one, named_value other, std::vector<std::string>& faults) {
  if (one.value.empty() != other.value.empty()) {
    faults.push_back(std::string{one.name}.append(" and ").append(other.name) + " need each other");
  }
}

}  // namespace

std::string refuse_endpoint(std::string_view text) {
  auto const url = boost::urls::parse_uri(text);
  if (url && is_endpoint(*url)) return {};
  return text::quote(text) + " is not of the form http://host:port or https://host:port";
}

std::string refuse_cluster_name(std::string_view text) {
  bool const is_good = !text.empty() && text.size() <= longest_cluster_name &&
                       text.find_first_not_of(of_names) == text.npos;
  return is_good ? "" : "must be 1 to 64 letters, digits, dots, dashes and underscores";
}

std::string refuse_node_id(std::string_view text) {
  bool const is_good =
      text.size() <= longest_node_id && text.find_first_not_of(of_node_ids) == text.npos;
  return is_good ? "" : "must be 1 to 253 letters, digits, dots, dashes, underscores and colons";
}

void note_cluster_faults(options const& settings, std::vector<std::string>& faults) {
  auto const& [ca_file, certificate, key, user, password_file] = etcd_settings_of(settings);
  note_lonely(certificate, key, faults);
  note_lonely(user, password_file, faults);
  auto const& endpoints = settings.cluster_etcd_endpoints;
  if (endpoints.empty() || std::ranges::any_of(endpoints, is_https)) return;
  for (auto const& each : {ca_file, certificate, key}) {
    if (!each.value.empty()) {
      faults.push_back(std::string{each.name} +
                       " needs an https endpoint in cluster-etcd-endpoints");
      return;
    }
  }
}

void note_idle_cluster_settings(options const& settings, std::vector<std::string>& warnings) {
  if (!settings.cluster_etcd_endpoints.empty()) return;
  for (auto const& each : etcd_settings_of(settings)) {
    if (!each.value.empty()) {
      warnings.push_back(std::string{each.name} +
                         " has no effect, since there are no cluster-etcd-endpoints");
      return;
    }
  }
}

}  // namespace nsqlookupd::config
