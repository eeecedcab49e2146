// SPDX-License-Identifier: MIT
#include "cluster_member.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

namespace json = boost::json;
using strings = std::vector<std::string>;

constexpr int ok = 200;

std::string joined(strings texts) {
  std::ranges::sort(texts);
  std::string all;
  for (auto const& each : texts) {
    all += (all.empty() ? "" : " ") + each;
  }
  return all;
}

std::string text_of(json::value const& from) {
  return std::string{from.as_string()};
}

std::string texts_in(json::object const& from, std::string_view name) {
  strings found;
  for (auto const& each : from.at(name).as_array()) {
    found.push_back(text_of(each));
  }
  return joined(std::move(found));
}

std::string node_of(json::object const& node) {
  auto const& topics = node.at("topics").as_array();
  auto const& tombstones = node.at("tombstones").as_array();
  strings found;
  for (std::size_t index = 0; index < topics.size(); ++index) {
    found.push_back(text_of(topics[index]) + (tombstones[index].as_bool() ? "!" : ""));
  }
  return text_of(node.at("broadcast_address")) + '(' + joined(std::move(found)) + ')';
}

}  // namespace

std::string server_reader::body(std::string const& target) {
  auto const reply = get(target);
  return reply.status() == ok ? reply.body : std::to_string(reply.status());
}

std::string server_reader::lookup(std::string const& topic) {
  auto const reply = get("/lookup?topic=" + topic);
  if (reply.status() != ok) {
    return std::to_string(reply.status());
  }
  auto const answer = json::parse(reply.body).as_object();
  strings producers;
  for (auto const& each : answer.at("producers").as_array()) {
    producers.push_back(text_of(each.as_object().at("broadcast_address")));
  }
  return joined(std::move(producers)) + " / " + texts_in(answer, "channels");
}

std::string server_reader::channels(std::string const& topic) {
  return texts_in(json::parse(get("/channels?topic=" + topic).body).as_object(), "channels");
}

std::string server_reader::topics() {
  return texts_in(json::parse(get("/topics").body).as_object(), "topics");
}

std::string server_reader::nodes() {
  strings found;
  auto const answer = json::parse(get("/nodes").body);
  for (auto const& each : answer.as_object().at("producers").as_array()) {
    found.push_back(node_of(each.as_object()));
  }
  return joined(std::move(found));
}

std::string server_reader::members() {
  strings found;
  auto const answer = json::parse(get("/cluster").body);
  for (auto const& each : answer.as_object().at("members").as_array()) {
    auto const& member = each.as_object();
    found.push_back(text_of(member.at("node_id")) + ':' +
                    std::to_string(member.at("producers").to_number<std::uint64_t>()));
  }
  return joined(std::move(found));
}

bool server_reader::is_synced() {
  return get("/cluster").body.find(R"("synced":true)") != std::string::npos;
}

double server_reader::metric(std::string_view name) {
  auto const text = '\n' + get("/metrics").body;
  auto const label = '\n' + std::string{name} + ' ';
  auto const found = text.find(label);
  return found == std::string::npos ? -1 : std::stod(text.substr(found + label.size()));
}

cluster_member::cluster_member(std::string node_id, std::string endpoints, strings flags,
                               std::unique_ptr<cuttable_proxy> proxy)
    : node_id_{std::move(node_id)},
      endpoints_{std::move(endpoints)},
      flags_{std::move(flags)},
      proxy_{std::move(proxy)} {}

void cluster_member::start() {
  server_start how{.flags = {"-cluster-node-id=" + node_id_,
                             "-cluster-etcd-endpoints=" + (proxy_ ? proxy_->url() : endpoints_),
                             "-cluster-lease-ttl=5s", "-access-log=off"}};
  how.flags.insert(how.flags.end(), flags_.begin(), flags_.end());
  server_ = std::make_unique<replaceable_server>(std::move(how));
  reader_.emplace(*server_);
}

void cluster_member::kill() {
  reader_.reset();
  server_->running().process().send(SIGKILL);
  static_cast<void>(server_->wait_for_stop());
  server_.reset();
}

int cluster_member::stop() {
  reader_.reset();
  auto const status = server_->stop();
  server_.reset();
  return status;
}

void cluster_member::restart() {
  kill();
  start();
}

}  // namespace nsqlookupd::e2e
