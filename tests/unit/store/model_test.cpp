// SPDX-License-Identifier: MIT
//
// Random commands, and batches that are collected in between, in slices of any size: whenever
// nothing is noted any more, the file is what the registry is.
#include "choices.hpp"
#include "registry_listings.hpp"
#include "stored_registry.hpp"
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace nsqlookupd::store {
namespace {

using registry::producer_id;

lines const topic_names{"a", "b", "c", "d#ephemeral"};
lines const channel_names{"", "x", "y", "z#ephemeral"};

class model_run {
 public:
  explicit model_run(std::vector<std::uint8_t> const& bytes) : choices_{bytes} {}

  void run() {
    for (int step = 0; !choices_.empty(); ++step) {
      change();
      if (choices_.next() % 2 == 0) {
        collect_slice();
      }
      if (step % 50 == 49) {
        ASSERT_NO_FATAL_FAILURE(compare()) << "step " << step;
      }
    }
    compare();
    stored_.close();
    ASSERT_EQ(lines_of(stored_.load(world_.now)), lines_of(db()));
  }

 private:
  using command = void (model_run::*)();

  void change() {
    static constexpr std::array<command, 14> commands{&model_run::identify,
                                                      &model_run::identify,
                                                      &model_run::register_producer,
                                                      &model_run::register_producer,
                                                      &model_run::register_producer,
                                                      &model_run::register_producer,
                                                      &model_run::unregister,
                                                      &model_run::disconnect,
                                                      &model_run::create,
                                                      &model_run::remove,
                                                      &model_run::tombstone,
                                                      &model_run::wait,
                                                      &model_run::reclaim,
                                                      &model_run::seldom};
    (this->*choices_.pick(commands))();
  }

  void identify() {
    if (connected_.size() < 6) {
      auto made = peer("r" + std::to_string(++identified_));
      made.http_port = 4151 + choices_.next() % 2;
      connected_.push_back(db().add_producer(made, world_.now));
    }
  }

  template <class Action>
  void with_producer(Action const& action) {
    if (!connected_.empty()) {
      action(choices_.pick(connected_));
    }
  }

  void register_producer() {
    with_producer([this](producer_id id) {
      auto const& topic = choices_.pick(topic_names);
      db().register_producer(id, topic, choices_.pick(channel_names));
    });
  }

  void unregister() {
    with_producer([this](producer_id id) {
      auto const& topic = choices_.pick(topic_names);
      auto const& channel = choices_.pick(channel_names);
      if (channel.empty()) {
        db().unregister_topic(id, topic, 1 + choices_.next() % 3);
      } else {
        db().unregister_channel(id, topic, channel);
      }
    });
  }

  void disconnect() {
    with_producer([this](producer_id id) {
      db().remove_producer(id);
      std::erase(connected_, id);
    });
  }

  void create() {
    auto const& topic = choices_.pick(topic_names);
    auto const& channel = choices_.pick(channel_names);
    if (channel.empty()) {
      db().create_topic(topic);
    } else {
      db().create_channel(topic, channel);
    }
  }

  void remove() {
    auto const& topic = choices_.pick(topic_names);
    auto const& channel = choices_.pick(channel_names);
    if (channel.empty()) {
      db().delete_topic(topic);
    } else {
      db().delete_channel(topic, channel);
    }
  }

  void tombstone() { db().tombstone(choices_.pick(topic_names), "host:4151", world_.now); }

  void wait() {
    world_.now += std::chrono::seconds{choices_.next() % 4};
    db().advance(world_.now, 1 + choices_.next() % 4);
    with_producer([this](producer_id id) { db().ping(id, world_.now); });
  }

  void reclaim() { static_cast<void>(db().reclaim(1 + choices_.next() % 4)); }

  void seldom() {
    switch (choices_.next() % 4) {
      case 0:
        world_.changes.note_all();
        break;
      case 1:
        // The older state is there again, so that everything has to be written.
        stored_.close();
        world_.changes.note_all();
        break;
      default:
        break;
    }
  }

  void collect_slice() {
    if (world_.changes.collect(db(), 1 + choices_.next() % 8, next_)) {
      stored_.write(next_, world_.now);
      next_.clear();
    }
  }

  void compare() {
    constexpr int most_slices = 100'000;
    for (int slice = 0; world_.changes.has_notes() || next_.size() != 0; ++slice) {
      ASSERT_LT(slice, most_slices);
      collect_slice();
    }
    ASSERT_EQ(lines_of(stored_.load(world_.now)), lines_of(db()));
  }

  registry::registration_db& db() { return world_.db; }

  test_support::choices choices_;
  stored_registry world_{{.inactive_producer_timeout = std::chrono::seconds{10},
                          .tombstone_lifetime = std::chrono::seconds{5},
                          .empty_topic_ttl = std::chrono::seconds{4}}};
  file stored_{world_.directory.path("")};
  batch next_;
  std::vector<producer_id> connected_;
  int identified_ = 0;
};

class model_test : public testing::TestWithParam<std::uint64_t> {};

TEST_P(model_test, what_is_stored_is_what_the_registry_is) {
  std::mt19937_64 random{GetParam()};
  std::vector<std::uint8_t> bytes(10'000);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  model_run{bytes}.run();
}

INSTANTIATE_TEST_SUITE_P(seeds, model_test, testing::Range<std::uint64_t>(0, 12));

}  // namespace
}  // namespace nsqlookupd::store
