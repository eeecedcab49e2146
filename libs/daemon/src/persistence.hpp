// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/net/registration_actor.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/rows/recorder.hpp>
#include <nsqlookupd/store/file.hpp>
#include <nsqlookupd/store/state.hpp>

#include "handover_state.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

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

/// How long the file is left alone.
struct store_pace {
  /// While nothing changes: then the moment at which the server is alive is stored.
  std::chrono::milliseconds alive{2000};
  /// After an error.
  std::chrono::milliseconds after_error{1000};
};

/// Brings the registry's state back after a restart, and writes behind what changes
/// (docs/DEPLOYING.md, "Restarts"), on a thread of its own: nobody waits for the disk.
///
/// When the disk fails, that is said once, and once more when everything is stored again. All is
/// written anew then, as it is at first: what was stored before has other ids.
class persistence {
 public:
  /// Follows the registry and restores `found`, before anything runs. `io` and `actor` outlive it.
  /// `now` is asked on the disk's thread, too.
  persistence(boost::asio::io_context& io, net::registration_actor& actor, stored_state found,
              config::options const& settings, net::wall_clock now, store_pace pace = {});
  persistence(persistence const&) = delete;
  persistence& operator=(persistence const&) = delete;
  ~persistence() { finish(); }

  /// Writes what changes, until freeze(). On any executor of the io_context.
  boost::asio::awaitable<void> run();

  /// Stores all of a registry that was handed over. Before anything runs.
  void begin_with(std::span<registry::producer_id const> producers);

  /// From now on, or no more: writes nothing. Any thread.
  void rest(bool rests) noexcept { rests_ = rests; }

  /// False while something is written. Any thread.
  [[nodiscard]] bool is_at_rest() const noexcept { return under_way_ == 0; }

  /// The descriptor that keeps other servers from the directory. Any thread.
  [[nodiscard]] int lock() const noexcept { return file_.lock(); }

  /// Takes what has changed, to be written; what changes from then on is the work of stopping, and
  /// is not stored. To be called before connections are ended. Any thread.
  void freeze();

  /// Waits until that is written, and closes the file. When nothing runs any more.
  void finish() noexcept;

  /// How often writing failed. Any thread.
  [[nodiscard]] std::uint64_t errors() const noexcept { return errors_; }

 private:
  enum class progress : std::uint8_t { nothing, unfinished, more, complete, frozen };

  void restore(registry::registration_db& db, store::state const& content,
               config::options const& settings, registry::time_point now) const;
  // On the actor's strand, as all that has to do with the recorder.
  progress collect_slice(registry::registration_db const& db);
  void collect_rest(registry::registration_db const& db);
  void note_what_is_needed();
  net::task<progress> collect_batch();
  // Any thread.
  void submit(rows::batch finished);
  void touch();
  template <class Act>
  void on_disk(Act act);

  boost::asio::io_context& io_;
  net::registration_actor& actor_;
  std::chrono::nanoseconds const interval_;
  net::wall_clock const now_;
  store_pace const pace_;
  rows::recorder recorder_;
  rows::batch next_;
  bool is_frozen_ = false;
  std::atomic<bool> rests_{false};
  // Batches are dropped until one begins anew.
  std::atomic<bool> needs_all_{true};
  std::atomic<unsigned> under_way_{0};
  std::atomic<std::uint64_t> errors_{0};
  // For the disk's thread alone.
  bool failing_ = false;
  store::file file_;
  boost::asio::thread_pool disk_{1};
};

}  // namespace nsqlookupd
