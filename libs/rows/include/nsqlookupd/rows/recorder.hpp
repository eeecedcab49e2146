// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/change.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/rows/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace nsqlookupd::rows {

/// The producers that are written: all, or those alone whose connections are here.
enum class scope : std::uint8_t { all, connections };

/// Notes which producers and topics have changed, and writes what they are at present. So one that
/// comes and goes in between costs nothing, and however late the notes are written, there are no
/// more of them than there are producers and topics.
///
/// On the registration_db's strand. It must follow the registration_db before that has anything, or
/// be told of it by note() and note_all().
class recorder final : public registry::change_listener {
 public:
  explicit recorder(scope written = scope::all) noexcept : scope_{written} {}

  void on_change(registry::change const& made) override;
  void on_registrations_lost(std::span<registry::producer_id const> producers) override;

  /// Notes a producer that was there before the recorder followed.
  void note(registry::producer_id id);

  /// Everything is to be written anew, as one transaction of several batches. A batch that is not
  /// finished yet is begun again.
  void note_all();

  /// Whether collect() has something to write.
  [[nodiscard]] bool has_notes() const noexcept;

  /// Goes on filling `into`, a cleared batch at first, with what is noted. `budget` (at least 1):
  /// items to visit, each topic, channel, producer and registration for one. Returns true when the
  /// batch is finished, to be submitted: it is full, or all is in it that was noted when it was
  /// begun. Otherwise it is to be called again with the same batch, in the caller's next turn.
  ///
  /// Where nothing changes between the turns, the rows are then what the registry is. A producer
  /// that changes between two pages of its registrations is left to the next batch.
  bool collect(registry::registration_db const& db, std::size_t budget, batch& into);

 private:
  using name_set = std::set<std::string, std::less<>>;

  /// One for each id that there ever was.
  struct mark {
    bool is_noted = false;
    /// There is a row of it.
    bool is_stored = false;
  };

  [[nodiscard]] mark& mark_of(registry::producer_id id) noexcept {
    return marks_[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] bool is_due() const noexcept;
  [[nodiscard]] bool open_next(registry::registration_db const& db);
  void finish(registry::registration_db const& db, batch& into, bool is_end);
  void collect_topic(registry::registration_db const& db, std::size_t& budget, batch& into);
  void collect_producer(registry::registration_db const& db, std::size_t& budget, batch& into);
  [[nodiscard]] bool begin_producer(registry::registration_db const& db, batch& into);
  void add(registry::listed_registration const& one, std::string& text);
  void end_producer(batch& into);

  scope scope_;
  std::vector<mark> marks_;
  /// Noted since what is due was taken.
  std::vector<registry::producer_id> noted_;
  name_set noted_topics_;
  /// To be written.
  std::vector<registry::producer_id> due_;
  name_set due_topics_;
  /// All topics are due, behind this one.
  std::optional<std::string> topics_behind_;
  /// A transaction that writes everything: it is still to begin; it goes on; and a producer was
  /// left out of it.
  bool begins_anew_ = false;
  bool is_anew_ = false;
  bool left_out_ = false;
  /// The topic, or else the producer, that is being written; and where its row begins.
  std::string topic_;
  std::string channel_;
  std::optional<registry::producer_id> producer_;
  producer_row row_;
  std::string tombstones_;
  registry::registration_position position_;
  std::optional<std::size_t> row_begin_;
};

}  // namespace nsqlookupd::rows
