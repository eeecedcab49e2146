// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http_api/watchers.hpp>

#include "event_reader.hpp"
#include "watch_truth.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nsqlookupd::test_support {

/// A client of `/watch`: checks each event, and remembers the last state of each topic and the last
/// index, with which it comes back.
class watch_client final : public http_api::watcher {
 public:
  /// `topics`: those that it watches; `*` alone is all.
  explicit watch_client(std::vector<std::string> topics) : topics_{std::move(topics)} {}

  [[nodiscard]] std::string target() const;
  /// The index to come back with; empty when it has none.
  [[nodiscard]] std::string last_index() const;
  [[nodiscard]] bool is_connected() const noexcept { return stream_ != nullptr; }

  void connect(std::unique_ptr<http::event_stream> stream, http_api::watchers& waiting);
  void disconnect();
  /// It forgets all, as a client that has never been here.
  void forget();
  /// Reads what one turn of `budget` items gives, if it was woken. True when there may be more.
  bool read(std::size_t budget, watch_truth const& truth);

  /// It takes nothing for a while.
  void be_slow();

  /// Compares the state of each topic with what is true now.
  void expect_complete(watch_truth const& truth) const;

  void wake(registry::time_point) noexcept override { is_awake_ = true; }

 private:
  struct told {
    std::uint64_t index;
    std::string state;
  };

  [[nodiscard]] bool is_of_all() const { return topics_.front() == "*"; }
  [[nodiscard]] std::string topic_of(sent_event const& event) const;
  void take(sent_event const& event, watch_truth const& truth, bool may_be_torn);
  [[noreturn]] void complain(std::string const& about) const;

  std::vector<std::string> topics_;
  std::unique_ptr<http::event_stream> stream_;
  http_api::watchers* waiting_ = nullptr;
  bool is_awake_ = false;
  std::size_t busy_turns_ = 0;
  std::uint64_t last_index_ = 0;
  /// The indexes of events grow from here.
  std::uint64_t floor_ = 0;
  std::map<std::string, told> told_;
};

}  // namespace nsqlookupd::test_support
