// SPDX-License-Identifier: MIT
#include "registry_model.hpp"

#include <nsqlookupd/registry/registration_db.hpp>

#include "choices.hpp"
#include "naive_registry.hpp"
#include "registry_comparison.hpp"
#include "registry_listings.hpp"
#include "registry_restart.hpp"
#include "stable_listing.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace nsqlookupd::test_support {

using namespace registry;

namespace {
constexpr std::size_t most_producers = 6;
constexpr int most_slices = 10'000;
lines const topic_names{"a", "b", "b.b", "c#ephemeral", "d#ephemeral"};
lines const channel_names{"x", "y", "v#ephemeral", "w#ephemeral"};
lines const hosts{"h1", "h2", "::1", "[::1]"};

class model_run {
 public:
  explicit model_run(std::span<std::uint8_t const> bytes)
      : choices_{bytes},
        lifetimes_{pick_lifetimes()},
        limits_{pick_limits()},
        db_{std::make_unique<registration_db>(lifetimes_, limits_)},
        model_{lifetimes_, limits_} {
    db_->advance(now_);
  }

  void run() {
    for (int step = 1; !choices_.empty(); ++step) {
      done_ = "step " + std::to_string(step) + ':';
      try {
        one_step();
        expect_same_listings(*db_, model_, topic_names, now_, 1 + choices_.next() % 4);
      } catch (registry_difference const& difference) {
        throw registry_difference(done_ + ' ' + difference.what());
      }
    }
    all_leave();
  }

 private:
  using command = void (model_run::*)();

  lifetimes pick_lifetimes() {
    using std::chrono::seconds;
    return {.inactive_producer_timeout = seconds{choices_.next() % 8 == 0 ? 0 : 10},
            .tombstone_lifetime = seconds{choices_.next() % 8 == 0 ? 0 : 5},
            .empty_topic_ttl = seconds{choices_.next() % 2 == 0 ? 0 : 4}};
  }

  limits pick_limits() {
    if (choices_.next() % 4 != 0) {
      return {};
    }
    return {.registrations_per_producer = 5, .topics = 3, .channels_per_topic = 2};
  }

  void note(std::string const& operation) { done_ += ' ' + operation; }

  void one_step() {
    auto const kind = choices_.next() % 64;
    if (kind == 0) {
      restart();
    } else if (kind == 2) {
      hand_over();
    } else if (kind % 8 == 1) {
      change_between_pages();
    } else {
      change();
    }
  }

  void change() {
    static constexpr auto commands = std::to_array<command>({&model_run::wait,
                                                             &model_run::identify,
                                                             &model_run::identify,
                                                             &model_run::identify,
                                                             &model_run::come_back,
                                                             &model_run::come_back,
                                                             &model_run::ping,
                                                             &model_run::register_producer,
                                                             &model_run::register_producer,
                                                             &model_run::register_producer,
                                                             &model_run::register_producer,
                                                             &model_run::register_producer,
                                                             &model_run::register_producer,
                                                             &model_run::register_everywhere,
                                                             &model_run::unregister,
                                                             &model_run::unregister,
                                                             &model_run::disconnect,
                                                             &model_run::disconnect,
                                                             &model_run::create,
                                                             &model_run::delete_topic,
                                                             &model_run::delete_channel,
                                                             &model_run::tombstone,
                                                             &model_run::reclaim,
                                                             &model_run::reclaim});
    (this->*choices_.pick(commands))();
    // A tombstone without a lifetime ends before anybody asks.
    db_->advance(now_);
    model_.settle(now_);
  }

  void wait() {
    now_ += std::chrono::seconds{choices_.next() % 4};
    note("WAIT");
    for (int slice = 0; db_->advance(now_, 1 + choices_.next() % 4); ++slice) {
      if (slice == most_slices) {
        throw registry_difference("advance() does not end");
      }
    }
    if (db_->next_due() <= now_) {
      throw registry_difference("something is due after advance()");
    }
  }

  void identify() {
    if (connected_.size() == most_producers) {
      return;
    }
    auto const number = std::to_string(++identified_);
    peer_info peer{.remote_address = choices_.next() % 4 == 0 ? "r" : "r" + number,
                   .hostname = number,
                   .broadcast_address = choices_.pick(hosts),
                   .tcp_port = 4150,
                   .http_port = choices_.next() % 4 == 0 ? -1 : 4151,
                   .version = "1",
                   .topology_zone = {},
                   .topology_region = {}};
    identities_.push_back(peer);
    identify_as(std::move(peer));
  }

  // With the same identity, if a restored producer has that, a connection takes it over.
  void come_back() {
    if (connected_.size() == most_producers || identities_.empty()) {
      return;
    }
    auto peer = choices_.pick(identities_);
    peer.remote_address = "r" + std::to_string(++identified_);
    identify_as(std::move(peer));
  }

  void identify_as(peer_info peer) {
    note("IDENTIFY " + peer_line(peer));
    auto const id = db_->add_producer(peer, now_);
    connected_.push_back(id);
    model_.add_producer(id, std::move(peer), now_);
  }

  // Nobody sees a difference.
  void restart() {
    note("RESTART");
    auto before = list_nodes(*db_, now_);
    auto const stored = model_.store(now_);
    db_ = std::make_unique<registration_db>(lifetimes_, limits_,
                                            history{.last_revision = db_->revision()});
    model_ = naive_registry{lifetimes_, limits_};
    connected_.clear();
    identities_.clear();
    for (auto const& producer : stored.producers) {
      identities_.push_back(producer.peer);
    }
    restore(*db_, model_, stored, now_, now_ + std::chrono::seconds{1 + choices_.next() % 8});
    auto after = list_nodes(*db_, now_);
    std::ranges::sort(before);
    std::ranges::sort(after);
    // Some have more than a connection alone may have.
    if (limits_.registrations_per_producer == 0) {
      expect_same("nodes across a restart", after, before);
    }
  }

  void hand_over() {
    note("HAND OVER");
    auto const ids = go_on(db_, std::make_unique<registration_db>(lifetimes_, limits_), model_);
    std::ranges::transform(connected_, connected_.begin(), [&](auto id) { return ids.at(id); });
  }

  // Runs `action(id)` for one of the producers that are connected, if any is.
  template <class Action>
  void with_producer(Action action) {
    if (!connected_.empty()) {
      action(choices_.pick(connected_));
    }
  }

  void ping() {
    with_producer([this](producer_id id) {
      note("PING");
      if (db_->ping(id, now_) != model_.ping(id, now_)) {
        throw registry_difference("last updates differ");
      }
    });
  }

  std::string pick_channel() {
    return choices_.next() % 3 == 0 ? std::string{} : choices_.pick(channel_names);
  }

  static void expect_same_result(register_result const& registry, register_result const& model) {
    expect_same("refusal", static_cast<std::size_t>(registry.refused),
                static_cast<std::size_t>(model.refused));
    expect_same("topic added", registry.topic_added, model.topic_added);
    expect_same("channel added", registry.channel_added, model.channel_added);
  }

  void register_as(producer_id id, std::string const& topic, std::string const& channel) {
    note("REGISTER " + topic + ' ' + channel);
    expect_same_result(db_->register_producer(id, topic, channel),
                       model_.register_producer(id, topic, channel));
  }

  void register_producer() {
    with_producer([this](producer_id id) {
      auto const topic = choices_.pick(topic_names);
      register_as(id, topic, pick_channel());
    });
  }

  // A producer with many registrations finds its way in them by other means.
  void register_everywhere() {
    with_producer([this](producer_id id) {
      for (auto const& topic : topic_names) {
        for (auto const& channel : channel_names) {
          register_as(id, topic, channel);
        }
      }
    });
  }

  void unregister() {
    with_producer([this](producer_id id) {
      auto const topic = choices_.pick(topic_names);
      auto const channel = pick_channel();
      note("UNREGISTER " + topic + ' ' + channel);
      if (!channel.empty()) {
        expect_same("removed", db_->unregister_channel(id, topic, channel),
                    model_.unregister_channel(id, topic, channel));
        return;
      }
      if (choices_.next() % 2 == 0) {
        unregister_some(id, topic);
      }
      auto const removed = db_->unregister_topic(id, topic);
      auto const expected = model_.unregister_topic(id, topic);
      expect_same("topic removed", removed.topic_removed, expected.topic_removed);
      expect_same("channels removed", removed.channels_removed, expected.channels_removed);
      expect_same("more", removed.more, false);
    });
  }

  // A limited UNREGISTER may take any channels of the topic.
  void unregister_some(producer_id id, std::string const& topic) {
    auto const limit = 1 + static_cast<std::size_t>(choices_.next()) % 3;
    auto const removed = db_->unregister_topic(id, topic, limit);
    for (auto const& channel : removed.channels_removed) {
      expect_same("removed", true, model_.unregister_channel(id, topic, channel));
    }
    if (removed.more) {
      expect_same("channels removed", removed.channels_removed.size(), limit);
      return;
    }
    auto const expected = model_.unregister_topic(id, topic);
    expect_same("channels left", expected.channels_removed.size(), std::size_t{0});
    expect_same("topic removed", removed.topic_removed, expected.topic_removed);
  }

  void disconnect() {
    if (connected_.empty()) {
      return;
    }
    auto const which = connected_.begin() + choices_.next() % static_cast<int>(connected_.size());
    note("DISCONNECT");
    db_->remove_producer(*which);
    model_.remove_producer(*which);
    connected_.erase(which);
  }

  void create() {
    auto const topic = choices_.pick(topic_names);
    auto const channel = pick_channel();
    note("CREATE " + topic + ' ' + channel);
    if (channel.empty()) {
      expect_same_result(db_->create_topic(topic), model_.create_topic(topic));
    } else {
      expect_same_result(db_->create_channel(topic, channel),
                         model_.create_channel(topic, channel));
    }
  }

  void delete_topic() {
    auto const topic = choices_.pick(topic_names);
    note("DELETE " + topic);
    auto const gone = list_channels(*db_, topic);
    bool const known = db_->delete_topic(topic);
    auto const expected = model_.delete_topic(topic);
    expect_same("deleted", known, expected.has_value());
    expect_same("deleted channels", gone, expected.value_or(lines{}));
    if (limits_.registrations_per_producer != 0) {
      // Registrations not yet reclaimed still count for their producers, unknown to the model.
      reclaim_all();
    }
  }

  void delete_channel() {
    auto const topic = choices_.pick(topic_names);
    auto const channel = choices_.pick(channel_names);
    note("DELETE " + topic + ' ' + channel);
    expect_same("deleted", db_->delete_channel(topic, channel),
                model_.delete_channel(topic, channel));
  }

  std::string pick_node() {
    auto const host = choices_.pick(hosts);
    auto const port = choices_.next() % 4 == 0 ? ":-1" : ":4151";
    return choices_.next() % 4 == 0 ? '[' + host + ']' + port : host + port;
  }

  void tombstone() {
    auto const topic = choices_.pick(topic_names);
    auto const node = pick_node();
    note("TOMBSTONE " + topic + ' ' + node);
    expect_same("tombstoned", db_->tombstone(topic, node, now_),
                model_.tombstone(topic, node, now_));
  }

  bool reclaim(std::size_t budget) {
    bool const more = db_->reclaim(budget);
    expect_same("more to give back", more, db_->has_backlog());
    return more;
  }

  void reclaim() {
    note("RECLAIM");
    reclaim(choices_.next() % 5);
  }

  void reclaim_all() {
    for (int slice = 0; reclaim(1 + choices_.next() % 4); ++slice) {
      if (slice == most_slices) {
        throw registry_difference("reclaim() does not end");
      }
    }
  }

  void change_between_pages() {
    auto const listings = stable_listings(*db_, now_);
    auto const& listing = choices_.pick(listings);
    auto const pages = choices_.next() % 3;
    expect_stable(listing, 1U + choices_.next() % 3U, pages, [this] { change(); });
  }

  void all_leave() {
    done_ = "at the end";
    while (!connected_.empty()) {
      disconnect();
    }
    model_.settle(now_);
    now_ += std::chrono::seconds{8};
    db_->advance(now_);
    model_.settle(now_);
    expect_same("producers", db_->count_all().producers, std::size_t{0});
    reclaim_all();
    expect_same_listings(*db_, model_, topic_names, now_, 1);
  }

  choices choices_;
  lifetimes lifetimes_;
  limits limits_;
  std::unique_ptr<registration_db> db_;
  naive_registry model_;
  time_point now_{};
  std::vector<producer_id> connected_;
  std::vector<peer_info> identities_;
  int identified_ = 0;
  std::string done_;
};

}  // namespace

void run_registry_model(std::span<std::uint8_t const> bytes) {
  model_run{bytes}.run();
}

}  // namespace nsqlookupd::test_support
