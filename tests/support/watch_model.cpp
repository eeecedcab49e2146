// SPDX-License-Identifier: MIT
#include "watch_model.hpp"

#include <nsqlookupd/http/target.hpp>
#include <nsqlookupd/http_api/routes.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "choices.hpp"
#include "registry_lines.hpp"
#include "registry_restart.hpp"
#include "watch_client.hpp"
#include "watch_server.hpp"
#include "watch_truth.hpp"

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::test_support {

using namespace registry;

namespace {
constexpr std::size_t most_producers = 4;
constexpr int most_turns = 100'000;
lines const topic_names{"a", "b", "c#ephemeral", "d"};
lines const channel_names{"x", "y#ephemeral"};
lines const hosts{"h1", "h2"};

class watch_run {
 public:
  explicit watch_run(std::span<std::uint8_t const> bytes)
      : choices_{bytes}, lifetimes_{pick_lifetimes()}, capacity_{pick_capacity()} {
    for (lines const& topics :
         {lines{"a"}, lines{"d"}, lines{"a", "b", "c#ephemeral", "none"}, lines{"*"}, lines{"*"}}) {
      clients_.push_back(std::make_unique<watch_client>(topics));
    }
    start(1000, {});
  }

  ~watch_run() { end_connections(); }
  watch_run(watch_run const&) = delete;
  watch_run& operator=(watch_run const&) = delete;

  void run() {
    for (int step = 1; !choices_.empty(); ++step) {
      done_ = "step " + std::to_string(step) + ':';
      try {
        one_step();
      } catch (broken_contract const& broken) {
        throw broken_contract(done_ + ' ' + broken.what());
      }
    }
    done_ = "at the end";
    come_to_rest();
  }

 private:
  using action = void (watch_run::*)();

  lifetimes pick_lifetimes() {
    using std::chrono::seconds;
    return {.inactive_producer_timeout = seconds{10},
            .tombstone_lifetime = seconds{choices_.next() % 4 == 0 ? 0 : 5},
            .empty_topic_ttl = seconds{choices_.next() % 2 == 0 ? 0 : 7}};
  }

  std::size_t pick_capacity() { return std::array<std::size_t, 3>{0, 8, 200}[choices_.next() % 3]; }

  void start(std::uint64_t last_revision, stored_registry const& stored) {
    server_ = std::make_unique<watched_server>(
        lifetimes_, history{.capacity = capacity_, .last_revision = last_revision});
    restore(server_->db, server_->model, stored, now_, now_ + std::chrono::seconds{4});
    identities_.clear();
    for (auto const& producer : stored.producers) {
      identities_.push_back(producer.peer);
    }
    observe();
  }

  void end_connections() {
    for (auto const& client : clients_) {
      client->disconnect();
    }
  }

  void one_step() {
    static constexpr std::array<action, 26> actions{&watch_run::wait,
                                                    &watch_run::wait,
                                                    &watch_run::identify,
                                                    &watch_run::identify,
                                                    &watch_run::ping,
                                                    &watch_run::register_producer,
                                                    &watch_run::register_producer,
                                                    &watch_run::register_producer,
                                                    &watch_run::register_producer,
                                                    &watch_run::unregister,
                                                    &watch_run::disconnect,
                                                    &watch_run::create,
                                                    &watch_run::create,
                                                    &watch_run::delete_topic,
                                                    &watch_run::delete_channel,
                                                    &watch_run::tombstone,
                                                    &watch_run::reclaim,
                                                    &watch_run::restart,
                                                    &watch_run::read,
                                                    &watch_run::read,
                                                    &watch_run::read,
                                                    &watch_run::read,
                                                    &watch_run::read_all,
                                                    &watch_run::cut,
                                                    &watch_run::wake,
                                                    &watch_run::wake};
    touched_.reset();
    (this->*choices_.pick(actions))();
    server_->db.advance(now_);
    server_->model.settle(now_);
    observe();
  }

  // The body of the topic's lookup, as the model knows it.
  std::string state_of(std::string const& topic) const {
    auto const& model = server_->model;
    if (!model.has_topic(topic)) {
      return watch_truth::not_found;
    }
    std::string text = R"({"channels":[)";
    for (auto const& channel : model.channels(topic)) {
      text += (text.back() == '[' ? "\"" : ",\"") + channel + '"';
    }
    text += R"(],"producers":[)";
    for (auto const& line : model.lookup(topic, now_)) {
      text += (text.back() == '[' ? "" : ",") + shown_.at(line);
    }
    return text + "]}";
  }

  // Notes what is true now. A command on one topic moves the index of no other.
  void observe() {
    for (auto const& topic : {"a", "b", "c#ephemeral", "d", "none"}) {
      auto const index = server_->db.lookup_changed(topic);
      bool const is_known = truth_.topics().contains(topic);
      if (touched_ && *touched_ != topic && is_known && index != truth_.index_of(topic)) {
        throw broken_contract("a command on " + *touched_ + " moves the index of " + topic);
      }
      truth_.note(topic, index, state_of(topic));
    }
  }

  void note(std::string const& text) { done_ += ' ' + text; }
  void touch(std::string const& topic, std::string const& text) {
    touched_ = topic;
    note(text + ' ' + topic);
  }

  void wait() {
    auto const seconds = choices_.next() % 6;
    note("WAIT " + std::to_string(seconds));
    now_ += std::chrono::seconds{seconds};
    for (int slice = 0; server_->db.advance(now_, 1 + choices_.next() % 3); ++slice) {
      if (slice == most_turns) {
        throw broken_contract("advance() does not end");
      }
    }
  }

  void identify() {
    if (server_->connected.size() == most_producers) {
      return;
    }
    auto const number = std::to_string(++identified_);
    peer_info peer{.remote_address = "r" + number,
                   .hostname = number,
                   .broadcast_address = choices_.pick(hosts),
                   .tcp_port = 4150,
                   .http_port = 4151,
                   .version = "1",
                   .topology_zone = {},
                   .topology_region = {}};
    if (!identities_.empty() && choices_.next() % 2 == 0) {
      auto const remote = std::exchange(peer, choices_.pick(identities_)).remote_address;
      peer.remote_address = remote;
    }
    note("IDENTIFY " + peer_line(peer));
    shown_[peer_line(peer)] = shown(peer);
    auto const id = server_->db.add_producer(peer, now_);
    server_->connected.push_back(id);
    server_->model.add_producer(id, std::move(peer), now_);
  }

  std::optional<producer_id> pick_producer() {
    auto const& all = server_->connected;
    return all.empty() ? std::nullopt : std::optional{choices_.pick(all)};
  }

  std::string pick_channel() {
    return choices_.next() % 2 == 0 ? std::string{} : choices_.pick(channel_names);
  }

  void ping() {
    if (auto const id = pick_producer()) {
      note("PING");
      server_->db.ping(*id, now_);
      server_->model.ping(*id, now_);
    }
  }

  void register_producer() {
    if (auto const id = pick_producer()) {
      auto const topic = choices_.pick(topic_names);
      auto const channel = pick_channel();
      touch(topic, "REGISTER " + channel);
      server_->db.register_producer(*id, topic, channel);
      server_->model.register_producer(*id, topic, channel);
    }
  }

  void unregister() {
    if (auto const id = pick_producer()) {
      auto const topic = choices_.pick(topic_names);
      auto const channel = pick_channel();
      touch(topic, "UNREGISTER " + channel);
      if (channel.empty()) {
        server_->db.unregister_topic(*id, topic);
        server_->model.unregister_topic(*id, topic);
      } else {
        server_->db.unregister_channel(*id, topic, channel);
        server_->model.unregister_channel(*id, topic, channel);
      }
    }
  }

  void disconnect() {
    auto& all = server_->connected;
    if (all.empty()) {
      return;
    }
    auto const which = all.begin() + choices_.next() % static_cast<int>(all.size());
    note("DISCONNECT");
    server_->db.remove_producer(*which);
    server_->model.remove_producer(*which);
    all.erase(which);
  }

  void create() {
    auto const topic = choices_.pick(topic_names);
    auto const channel = pick_channel();
    touch(topic, "CREATE " + channel);
    if (channel.empty()) {
      server_->db.create_topic(topic);
      server_->model.create_topic(topic);
    } else {
      server_->db.create_channel(topic, channel);
      server_->model.create_channel(topic, channel);
    }
  }

  void delete_topic() {
    auto const topic = choices_.pick(topic_names);
    touch(topic, "DELETE");
    server_->db.delete_topic(topic);
    server_->model.delete_topic(topic);
  }

  void delete_channel() {
    auto const topic = choices_.pick(topic_names);
    auto const channel = choices_.pick(channel_names);
    touch(topic, "DELETE " + channel);
    server_->db.delete_channel(topic, channel);
    server_->model.delete_channel(topic, channel);
  }

  void tombstone() {
    auto const topic = choices_.pick(topic_names);
    auto const node = choices_.pick(hosts) + ":4151";
    touch(topic, "TOMBSTONE " + node);
    server_->db.tombstone(topic, node, now_);
    server_->model.tombstone(topic, node, now_);
  }

  void reclaim() {
    note("RECLAIM");
    server_->db.reclaim(choices_.next() % 4);
  }

  // All producers are gone, and all topics; or they are restored.
  void restart() {
    if (choices_.next() % 4 != 0) {
      return;
    }
    bool const is_warm = choices_.next() % 2 == 0;
    note(is_warm ? "WARM RESTART" : "RESTART");
    end_connections();
    auto const stored = is_warm ? server_->model.store(now_) : stored_registry{};
    start(server_->db.revision() + 1 + choices_.next() % 100, stored);
  }

  void connect(watch_client& client) {
    auto const text = client.target();
    auto const target = http::target::parse(text);
    auto const last = client.last_index();
    auto reply = http_api::respond(server_->routes, server_->routes.find(target->path()),
                                   {.method = "GET", .target = *target, .last_event_id = last},
                                   server_->db, now_);
    if (reply.events == nullptr) {
      throw broken_contract("no stream for " + text);
    }
    client.connect(std::move(reply.events), server_->waiting);
  }

  // One turn of one client.
  void read() {
    auto& client = *choices_.pick(clients_);
    note("READ " + client.target());
    if (!client.is_connected()) {
      connect(client);
    }
    static constexpr std::array<std::size_t, 4> budgets{1, 3, 20, 1000};
    client.read(choices_.pick(budgets), truth_);
    if (choices_.next() % 4 == 0) {
      client.be_slow();
    }
  }

  void read_all() {
    auto& client = *choices_.pick(clients_);
    note("READ ALL " + client.target());
    read_to_end(client);
  }

  void read_to_end(watch_client& client) {
    if (!client.is_connected()) {
      connect(client);
    }
    for (int turn = 0; client.read(1000, truth_); ++turn) {
      if (turn == most_turns) {
        throw broken_contract("the events never end");
      }
    }
  }

  void cut() {
    auto& client = *choices_.pick(clients_);
    note("CUT " + client.target());
    client.disconnect();
    if (choices_.next() % 8 == 0) {
      client.forget();
    }
  }

  void wake() {
    note("WAKE");
    server_->waiting.wake_some(choices_.next() % 4);
  }

  // Nothing changes any more, and all that wait are woken.
  void come_to_rest() {
    while (server_->db.reclaim(100)) {
    }
    observe();
    for (int turn = 0; server_->waiting.wake_some(100); ++turn) {
      if (turn == most_turns) {
        throw broken_contract("the watchers are never woken");
      }
    }
    for (auto const& client : clients_) {
      read_to_end(*client);
      client->expect_complete(truth_);
    }
  }

  choices choices_;
  lifetimes lifetimes_;
  std::size_t capacity_;
  time_point now_{std::chrono::seconds{100}};
  std::unique_ptr<watched_server> server_;
  std::vector<peer_info> identities_;
  watch_truth truth_;
  std::vector<std::unique_ptr<watch_client>> clients_;
  /// How `/lookup` shows a producer, by its peer_line().
  std::map<std::string, std::string> shown_;
  /// The topic of the last command, if it was on one alone.
  std::optional<std::string> touched_;
  int identified_ = 0;
  std::string done_;
};

}  // namespace

void run_watch_model(std::span<std::uint8_t const> bytes) {
  watch_run{bytes}.run();
}

}  // namespace nsqlookupd::test_support
