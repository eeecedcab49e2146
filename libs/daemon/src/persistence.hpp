// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/net/registration_actor.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/rows/recorder.hpp>
#include <nsqlookupd/store/writer.hpp>

#include "handover_state.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nsqlookupd {

/// The file under `-data-path` as it was found at the start.
struct stored_state {
  store::file file;
  /// Nothing where the state comes from elsewhere.
  std::optional<store::state> content;
};

/// Nothing when nothing is to be stored. Throws std::runtime_error with one line when the directory
/// cannot be used. `before`: the server that has handed over; its lock stays, and what it has
/// stored is not read. May be null.
[[nodiscard]] std::optional<stored_state> read_stored_state(config::options const& settings,
                                                            registry::time_point now,
                                                            handover_state const* before);

/// Brings the registry's state back after a restart, and writes behind what changes
/// (docs/DEPLOYING.md, "Restarts").
class persistence {
 public:
  /// Follows the registry and restores `found`, before anything runs. `io` and `actor` outlive it.
  persistence(boost::asio::io_context& io, net::registration_actor& actor, stored_state found,
              config::options const& settings, net::wall_clock const& now);

  /// Writes what changes, until freeze(). On any executor of the io_context.
  boost::asio::awaitable<void> run();

  /// Stores all of a registry that was handed over. Before anything runs.
  void begin_with(std::span<registry::producer_id const> producers);

  /// From now on, or no more: writes nothing. Any thread.
  void rest(bool rests) noexcept;

  /// False while something is written. Any thread.
  [[nodiscard]] bool is_at_rest() const noexcept { return writer_.is_ready(); }

  /// The descriptor that keeps other servers from the directory. Any thread.
  [[nodiscard]] int lock() const noexcept { return writer_.lock(); }

  /// Takes what has changed; what changes from then on is the work of stopping, and is not stored.
  /// To be called before connections are ended. Any thread.
  void freeze();

  /// Writes that, and waits for the disk. When nothing runs any more.
  void finish();

  /// How often writing failed. Any thread.
  [[nodiscard]] std::uint64_t errors() const noexcept { return writer_.errors(); }

 private:
  enum class progress : std::uint8_t { collecting, more, complete, frozen };

  void restore(registry::registration_db& db, store::state const& content,
               config::options const& settings, registry::time_point now) const;
  // On the actor's strand, as all that has to do with the recorder.
  progress collect_slice(registry::registration_db const& db);
  void collect_rest(registry::registration_db const& db);
  net::task<progress> collect_batch();

  boost::asio::io_context& io_;
  net::registration_actor& actor_;
  std::chrono::nanoseconds const interval_;
  rows::recorder recorder_;
  rows::batch next_;
  bool is_frozen_ = false;
  std::atomic<bool> rests_{false};
  // Still to be written at the end.
  std::vector<rows::batch> last_;
  store::writer writer_;
};

}  // namespace nsqlookupd
