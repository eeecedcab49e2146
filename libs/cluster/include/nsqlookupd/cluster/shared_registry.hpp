// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/cluster/member_producers.hpp>
#include <nsqlookupd/cluster/news.hpp>
#include <nsqlookupd/cluster/own_changes.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

namespace nsqlookupd::cluster {

/// The registry of a member, in which there is what others tell, and of which others are told.
///
/// On the registration_db's strand.
class shared_registry {
 public:
  /// `on_change`: as own_changes has it.
  explicit shared_registry(std::function<void()> on_change) : own_{std::move(on_change)} {}

  /// Before anything runs, and after what was known before is in the registry.
  void follow(registry::registration_db& db);

  /// Goes on with the first of `told`. True when more is left, there or to be reconciled. `budget`
  /// (at least 1): registrations to look at, at most.
  bool apply(registry::registration_db& db, std::deque<news>& told, std::size_t budget,
             registry::time_point now);

  /// Adds to `unused` topics and channels that no producer has registered. True when more are left
  /// behind `at`. `budget`: names to look at, at most.
  [[nodiscard]] static bool list_unused(registry::registration_db const& db,
                                        registry::registration_name& at, std::size_t budget,
                                        std::vector<name_pair>& unused);

  /// All that members have was told.
  void end_of_reading() { others_.end_of_reading(); }

  [[nodiscard]] own_changes& own() noexcept { return own_; }

 private:
  void apply(registry::registration_db& db, producer_news& told);
  void apply(registry::registration_db& db, name_news& told);
  void apply(registry::registration_db& db, tombstone_news& told);
  void remove_name(registry::registration_db& db, name_news const& told);
  void delete_name(registry::registration_db& db, name_news const& told);

  registry::time_point now_;
  own_changes own_;
  member_producers others_;
};

}  // namespace nsqlookupd::cluster
