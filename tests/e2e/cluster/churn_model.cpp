// SPDX-License-Identifier: MIT
#include "churn_model.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>

namespace nsqlookupd::e2e {
namespace {

bool is_ephemeral(std::string_view topic) {
  return topic.ends_with("#ephemeral");
}

// Each word behind the first of its line, and each topic behind its node.
std::set<std::string> words_of(std::string const& picture) {
  std::set<std::string> words;
  std::istringstream lines{picture};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream all{line};
    std::string first;
    all >> first;
    for (std::string word; all >> word;) {
      if (auto const node = word.find('('); node != std::string::npos) {
        first = word.substr(0, node);
        word = word.substr(node);
      }
      words.insert(first + ' ' + word);
    }
  }
  return words;
}

void append(std::string& to, std::string const& word) {
  if (!to.empty()) {
    to.push_back(' ');
  }
  to += word;
}

}  // namespace

void churn_model::enter(std::string const& address, std::string const& topic,
                        std::string const& channel) {
  create(topic, channel);
  auto& channels = producers_[address].topics[topic];
  if (!channel.empty()) {
    channels.insert(channel);
  }
}

void churn_model::leave(std::string const& address, std::string const& topic,
                        std::string const& channel) {
  auto& one = producers_.at(address);
  if (channel.empty()) {
    one.topics.erase(topic);
    one.hidden.erase(topic);
    forget_ephemeral();
  } else {
    one.topics.at(topic).erase(channel);
  }
}

void churn_model::go(std::string const& address) {
  producers_.erase(address);
  forget_ephemeral();
}

void churn_model::create(std::string const& topic, std::string const& channel) {
  auto& channels = topics_[topic];
  if (!channel.empty()) {
    channels.insert(channel);
  }
}

void churn_model::remove(std::string const& topic) {
  topics_.erase(topic);
  for (auto& [address, one] : producers_) {
    one.topics.erase(topic);
    one.hidden.erase(topic);
  }
}

void churn_model::hide(std::string const& address, std::string const& topic) {
  producers_.at(address).hidden.insert(topic);
}

void churn_model::forget_ephemeral() {
  std::erase_if(topics_, [this](auto const& topic) {
    return is_ephemeral(topic.first) && std::ranges::none_of(producers_, [&](auto const& one) {
             return one.second.topics.contains(topic.first);
           });
  });
}

std::string churn_model::picture() const {
  std::string nodes;
  for (auto const& [address, one] : producers_) {
    std::string topics;
    for (auto const& [topic, channels] : one.topics) {
      append(topics, topic + (one.hidden.contains(topic) ? "!" : ""));
    }
    append(nodes, address + '(' + topics + ')');
  }
  auto text = "nodes: " + nodes + '\n';
  for (auto const& [topic, channels] : topics_) {
    std::string addresses;
    std::string known_channels;
    for (auto const& [address, one] : producers_) {
      if (one.topics.contains(topic) && !one.hidden.contains(topic)) {
        append(addresses, address);
      }
    }
    for (auto const& channel : channels) {
      append(known_channels, channel);
    }
    text += topic + ": " + addresses + " / " + known_channels + '\n';
  }
  return text;
}

std::string difference_of(std::string const& one, std::string const& other) {
  auto const first = words_of(one);
  auto const second = words_of(other);
  std::string text;
  for (auto const& word : first) {
    text += second.contains(word) ? "" : "- " + word + '\n';
  }
  for (auto const& word : second) {
    text += first.contains(word) ? "" : "+ " + word + '\n';
  }
  return text;
}

}  // namespace nsqlookupd::e2e
