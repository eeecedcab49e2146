// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace nsqlookupd::test_support {

/// The state of each topic at each of its indexes. A state is the body of `/lookup`.
class watch_truth {
 public:
  static constexpr auto not_found = R"({"message":"TOPIC_NOT_FOUND"})";

  /// The topic has this state and this index now. Throws broken_contract when it had another state
  /// at the same index, and when its index goes back.
  void note(std::string const& topic, std::uint64_t index, std::string state);

  /// The state at this index; empty when no such index was noted.
  [[nodiscard]] std::string state_at(std::string const& topic, std::uint64_t index) const;

  /// The last that was noted.
  [[nodiscard]] std::string const& state_of(std::string const& topic) const;
  [[nodiscard]] std::uint64_t index_of(std::string const& topic) const;

  [[nodiscard]] auto const& topics() const noexcept { return topics_; }

 private:
  std::map<std::string, std::map<std::uint64_t, std::string>> topics_;
};

}  // namespace nsqlookupd::test_support
