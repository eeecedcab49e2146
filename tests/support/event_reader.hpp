// SPDX-License-Identifier: MIT
//
// Server-Sent Events, read as clients read them.
#pragma once

#include <nsqlookupd/http/reply.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::test_support {

/// One event; members that it has not are empty.
struct sent_event {
  std::string id;
  std::string event;
  std::string data;

  bool operator==(sent_event const&) const = default;
};

/// The events of a text of whole events. Throws std::runtime_error when it is none.
inline std::vector<sent_event> parse_events(std::string_view text) {
  std::vector<sent_event> events;
  sent_event next;
  while (!text.empty()) {
    auto const end = text.find('\n');
    if (end == std::string_view::npos) {
      throw std::runtime_error{"an event is cut short: " + std::string{text}};
    }
    auto const line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.empty()) {
      events.push_back(std::move(next));
      next = {};
    } else if (line.starts_with("id: ") && next == sent_event{}) {
      next.id = line.substr(4);
    } else if (line.starts_with("event: ") && next.event.empty() && next.data.empty()) {
      next.event = line.substr(7);
    } else if (line.starts_with("data: ") && next.data.empty()) {
      next.data = line.substr(6);
    } else {
      throw std::runtime_error{"no line of an event: " + std::string{line}};
    }
  }
  if (next != sent_event{}) {
    throw std::runtime_error{"an event has no end"};
  }
  return events;
}

/// The text of a body that is no stream.
inline std::string whole_text(http::body const& from) {
  std::string whole{from.first()};
  for (auto const& piece : from.more) {
    whole += piece;
  }
  return whole;
}

/// The events that are ready, which are taken.
inline std::vector<sent_event> take_events(http::event_stream& stream) {
  auto const text = whole_text(stream.take());
  if (!text.ends_with("\n\n\r\n")) {
    throw std::runtime_error{"no empty line behind the events: " + text};
  }
  return parse_events(std::string_view{text}.substr(0, text.size() - http::after_events.size()));
}

/// All events until there is nothing to send, written `budget` items at a time. Throws
/// std::runtime_error when that takes for ever.
inline std::vector<sent_event> read_events(http::event_stream& stream, std::size_t budget = 1000) {
  std::vector<sent_event> events;
  for (int turn = 0; turn < 1'000'000; ++turn) {
    auto const state = stream.write_some(budget);
    if (state == http::event_stream::state::idle) {
      return events;
    }
    if (state == http::event_stream::state::ready) {
      for (auto& event : take_events(stream)) {
        events.push_back(std::move(event));
      }
    }
  }
  throw std::runtime_error{"the events never end"};
}

}  // namespace nsqlookupd::test_support
