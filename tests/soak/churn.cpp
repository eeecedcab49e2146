// SPDX-License-Identifier: MIT
#include "churn.hpp"

#include "v1_wire.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace nsqlookupd::soak {
namespace {

constexpr std::size_t most_producers = 64;
constexpr std::size_t resident_count = 4;
constexpr std::size_t most_strangers = 8;
constexpr std::size_t most_errands = 12;
constexpr std::size_t most_commands = 8;
constexpr std::string_view resident_prefix = "resident";

}  // namespace

churn::churn(std::uint16_t tcp_port, model& known, questions& asker, std::uint64_t seed)
    : port_{tcp_port}, model_{known}, questions_{asker}, engine_{seed} {
  producers_.resize(most_producers);
  for (std::size_t number = 0; number < producers_.size(); ++number) {
    producers_[number].number = number;
  }
}

void churn::admit_residents() {
  for (std::size_t number = 0; number < resident_count; ++number) {
    admit_resident(number);
  }
}

void churn::admit_resident(std::size_t number) {
  auto const name = std::string{resident_prefix} + std::to_string(number);
  auto& client = residents_.emplace_back(port_);
  auto const reply = client.identify(name);
  if (!reply.starts_with(R"({"broadcast_address":")")) {
    throw wrong_answer{"IDENTIFY: got " + reply};
  }
  identity_ = reply;
  model_.add(name, client.as_producer(name));
  for (auto const* const channel : {"", "c"}) {
    auto const topic = std::string{resident_prefix} + "-topic" + std::to_string(number % 2);
    expect_equal("REGISTER", client.command("REGISTER " + topic + ' ' + channel), "OK");
    model_.enter(name, topic, channel);
  }
}

void churn::step() {
  auto const choice = random(20);
  if (choice < 10) {
    run_errands();
  } else if (choice < 14) {
    read_something();
  } else if (choice < 18) {
    change_over_http();
  } else if (choice < 19) {
    refuse_over_http();
  } else {
    let_strangers_come();
  }
}

void churn::connect(producer& peer) {
  peer.name = "n" + std::to_string(peer.number) + '-' + std::to_string(++peer.generation);
  peer.client.emplace(port_);
  peer.private_channels.clear();
  ++connections_;
  model_.add(peer.name, peer.client->as_producer(peer.name));
}

// The effect of two producers may not depend on which comes first: so names that vanish with their
// last producer are never shared.
void churn::run_errands() {
  std::vector<errand> errands;
  auto const first = random(producers_.size());
  auto const count = 1 + random(most_errands);
  for (std::size_t next = 0; next < count; ++next) {
    auto& peer = producers_[(first + next) % producers_.size()];
    errand request{.sender = &peer};
    if (!peer.client) {
      connect(peer);
      request.bytes = test_support::identify(test_support::identity_of(peer.name));
      request.replies.push_back(identity_);
    }
    for (auto commands = 1 + random(most_commands); commands > 0; --commands) {
      add_command(request);
    }
    errands.push_back(std::move(request));
  }
  for (auto const& request : errands) {
    send_in_pieces(*request.sender, request.bytes);
  }
  for (auto const& request : errands) {
    receive(request);
    if (random(32) == 0) {
      disconnect(*request.sender);
    }
  }
  settle();
}

void churn::add_command(errand& to) {
  auto const choice = random(16);
  if (choice == 0) {
    to.bytes += "PING\r\n";
    to.replies.emplace_back("OK");
  } else if (choice == 1) {
    add_mistake(to, random(5));
  } else {
    add_registration(to, choice < 11);
  }
}

void churn::add_registration(errand& to, bool enters) {
  auto const& peer = *to.sender;
  auto const own = std::to_string(peer.number) + "#ephemeral";
  auto const kind = random(8);
  auto topic = shared_topic();
  std::string channel;
  if (kind < 2) {
    topic = "e" + own;
    channel = kind == 0 ? "c" : "";
  } else if (kind == 2) {
    channel = "x" + own;
    to.sender->private_channels.insert(topic);
  } else if (kind < 7) {
    channel = shared_channel();
  }
  to.bytes += (enters ? "REGISTER " : "UNREGISTER ") + topic;
  to.bytes += channel.empty() ? "\n" : ' ' + channel + '\n';
  to.replies.emplace_back("OK");
  if (enters) {
    model_.enter(peer.name, topic, channel);
  } else {
    model_.leave(peer.name, topic, channel);
  }
}

void churn::add_mistake(errand& to, std::size_t which) {
  static std::array<std::pair<std::string, std::string>, 5> const mistakes{{
      {"FOO\n", "E_INVALID invalid command FOO"},
      {"REGISTER\n", "E_INVALID REGISTER insufficient number of params"},
      {"REGISTER bad$ c\n", "E_BAD_TOPIC REGISTER topic name 'bad$' is not valid"},
      {"UNREGISTER t bad$\n", "E_BAD_CHANNEL UNREGISTER channel name 'bad$' is not valid"},
      {test_support::identify("PING\nREGISTER never\n"), "E_INVALID cannot IDENTIFY again"},
  }};
  to.bytes += mistakes[which].first;
  to.replies.push_back(mistakes[which].second);
}

void churn::send_in_pieces(producer const& peer, std::string_view bytes) {
  for (auto pieces = random(3); pieces > 0; --pieces) {
    auto const size = random(bytes.size() + 1);
    peer.client->send(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  peer.client->send(bytes);
}

void churn::receive(errand const& from) {
  for (auto const& expected : from.replies) {
    auto const reply = from.sender->client->receive_frame();
    expect_equal("a reply to " + from.sender->name, reply, expected);
    ++commands_;
  }
}

// Mostly with a reset, which leaves no port behind that is not to be used for a minute.
void churn::disconnect(producer& peer) {
  auto const way = random(4);
  if (way == 0) {
    peer.client->finish_sending();
    expect_equal("the last bytes to " + peer.name, peer.client->receive_to_end(), "");
  } else if (way > 1) {
    peer.client->reset();
  }
  peer.client.reset();
  model_.remove(peer.name);
  unsettled_.merge(peer.private_channels);
  somebody_left_ = true;
}

// The server learns of an end when its kernel tells it, and gives the registrations back
// afterwards.
void churn::settle() {
  if (!std::exchange(somebody_left_, false)) {
    return;
  }
  questions_.settle([this] { questions_.check_nodes(); });
  questions_.settle([this] { questions_.check_topics(); });
  for (auto const& topic : std::exchange(unsettled_, {})) {
    questions_.settle([this, &topic] { questions_.check_channels(topic); });
  }
}

void churn::change_over_http() {
  auto const topic = shared_topic();
  auto const channel = shared_channel();
  auto const both = "?topic=" + topic + "&channel=" + channel;
  auto const choice = random(10);
  if (choice < 2) {
    questions_.expect("POST", "/topic/create?topic=" + topic, 200, "");
    model_.create(topic, {});
  } else if (choice < 4) {
    questions_.expect("POST", "/channel/create" + both, 200, "");
    model_.create(topic, channel);
  } else if (choice < 5) {
    questions_.expect("POST", "/topic/delete?topic=" + topic, 200, "");
    model_.delete_topic(topic);
  } else if (choice < 6) {
    bool const known = model_.delete_channel(topic, channel);
    questions_.expect("POST", "/channel/delete" + both, known ? 200 : 404,
                      known ? "" : R"({"message":"CHANNEL_NOT_FOUND"})");
  } else {
    auto const& name = producers_[random(producers_.size())].name;
    questions_.expect("POST", "/topic/tombstone?topic=" + topic + "&node=" + name + ":4151", 200,
                      "");
    model_.tombstone(topic, name);
    questions_.check_lookup(topic);
  }
}

void churn::refuse_over_http() {
  questions_.expect("POST", "/topic/delete?topic=*", 400, R"({"message":"INVALID_ARG_TOPIC"})");
  questions_.expect("GET", "/lookup?topic=%zz", 400, R"({"message":"INVALID_REQUEST"})");
  questions_.expect("GET", "/lookup", 400, R"({"message":"MISSING_ARG_TOPIC"})");
  questions_.expect("POST", "/nosuch", 404, R"({"message":"NOT_FOUND"})");
}

void churn::read_something() {
  auto const choice = random(8);
  if (choice < 4) {
    questions_.check_lookup(shared_topic());
  } else if (choice < 6) {
    questions_.check_channels(shared_topic());
  } else if (choice < 7) {
    questions_.check_topics();
  } else {
    questions_.check_nodes();
  }
}

// Clients that begin something, stay for a while, and are gone.
void churn::let_strangers_come() {
  static std::array<std::string, 4> const beginnings{
      " ", "  V1REGISTER never", std::string{"  V1IDENTIFY\n\0\0\1\0{", 18}, "  V1PING\nPI"};
  auto& stranger = strangers_.emplace_back(port_);
  stranger.send(beginnings[random(beginnings.size())]);
  ++connections_;
  if (strangers_.size() > most_strangers) {
    strangers_.front().reset();
    strangers_.pop_front();
  }
}

void churn::clear() {
  strangers_.clear();
  for (auto& peer : producers_) {
    if (peer.client) {
      disconnect(peer);
    }
  }
  settle();
  for (auto const& topic : model_.topic_names()) {
    if (!topic.starts_with(resident_prefix)) {
      questions_.expect("POST", "/topic/delete?topic=" + topic, 200, "");
      model_.delete_topic(topic);
    }
  }
}

}  // namespace nsqlookupd::soak
