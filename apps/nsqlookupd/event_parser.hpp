// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd {

/// One event of a `text/event-stream`.
struct stream_event {
  /// The field `event`; empty: none.
  std::string name;
  std::string data;

  bool operator==(stream_event const&) const = default;
};

/// Makes events of the lines of a stream, as the HTML standard has it ("Server-sent events").
class event_parser {
 public:
  /// Takes a line without its line end. Returns the event that it completes.
  std::optional<stream_event> take_line(std::string_view line);

  /// Forgets an event that is not whole, since its stream has ended.
  void begin_stream() {
    event_ = {};
    id_ = last_id_;
  }

  /// The field `id` of the last event that was whole; empty: none.
  [[nodiscard]] std::string const& last_id() const noexcept { return last_id_; }

  /// How long to wait before the next connection, if the server has said so. Asking forgets it.
  [[nodiscard]] std::optional<std::chrono::milliseconds> take_retry();

 private:
  void take_field(std::string_view name, std::string_view value);

  stream_event event_;
  std::string id_;
  std::string last_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace nsqlookupd
