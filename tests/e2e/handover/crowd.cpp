// SPDX-License-Identifier: MIT
#include "crowd.hpp"

#include "many_descriptors.hpp"
#include "v1_wire.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

using clock = std::chrono::steady_clock;
using test_support::lookup_client;

// So that no two are alike: `10.1.2.3`.
std::string address_of(std::size_t producer) {
  return "10." + std::to_string(producer / 65'536) + '.' + std::to_string(producer / 256 % 256) +
         '.' + std::to_string(producer % 256);
}

lookup_client connect(replaceable_server const& server, std::size_t number,
                      std::vector<std::string> const& topics) {
  auto client = server.lookup_client();
  auto commands = test_support::identify(test_support::identity_of(address_of(number)));
  for (auto const& topic : topics) {
    commands += "REGISTER " + topic + '\n';
  }
  client.send(commands);
  static_cast<void>(client.receive_frame());
  for (auto const& topic : topics) {
    if (auto const reply = client.receive_frame(); reply != "OK") {
      throw std::runtime_error{"REGISTER " + topic + " is answered " + reply};
    }
  }
  return client;
}

}  // namespace

crowd::crowd(replaceable_server const& server, std::size_t size, topics_of_producer const& topics) {
  allow_many_descriptors();
  producers_.reserve(size);
  for (std::size_t number = 0; number < size; ++number) {
    producers_.push_back(connect(server, number, topics(number)));
  }
}

void crowd::ping() {
  std::vector<clock::time_point> sent;
  sent.reserve(producers_.size());
  for (auto const& producer : producers_) {
    sent.push_back(clock::now());
    producer.send("PING\n");
  }
  for (std::size_t number = 0; number < producers_.size(); ++number) {
    if (auto const reply = producers_[number].receive_frame(); reply != "OK") {
      throw std::runtime_error{"the PING of producer " + std::to_string(number) + " is answered '" +
                               reply + '\''};
    }
    std::lock_guard const lock{mutex_};
    worst_ =
        std::max<std::chrono::duration<double, std::milli>>(worst_, clock::now() - sent[number]);
  }
}

std::chrono::duration<double, std::milli> crowd::take_worst() {
  std::lock_guard const lock{mutex_};
  return std::exchange(worst_, {});
}

std::size_t crowd::disturbed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(producers_, [](auto const& each) { return each.is_readable(); }));
}

}  // namespace nsqlookupd::e2e
