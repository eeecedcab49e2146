// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>

#include "registry_lines.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::test_support {

/// Changes of a registration_db, and what was told with them.
struct told_changes {
  /// As change_line().
  lines changes;
  /// The same, with ` by cause at 7`, in nanoseconds.
  lines with_causes;
  std::vector<std::uint64_t> revisions;
  /// The topics whose lookups got a new index, as often as they did.
  lines lookups;
};

/// Hears of all changes of a registration_db.
class recorded_changes final : public registry::change_listener {
 public:
  explicit recorded_changes(registry::registration_db& db) { db.follow(*this); }

  void on_change(registry::change const& made) override {
    auto const line = change_line(made);
    told_.changes.push_back(line);
    told_.with_causes.push_back(line + " by " + std::string{made.cause} + " at " +
                                std::to_string(made.time.time_since_epoch().count()));
    told_.revisions.push_back(made.revision);
  }

  void on_lookup_changed(std::string_view topic) override { told_.lookups.emplace_back(topic); }

  /// The changes told since the last call of this function, or of one of the others.
  told_changes take_all() { return std::exchange(told_, {}); }
  lines take() { return take_all().changes; }
  lines take_with_causes() { return take_all().with_causes; }

 private:
  told_changes told_;
};

}  // namespace nsqlookupd::test_support
