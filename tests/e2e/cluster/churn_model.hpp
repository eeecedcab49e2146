// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace nsqlookupd::e2e {

/// All that the members of a cluster have to know, in plain containers.
class churn_model {
 public:
  using names = std::set<std::string>;

  /// `channel` may be empty.
  void enter(std::string const& address, std::string const& topic, std::string const& channel);
  /// One that has connected, and registered nothing yet.
  void come(std::string const& address) { producers_[address]; }
  /// The topic, or one of its channels unless that is empty.
  void leave(std::string const& address, std::string const& topic, std::string const& channel);
  void go(std::string const& address);
  void create(std::string const& topic, std::string const& channel);
  void remove(std::string const& topic);
  void hide(std::string const& address, std::string const& topic);

  /// Topics and their channels.
  [[nodiscard]] std::map<std::string, names> const& registered_by(
      std::string const& address) const {
    return producers_.at(address).topics;
  }
  [[nodiscard]] bool hides(std::string const& address, std::string const& topic) const {
    return producers_.at(address).hidden.contains(topic);
  }
  [[nodiscard]] std::size_t producers() const noexcept { return producers_.size(); }

  /// As cluster_of_members::picture_of() has it.
  [[nodiscard]] std::string picture() const;

 private:
  struct producer {
    std::map<std::string, names> topics;
    names hidden;
  };

  void forget_ephemeral();

  std::map<std::string, producer> producers_;
  std::map<std::string, names> topics_;
};

/// The words in which two pictures differ, each with its line: those of one alone with a minus,
/// those of the other alone with a plus.
[[nodiscard]] std::string difference_of(std::string const& one, std::string const& other);

}  // namespace nsqlookupd::e2e
