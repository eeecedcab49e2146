// SPDX-License-Identifier: MIT
#include "clustering.hpp"

#include <nsqlookupd/config/version.hpp>
#include <nsqlookupd/text/json.hpp>
#include <nsqlookupd/text/number.hpp>

#include <boost/url/parse.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nsqlookupd {
namespace {

using registry::time_point;

boost::urls::url endpoint_of(std::string const& text) {
  auto const parsed = boost::urls::parse_uri(text);
  if (!parsed) {
    throw std::runtime_error{"-cluster-etcd-endpoints: " + text + " is no URL"};
  }
  return boost::urls::url{*parsed};
}

// The address that a member shows: where it says that it can be reached.
std::string address_of(config::options const& settings, std::uint16_t port) {
  auto const& host =
      settings.broadcast_address.empty() ? config::host_name() : settings.broadcast_address;
  return host + ':' + std::to_string(port);
}

std::int64_t seconds_of(time_point moment) {
  return std::chrono::floor<std::chrono::seconds>(moment.time_since_epoch()).count();
}

std::string& append_key(std::string& out, std::string_view name) {
  text::json::append_comma(out);
  return out.append("\"").append(name).append("\":");
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
  text::json::append_string(append_key(out, name), value);
}

// Empty for never.
void append_time(std::string& out, std::string_view name, time_point moment) {
  if (moment == time_point{}) {
    append_text(out, name, "");
  } else {
    text::json::append_moment(append_key(out, name), moment);
  }
}

std::string json_of(cluster::member_status const& status, std::string_view name,
                    std::string_view node_id) {
  std::string out{'{'};
  append_text(out, "name", name);
  append_text(out, "node_id", node_id);
  out.append(status.is_synced ? R"(,"synced":true)" : R"(,"synced":false)");
  append_time(out, "last_sync", status.last_sync);
  append_text(out, "failure", status.failure);
  out.append(R"(,"members":[)");
  for (auto const& member : status.members) {
    text::json::append_comma(out);
    out.push_back('{');
    append_text(out, "node_id", member.node_id);
    append_text(out, "version", member.version);
    append_text(out, "tcp_address", member.tcp_address);
    append_text(out, "http_address", member.http_address);
    text::append_number(append_key(out, "producers"), member.producers);
    append_time(out, "started_at", member.started_at);
    append_time(out, "synced_at", member.synced_at);
    out.push_back('}');
  }
  return out.append("]}");
}

std::string check_of(cluster::member_status const& status) {
  if (!status.is_ready) {
    return "[-]cluster failed: nothing read from etcd yet\n";
  }
  if (!status.is_synced) {
    return "[+]cluster ok: out of sync, serving what is known - " + status.failure + '\n';
  }
  return "[+]cluster ok: in sync, " + std::to_string(status.members.size()) + " members\n";
}

}  // namespace

etcd::settings etcd_settings_of(config::options const& settings) {
  etcd::settings etcd;
  for (auto const& each : settings.cluster_etcd_endpoints) {
    etcd.endpoints.push_back(endpoint_of(each));
  }
  etcd.ca_file = settings.cluster_etcd_ca_file;
  etcd.cert_file = settings.cluster_etcd_cert;
  etcd.key_file = settings.cluster_etcd_key;
  etcd.user = settings.cluster_etcd_user;
  etcd.password_file = settings.cluster_etcd_password_file;
  return etcd;
}

cluster::member_settings member_settings_of(config::options const& settings, std::uint16_t tcp_port,
                                            std::uint16_t http_port, std::int64_t previous_lease,
                                            metrics::etcd_counters& counted) {
  using std::chrono::seconds;
  cluster::member_settings result;
  result.etcd = etcd_settings_of(settings);
  result.etcd.on_attempt = [&counted](auto operation, auto code, auto time) {
    counted.observe(operation, code, time);
  };
  result.cluster_name = settings.cluster_name;
  result.self.node_id = settings.cluster_node_id.empty()
                            ? config::host_name() + ':' + std::to_string(tcp_port)
                            : settings.cluster_node_id;
  result.lease_ttl = std::chrono::ceil<seconds>(settings.cluster_lease_ttl);
  result.sync_timeout = settings.cluster_sync_timeout;
  result.tombstone_lifetime = settings.tombstone_lifetime;
  result.self.version = std::string{config::version()};
  result.self.tcp_address = address_of(settings, tcp_port);
  result.self.http_address = address_of(settings, http_port);
  result.previous_lease = previous_lease;
  return result;
}

admin::cluster_report report_of(cluster::membership const* joined) {
  if (joined == nullptr) {
    return {
        .json = json_of(
            {.is_synced = true, .is_ready = true, .last_sync = {}, .failure = {}, .members = {}},
            {}, {})};
  }
  auto const status = joined->status();
  return {
      .is_ready = status.is_ready,
      .check = check_of(status),
      .json = json_of(status, joined->settings().cluster_name, joined->settings().self.node_id)};
}

metrics::cluster_figures figures_of(cluster::membership const& joined,
                                    registry::totals const& all) {
  auto const status = joined.status();
  return {.members = status.members.size(),
          .member_producers = all.member_producers,
          .is_synced = status.is_synced,
          .last_sync = seconds_of(status.last_sync)};
}

}  // namespace nsqlookupd
