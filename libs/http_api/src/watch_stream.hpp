// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http_api/answer_cache.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "listings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {

/// The events of `/watch` (docs/PROTOCOL.md, "Watching"): the lookup of each topic, at first and
/// whenever it has changed. Due events are sent in the order of its index, so that a client that
/// comes back with the last index it saw has missed nothing.
class watch_stream final : public http::event_stream {
 public:
  /// `topics`: sorted, each once; the wildcard alone is all topics that there are or come. `since`:
  /// the index that the client has seen; nothing when it is new. `db` and `cache` outlive it.
  watch_stream(registry::registration_db const& db, answer_cache& cache,
               std::vector<std::string> topics, std::optional<std::uint64_t> since);

  [[nodiscard]] std::span<std::string const> keys() const noexcept override { return topics_; }
  state write_some(std::size_t budget) override;
  void release() override;
  [[nodiscard]] http::body take() override;

 private:
  using due_topic = std::pair<std::uint64_t, std::string>;

  /// The state of a stream that has something to find out or to write. Thousands of streams wait
  /// and have none.
  struct work {
    /// In reverse order.
    std::vector<due_topic> due = {};
    /// The size of `due` from which on those with a greater index have to wait.
    std::size_t most = 0;
    /// The revision up to which topics are being collected; nothing when they are not.
    std::optional<std::uint64_t> target = {};
    /// Whether that goes by the journal, from its revision `at_revision` on.
    bool by_journal = false;
    std::uint64_t at_revision = 0;
    std::size_t at_index = 0;
    std::string at_name = {};
    /// The smallest index that did not fit into `due`.
    std::optional<std::uint64_t> left_out = {};
    std::unique_ptr<listing_body> writing = {};
    due_topic written = {};
    unsigned torn = 0;
    http::body event = {};
  };

  [[nodiscard]] bool is_of_all() const noexcept;
  [[nodiscard]] bool is_of_one() const noexcept;
  // The event about the only topic, if it is due and others were sent the same.
  bool take_cached();
  // Goes on to find the topics that changed since sent_; false when the budget is used up.
  bool collect(std::size_t& budget);
  bool collect_named(std::size_t& budget);
  bool collect_all(std::size_t& budget);
  bool collect_changed(std::size_t& budget);
  void begin_collecting();
  void end_collecting();
  void note(std::string_view topic);
  void sort_due();
  // Begins the event about the topic that is due; true when it is whole.
  bool begin_event();
  bool end_event();
  [[nodiscard]] std::string key_of(std::string_view topic) const;
  [[nodiscard]] std::string opening(std::string_view event) const;

  registry::registration_db const* db_;
  answer_cache* cache_;
  std::vector<std::string> topics_;
  /// All that changed up to this revision was sent, or is due.
  std::optional<std::uint64_t> sent_;
  http::shared_text cached_;
  std::unique_ptr<work> work_;
};

}  // namespace nsqlookupd::http_api
