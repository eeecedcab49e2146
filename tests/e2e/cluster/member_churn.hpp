// SPDX-License-Identifier: MIT
#pragma once

#include "churn_model.hpp"
#include "cluster_fault.hpp"
#include "cluster_of_members.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {

/// Producers that come, register, unregister, move to other members and leave, and requests that
/// create, delete and tombstone, while faults happen to a cluster of three; and a model of it all.
/// Everything throws std::runtime_error, with the seed in it, at the first wrong answer.
class member_churn {
 public:
  member_churn(std::uint64_t seed, std::size_t producers);

  /// Some changes, a fault and more changes meanwhile. After its end all members have to become
  /// as the model is.
  void run_round();

  [[nodiscard]] std::size_t rounds() const noexcept { return rounds_; }
  [[nodiscard]] std::size_t changes() const noexcept { return changes_; }
  /// How long after the end of a fault all members were equal to the model, at most.
  [[nodiscard]] double worst_ms() const noexcept { return worst_ms_; }

 private:
  struct producer {
    std::string address;
    std::string ephemeral_topic;
    std::optional<test_support::lookup_client> client;
    std::size_t member = 0;
    // Until the end of the round.
    bool is_left_alone = false;
  };
  // Never leave their members, unless these are killed.
  using residents = std::vector<std::optional<test_support::lookup_client>>;

  [[nodiscard]] std::size_t random(std::size_t below);
  [[nodiscard]] std::size_t random_member();
  [[nodiscard]] producer& random_producer();
  [[noreturn]] void fail(std::string const& reason) const;
  void expect(std::string const& reply, std::string const& request) const;
  void post(std::size_t member, std::string const& target);

  void admit_resident(std::size_t member);
  void ask_for_residents();
  void change(std::size_t times);
  void change_one();
  void come(producer& one);
  void connect(producer& one, std::size_t member);
  void register_one(producer& one);
  void enter(producer& one, std::string const& topic, std::string const& channel);
  void unregister_one(producer& one);
  void move(producer& one);
  void leave(producer& one);
  void create();
  void remove_doomed();
  void hide_one();
  void lose_clients_of(std::size_t member);
  void settle(std::string const& after);

  std::uint64_t seed_;
  std::mt19937_64 engine_;
  cluster_of_members cluster_;
  churn_model model_;
  residents residents_;
  std::vector<producer> producers_;
  std::vector<fault_kind> faults_to_come_;
  std::optional<cluster_fault> fault_;
  std::size_t victim_ = 0;
  // Deleted in the next fault; nobody registers them any more.
  std::vector<std::string> doomed_;
  std::size_t made_ = 0;
  std::size_t rounds_ = 0;
  std::size_t changes_ = 0;
  double worst_ms_ = 0;
};

}  // namespace nsqlookupd::e2e
