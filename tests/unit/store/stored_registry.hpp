// SPDX-License-Identifier: MIT
//
// A registry whose changes are noted, a directory for the file, and both as lines that compare.
#pragma once

#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/rows/recorder.hpp>
#include <nsqlookupd/store/file.hpp>
#include <nsqlookupd/store/state.hpp>

#include "registry_lines.hpp"
#include "scratch_directory.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace nsqlookupd::store {

using rows::batch;
using rows::microseconds_of;
using rows::recorder;

using test_support::lines;

/// So many seconds after 1970.
[[nodiscard]] registry::time_point at(int seconds);

/// A producer whose connection comes from `remote`.
[[nodiscard]] registry::peer_info peer(std::string remote);

/// Everything that is stored of a registry, sorted. A time only where it is to be what it was: that
/// of a tombstone, and the last update of a silent producer.
[[nodiscard]] lines lines_of(registry::registration_db const& db);
[[nodiscard]] lines lines_of(state const& stored);

/// The first column of what `sql` selects from the file, by a connection of its own.
[[nodiscard]] lines select(std::string const& path, std::string const& sql);

struct stored_registry {
  explicit stored_registry(registry::lifetimes how_long = {}) : db{how_long} { db.follow(changes); }

  [[nodiscard]] std::string database() const { return directory.path("nsqlookupd.db"); }

  /// Finishes the next batch, in slices of `budget`, with `between` called between them.
  [[nodiscard]] batch collect(std::size_t budget = 1000, std::function<void()> const& between = {});

  /// Writes batches until nothing is noted any more.
  void write_all(file& into, std::size_t budget = 1000);

  test_support::scratch_directory directory;
  registry::registration_db db;
  recorder changes;
  registry::time_point now = at(1000);
};

}  // namespace nsqlookupd::store
