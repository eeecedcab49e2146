// SPDX-License-Identifier: MIT
#include "lookup_poll.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::e2e {

lookup_poll::lookup_poll(std::vector<cluster_member*> const& members, std::string topic,
                         std::vector<std::string> addresses)
    : topic_{std::move(topic)}, addresses_{std::move(addresses)} {
  for (auto* const each : members) {
    members_.push_back({each->node_id(), server_reader{each->server()}});
  }
  asking_ = std::make_unique<repeated_action>([this] { ask_all(); });
}

std::size_t lookup_poll::end() {
  wait_for_another();
  return asking_->end();
}

void lookup_poll::ask_all() {
  for (auto& member : members_) {
    auto const answer = member.reader.lookup(topic_);
    std::istringstream words{answer.substr(0, answer.find('/'))};
    std::vector<std::string> found;
    for (std::string word; words >> word;) {
      found.push_back(word);
    }
    for (auto const& address : addresses_) {
      if (std::ranges::count(found, address) != 1) {
        throw std::runtime_error{"member " + member.node_id + " answers for " + topic_ + ": " +
                                 answer + ", where " + address + " should be once"};
      }
    }
  }
}

}  // namespace nsqlookupd::e2e
