// SPDX-License-Identifier: MIT
#include "cluster_of_members.hpp"

#include <nsqlookupd/text/base64.hpp>

#include "eventually.hpp"
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;
using strings = std::vector<std::string>;

std::string in_base64(std::string_view bytes) {
  std::string text;
  text::append_base64(text, bytes);
  return text;
}

std::string joined_by_comma(strings const& texts) {
  std::string all;
  for (auto const& each : texts) {
    all += (all.empty() ? "" : ",") + each;
  }
  return all;
}

json::object parsed(std::string const& answer) {
  auto result = json::parse(answer).as_object();
  if (result.contains("error")) {
    throw std::runtime_error{"etcd answers " + answer};
  }
  return result;
}

}  // namespace

cluster_of_members::cluster_of_members(cluster_start how)
    : how_{std::move(how)}, etcd_{{.nodes = how_.etcd_nodes}} {
  for (std::size_t number = 0; number < how_.members; ++number) {
    add().start();
  }
  if (!come_into_sync()) {
    throw std::runtime_error{"the members are not in sync"};
  }
}

std::vector<cluster_member*> cluster_of_members::running() const {
  std::vector<cluster_member*> found;
  for (auto const& each : members_) {
    if (each->is_running()) {
      found.push_back(each.get());
    }
  }
  return found;
}

cluster_member& cluster_of_members::add(strings const& flags) {
  auto all = how_.flags;
  all.insert(all.end(), flags.begin(), flags.end());
  auto proxy = how_.has_proxies ? std::make_unique<cuttable_proxy>(etcd_.port()) : nullptr;
  std::string const node_id(1, static_cast<char>('a' + members_.size()));
  members_.push_back(std::make_unique<cluster_member>(node_id, joined_by_comma(etcd_.urls()),
                                                      std::move(all), std::move(proxy)));
  return *members_.back();
}

bool cluster_of_members::everywhere(std::function<bool(server_reader&)> const& condition) const {
  return std::ranges::all_of(running(), [&](cluster_member* member) {
    return test_support::eventually([&] { return condition(member->ask()); });
  });
}

std::string cluster_of_members::lookup_everywhere(std::string const& topic,
                                                  std::string const& wanted) const {
  if (everywhere([&](auto& member) { return member.lookup(topic) == wanted; })) {
    return wanted;
  }
  std::string all;
  for (auto* const each : running()) {
    all += each->node_id() + ": " + each->ask().lookup(topic) + "; ";
  }
  return all;
}

bool cluster_of_members::come_into_sync() const {
  auto const count = static_cast<double>(running().size());
  return everywhere([&](auto& member) {
    return member.is_synced() && member.metric("nsqlookupd_cluster_members") >= count;
  });
}

std::string cluster_of_members::lookups_of(server_reader& member) {
  std::string text;
  std::istringstream names{member.topics()};
  for (std::string name; names >> name;) {
    auto escaped = name;
    if (auto const mark = escaped.find('#'); mark != std::string::npos) {
      escaped.replace(mark, 1, "%23");
    }
    text += name + ": " + member.lookup(escaped) + '\n';
  }
  return text;
}

std::string cluster_of_members::picture_of(server_reader& member) {
  return "nodes: " + member.nodes() + '\n' + lookups_of(member);
}

bool cluster_of_members::become_equal() const {
  auto const are_equal = [this] {
    std::set<std::string> pictures;
    for (auto* const each : running()) {
      if (!each->ask().is_synced()) {
        return false;
      }
      pictures.insert(picture_of(each->ask()));
    }
    return pictures.size() == 1;
  };
  if (test_support::eventually(are_equal)) {
    return true;
  }
  for (auto* const each : running()) {
    std::fprintf(stderr, "%s: %s\n%s", each->node_id().c_str(),
                 each->ask().body("/cluster").c_str(), picture_of(each->ask()).c_str());
  }
  return false;
}

strings cluster_of_members::keys(std::string_view prefix) const {
  auto const begin = "/nsqlookupd/" + std::string{prefix};
  auto end = begin;
  ++end.back();
  json::object const request{
      {"key", in_base64(begin)}, {"range_end", in_base64(end)}, {"keys_only", true}};
  auto const answer = parsed(etcd_.post("/v3/kv/range", json::serialize(request)));
  strings found;
  if (auto const* const all = answer.if_contains("kvs")) {
    for (auto const& each : all->as_array()) {
      auto const& key = each.as_object().at("key").as_string();
      found.push_back(text::parse_base64(key).value());
    }
  }
  return found;
}

void cluster_of_members::put_key(std::string_view key, std::string_view value) const {
  json::object const request{{"key", in_base64("/nsqlookupd/" + std::string{key})},
                             {"value", in_base64(value)}};
  parsed(etcd_.post("/v3/kv/put", json::serialize(request)));
}

void cluster_of_members::compact() const {
  auto const head = parsed(etcd_.post("/v3/kv/range", R"({"key":"eA=="})")).at("header");
  json::object const request{{"revision", head.as_object().at("revision")}, {"physical", true}};
  parsed(etcd_.post("/v3/kv/compaction", json::serialize(request)));
}

double stopwatch::tell(std::string_view description) const {
  std::chrono::duration<double, std::milli> const took = std::chrono::steady_clock::now() - began_;
  std::printf("[ measured ] %.*s: %.0f ms\n", static_cast<int>(description.size()),
              description.data(), took.count());
  return took.count();
}

}  // namespace nsqlookupd::e2e
