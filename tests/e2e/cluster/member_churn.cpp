// SPDX-License-Identifier: MIT
#include "member_churn.hpp"

#include "eventually.hpp"
#include "sanitized.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::e2e {
namespace {

using test_support::amount;

constexpr std::size_t members = 3;
constexpr std::size_t topics = 8;
constexpr std::size_t channels = 3;
constexpr std::size_t changes_at_once = amount(60, 20);
constexpr double settling_limit_ms = amount(10'000, 60'000);

constexpr char const* resident_topic = "resident";

std::string with_number(char const* word, std::size_t number) {
  auto digits = std::to_string(number);
  return word + std::string(3 - std::min<std::size_t>(3, digits.size()), '0') + digits;
}

std::string resident_name(std::size_t member) {
  return with_number("resident", member);
}

}  // namespace

// Registrations that a producer does not make again at another member go soon, tombstones stay.
member_churn::member_churn(std::uint64_t seed, std::size_t producers)
    : seed_{seed},
      engine_{seed},
      cluster_{{.members = members,
                .has_proxies = true,
                .flags = {"-restore-grace=1s", "-tombstone-lifetime=1h"}}},
      residents_(members),
      producers_(producers) {
  for (std::size_t number = 0; number < producers; ++number) {
    producers_[number].address = with_number("host", number);
    producers_[number].ephemeral_topic = with_number("e", number) + "#ephemeral";
  }
  for (std::size_t member = 0; member < members; ++member) {
    admit_resident(member);
  }
  for (auto& each : producers_) {
    come(each);
  }
  settle("the start");
}

std::size_t member_churn::random(std::size_t below) {
  return std::uniform_int_distribution<std::size_t>{0, below - 1}(engine_);
}

std::size_t member_churn::random_member() {
  auto member = random(members);
  while (fault_ && !fault_->leaves_running(member)) {
    member = random(members);
  }
  return member;
}

member_churn::producer& member_churn::random_producer() {
  return producers_[random(producers_.size())];
}

void member_churn::fail(std::string const& reason) const {
  throw std::runtime_error{"round " + std::to_string(rounds_) + " of seed " +
                           std::to_string(seed_) + ": " + reason};
}

void member_churn::expect(std::string const& reply, std::string const& request) const {
  if (reply != "OK") {
    fail(request + " is answered '" + reply + '\'');
  }
}

void member_churn::post(std::size_t member, std::string const& target) {
  if (auto const status = cluster_[member].post(target); status != 200) {
    fail(target + " is answered " + std::to_string(status));
  }
}

void member_churn::admit_resident(std::size_t member) {
  residents_[member].emplace(cluster_[member].producer(resident_name(member), {resident_topic}));
  model_.enter(resident_name(member), resident_topic, {});
}

// None may be missing, but for those that others may have forgotten.
void member_churn::ask_for_residents() {
  auto const asked = random_member();
  auto const answer = cluster_[asked].ask().lookup(resident_topic);
  for (std::size_t member = 0; member < members; ++member) {
    bool const may_be_gone = fault_ && fault_->is_of_member() && member == victim_;
    if (!may_be_gone && answer.find(resident_name(member)) == std::string::npos) {
      fail("member " + cluster_[asked].node_id() + " lacks " + resident_name(member) + ": " +
           answer);
    }
  }
}

void member_churn::change(std::size_t times) {
  for (std::size_t count = 0; count < times; ++count) {
    change_one();
    ask_for_residents();
  }
}

void member_churn::change_one() {
  ++changes_;
  auto& one = random_producer();
  if (random(12) == 0) {
    create();
    return;
  }
  if (one.is_left_alone || (one.client && fault_ && !fault_->leaves_running(one.member))) {
    return;
  }
  auto const choice = random(10);
  if (!one.client) {
    come(one);
  } else if (choice < 4) {
    register_one(one);
  } else if (choice < 7) {
    unregister_one(one);
  } else if (choice < 9) {
    move(one);
  } else {
    leave(one);
  }
}

void member_churn::connect(producer& one, std::size_t member) {
  one.client.emplace(cluster_[member].producer(one.address));
  one.member = member;
}

void member_churn::come(producer& one) {
  connect(one, random_member());
  model_.come(one.address);
  for (auto count = 1 + random(3); count > 0; --count) {
    register_one(one);
  }
}

void member_churn::register_one(producer& one) {
  if (random(6) == 0) {
    enter(one, one.ephemeral_topic, {});
  } else {
    enter(one, with_number("t", random(topics)),
          random(3) == 0 ? "" : with_number("c", random(channels)));
  }
}

void member_churn::enter(producer& one, std::string const& topic, std::string const& channel) {
  auto const line = "REGISTER " + topic + (channel.empty() ? "" : ' ' + channel);
  expect(one.client->command(line), line);
  model_.enter(one.address, topic, channel);
}

void member_churn::unregister_one(producer& one) {
  auto const& registered = model_.registered_by(one.address);
  if (registered.empty()) {
    return;
  }
  auto const& [topic, names] =
      *std::next(registered.begin(), static_cast<std::ptrdiff_t>(random(registered.size())));
  auto const channel = names.empty() || random(2) == 0 ? "" : *names.begin();
  auto const line = "UNREGISTER " + topic + (channel.empty() ? "" : ' ' + channel);
  one.is_left_alone = channel.empty() && model_.hides(one.address, topic);
  expect(one.client->command(line), line);
  model_.leave(one.address, std::string{topic}, channel);
}

// As nsqd does, which registers all again; a tombstone is over then. The nsqd moves no more until
// all know of that: a member that has not heard of it would take the tombstone over.
void member_churn::move(producer& one) {
  auto old = std::exchange(one.client, std::nullopt);
  auto const to = random_member();
  if (random(2) == 0 || to == one.member) {
    old.reset();
  }
  connect(one, to);
  auto const registered = model_.registered_by(one.address);
  for (auto const& [topic, names] : registered) {
    if (model_.hides(one.address, topic)) {
      one.is_left_alone = true;
      expect(one.client->command("UNREGISTER " + topic), "UNREGISTER");
      model_.leave(one.address, topic, {});
    }
    enter(one, topic, {});
    for (auto const& channel : names) {
      enter(one, topic, channel);
    }
  }
}

void member_churn::leave(producer& one) {
  one.client.reset();
  model_.go(one.address);
}

void member_churn::create() {
  auto const topic = with_number("made", made_++ % 100);
  auto const channel = random(2) == 0 ? "" : with_number("c", random(channels));
  auto const member = random_member();
  if (channel.empty()) {
    post(member, "/topic/create?topic=" + topic);
  } else {
    post(member, "/channel/create?topic=" + topic + "&channel=" + channel);
  }
  model_.create(topic, channel);
}

// All know them.
void member_churn::remove_doomed() {
  for (auto const& topic : doomed_) {
    post(random_member(), "/topic/delete?topic=" + topic);
    model_.remove(topic);
  }
  doomed_.clear();
}

// All know it, and it stays as it is until all know of the tombstone.
void member_churn::hide_one() {
  auto& one = random_producer();
  if (!one.client || model_.registered_by(one.address).empty() ||
      (fault_ && one.member == victim_)) {
    return;
  }
  auto const topic = model_.registered_by(one.address).begin()->first;
  if (topic == one.ephemeral_topic || model_.hides(one.address, topic)) {
    return;
  }
  post(random_member(), "/topic/tombstone?topic=" + topic + "&node=" + one.address + ":4151");
  model_.hide(one.address, topic);
  one.is_left_alone = true;
}

// Most of them come to another member, with all that they had registered.
void member_churn::lose_clients_of(std::size_t member) {
  residents_[member].reset();
  for (auto& one : producers_) {
    if (one.client && one.member == member) {
      if (random(4) == 0) {
        leave(one);
      } else {
        move(one);
      }
    }
  }
}

void member_churn::settle(std::string const& after) {
  stopwatch const since;
  auto const wanted = model_.picture();
  for (auto* const each : cluster_.running()) {
    std::string found;
    auto const is_equal = [&] {
      found = cluster_of_members::picture_of(each->ask());
      return found == wanted && each->ask().is_synced();
    };
    if (!test_support::eventually(is_equal)) {
      std::string states;
      for (auto* const one : cluster_.running()) {
        states += one->ask().body("/cluster") + '\n';
      }
      fail("after " + after + " member " + each->node_id() + " differs from the model:\n" +
           difference_of(wanted, found) + states);
    }
  }
  auto const took = since.tell("equal after " + after);
  worst_ms_ = std::max(worst_ms_, took);
  if (took > settling_limit_ms) {
    fail("equal only after " + std::to_string(took) + " ms after " + after);
  }
  for (auto& each : producers_) {
    each.is_left_alone = false;
  }
}

void member_churn::run_round() {
  ++rounds_;
  auto const doomed = with_number("doomed", rounds_);
  for (int count = 0; count < 3; ++count) {
    if (auto& one = random_producer(); one.client) {
      enter(one, doomed, "c");
    }
  }
  post(random_member(), "/topic/create?topic=" + doomed);
  model_.create(doomed, {});
  doomed_.push_back(doomed);
  change(changes_at_once);
  settle("a quiet time");
  if (faults_to_come_.empty()) {
    for (std::size_t kind = 0; kind < fault_names.size(); ++kind) {
      faults_to_come_.push_back(static_cast<fault_kind>(kind));
    }
    std::ranges::shuffle(faults_to_come_, engine_);
  }
  auto const kind = faults_to_come_.back();
  faults_to_come_.pop_back();
  std::string const name{fault_names[static_cast<std::size_t>(kind)]};
  victim_ = random(members);
  fault_.emplace(cluster_, kind, victim_);
  remove_doomed();
  for (int count = 0; count < 4; ++count) {
    hide_one();
  }
  if (kind == fault_kind::member_killed) {
    lose_clients_of(victim_);
  }
  change(changes_at_once);
  if (random(2) == 0) {
    fault_->outlast_the_lease();
    change(changes_at_once);
  }
  fault_->end();
  fault_.reset();
  if (kind == fault_kind::member_killed) {
    admit_resident(victim_);
  }
  settle(name);
}

}  // namespace nsqlookupd::e2e
