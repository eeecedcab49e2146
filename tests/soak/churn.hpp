// SPDX-License-Identifier: MIT
#pragma once

#include "lookup_client.hpp"
#include "model.hpp"
#include "questions.hpp"
#include "tcp_client.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::soak {

/// Producers that come, register, leave and crash, several at a time, and operators who create,
/// delete and tombstone what they use. Each reply is checked, and the model kept up to date.
/// Everything throws wrong_answer when the server errs.
class churn {
 public:
  /// `known`, `asker` must outlive it; `known` is empty.
  churn(std::uint16_t tcp_port, model& known, questions& asker, std::uint64_t seed);

  /// Connects those that never leave; first.
  void admit_residents();

  /// One random thing. Afterwards the model is what the server must know.
  void step();

  /// All leave but those that never do, and every topic is deleted but theirs.
  void clear();

  [[nodiscard]] std::uint64_t commands() const noexcept { return commands_; }
  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_; }

 private:
  struct producer {
    std::size_t number = 0;
    std::uint64_t generation = 0;
    std::string name = {};
    std::optional<test_support::lookup_client> client = {};
    // Shared topics in which it has its own ephemeral channel.
    std::set<std::string> private_channels = {};
  };
  // The commands that a producer sends at one go, and the replies that must come back.
  struct errand {
    producer* sender;
    std::string bytes = {};
    std::vector<std::string> replies = {};
  };

  std::size_t random(std::size_t below) { return engine_() % below; }
  std::string shared_topic() { return "t" + std::to_string(random(30)); }
  std::string shared_channel() { return "c" + std::to_string(random(6)); }

  void admit_resident(std::size_t number);
  void connect(producer& peer);
  void run_errands();
  void add_command(errand& to);
  void add_registration(errand& to, bool enters);
  static void add_mistake(errand& to, std::size_t which);
  void send_in_pieces(producer const& peer, std::string_view bytes);
  void receive(errand const& from);
  void disconnect(producer& peer);
  void settle();
  void change_over_http();
  void refuse_over_http();
  void read_something();
  void let_strangers_come();

  std::uint16_t port_;
  model& model_;
  questions& questions_;
  std::mt19937_64 engine_;
  std::string identity_;
  std::vector<producer> producers_;
  std::vector<test_support::lookup_client> residents_;
  std::deque<test_support::tcp_client> strangers_;
  // Topics whose channels may not have gone yet.
  std::set<std::string> unsettled_;
  bool somebody_left_ = false;
  std::uint64_t commands_ = 0;
  std::uint64_t connections_ = 0;
};

}  // namespace nsqlookupd::soak
