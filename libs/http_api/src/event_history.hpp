// SPDX-License-Identifier: MIT
//
// The answers of `/events`: what the journal remembers (docs/PROTOCOL.md, "Events").
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::http_api {

/// The changes that are asked for: of these topics and kinds, all where none is named.
struct event_filter {
  std::vector<std::string> topics;
  std::vector<std::string> kinds;

  [[nodiscard]] bool includes(registry::change const& made) const;
};

/// `{"message":"EVENTS_GONE","oldest":R}`.
[[nodiscard]] std::string events_gone(registry::journal const& changes, std::uint64_t next);

/// The body `{"events":[…],"next":R}`.
class event_list final : public http::body_stream {
 public:
  /// Changes after revision `since`, `limit` at most. `db` outlives it.
  event_list(registry::registration_db const& db, event_filter filter, std::uint64_t since,
             std::size_t limit);

  bool write_some(std::size_t budget) override;
  [[nodiscard]] std::size_t size() const noexcept override { return text_.size(); }
  http::body finish() override { return std::move(text_); }

 private:
  registry::registration_db const* db_;
  event_filter filter_;
  std::uint64_t at_;
  std::size_t left_;
  std::string text_ = "{\"events\":[";
};

/// The same as events, and those that come.
class event_feed final : public http::event_stream {
 public:
  /// Changes after revision `since`. `db` outlives it.
  event_feed(registry::registration_db const& db, event_filter filter, std::uint64_t since)
      : db_{&db}, filter_{std::move(filter)}, at_{since} {}

  [[nodiscard]] std::span<std::string const> keys() const noexcept override { return keys_; }
  state write_some(std::size_t budget) override;
  [[nodiscard]] http::body take() override;

 private:
  registry::registration_db const* db_;
  event_filter filter_;
  std::array<std::string, 1> keys_{"*"};
  std::uint64_t at_;
  std::string text_;
};

}  // namespace nsqlookupd::http_api
