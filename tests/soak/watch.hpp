// SPDX-License-Identifier: MIT
#pragma once

#include "event_client.hpp"
#include "model.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace nsqlookupd::soak {

/// A client that watches all topics, reads when it is asked to, and comes back behind the last
/// event that it saw. Everything throws std::runtime_error, wrong_answer among them.
class watch {
 public:
  watch(std::uint16_t port, model const& expected) : port_{port}, model_{expected} { reconnect(); }

  void reconnect();

  /// Reads on until the last state of each topic is the model's, which rests.
  void settle();

  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

 private:
  void take(test_support::sent_event const& event);
  /// The first topic that it was not told right of; empty when there is none.
  [[nodiscard]] std::string wrong_topic() const;

  std::uint16_t port_;
  model const& model_;
  std::unique_ptr<test_support::event_client> client_;
  std::string last_id_;
  /// By topic.
  std::map<std::string, std::string> told_;
  std::uint64_t events_ = 0;
};

}  // namespace nsqlookupd::soak
