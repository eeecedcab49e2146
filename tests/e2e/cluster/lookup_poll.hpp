// SPDX-License-Identifier: MIT
#pragma once

#include "cluster_member.hpp"
#include "repeated_action.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {

/// Asks members for a topic without a pause, on a thread of its own, and fails at the first answer
/// in which one of the producers is not, or is twice. The members run for as long as this does.
class lookup_poll {
 public:
  lookup_poll(std::vector<cluster_member*> const& members, std::string topic,
              std::vector<std::string> addresses);

  /// Returns when each member was asked once more. Throws std::runtime_error when an answer was
  /// wrong.
  void wait_for_another() { asking_->wait_for(2); }
  /// The same, and asks no more. Returns how often all were asked.
  std::size_t end();

 private:
  struct asked {
    std::string node_id;
    server_reader reader;
  };

  void ask_all();

  std::string topic_;
  std::vector<std::string> addresses_;
  std::vector<asked> members_;
  // Not before the rest is there.
  std::unique_ptr<repeated_action> asking_;
};

}  // namespace nsqlookupd::e2e
