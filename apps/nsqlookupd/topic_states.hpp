// SPDX-License-Identifier: MIT
#pragma once

#include "event_parser.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd {

/// A topic after a change of its producers. The server's texts are printable here and have no
/// spaces: other bytes are written `\xff`.
struct topic_change {
  std::string topic;
  /// The event's name: `lookup`, or `not_found` where there is no such topic.
  std::string event;
  /// All that are there now, sorted: `host:port`, with brackets around an IPv6 address.
  std::vector<std::string> producers;
  /// Lines that say what is new: `clicks +10.0.0.7:4150`.
  std::vector<std::string> lines;
};

/// The last states of topics that are watched. A topic's first state is told with `=`, a later one
/// by what came (`+`) and went (`-`).
class topic_states {
 public:
  /// `single`: the topic of a stream whose events name none; empty where they do.
  explicit topic_states(std::string single) : single_{std::move(single)} {}

  /// Takes an event of `/watch`. Nothing where no producer came or went; after a `reset`, each
  /// topic begins anew. Throws a
  /// std::runtime_error when the event is none of `/watch`.
  std::optional<topic_change> take(stream_event const& event);

 private:
  struct state {
    bool is_found = false;
    std::set<std::string> producers;
    bool operator==(state const&) const = default;
  };

  std::string single_;
  std::map<std::string, state, std::less<>> topics_;
};

}  // namespace nsqlookupd
