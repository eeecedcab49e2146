// SPDX-License-Identifier: MIT
#pragma once

#include "figures.hpp"
#include "server_process.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// How much load a scenario makes. Each uses what concerns it.
struct load {
  /// Stop after this many operations, or when `time_limit` is over, whichever comes first. What has
  /// begun is done: each connection does at least one.
  std::size_t operations = 100'000;
  std::chrono::milliseconds time_limit{5'000};
  /// The longest time in which nothing at all is answered.
  std::chrono::milliseconds patience{60'000};
  std::size_t connections = 16;
  /// HTTP requests sent before their answers are read.
  std::size_t pipelined = 1;
  std::size_t producers = 1'000;
  std::size_t topics = 1;
  std::size_t channels = 1;
  /// Whether each producer has topics of its own.
  bool distinct_names = false;
  /// Whether something is registered or unregistered between any two requests of a connection.
  bool changing = false;
  /// What others have registered before it begins: topics, each with `standing_channels`.
  std::size_t standing_topics = 0;
  std::size_t standing_channels = 10;
  std::string path = "/lookup?topic=t0";
};

/// Connect, magic, IDENTIFY, REGISTER topic and channel, close: `connections` at a time.
[[nodiscard]] figures churn(target const& server, load const& how);
/// One producer registers topics × channels, pipelined; per command.
[[nodiscard]] figures register_names(target const& server, load const& how);
/// Producers with topics × channels each, which then do nothing: memory per producer, or with
/// `per_registration`, per entry of a producer in a topic or a channel.
[[nodiscard]] figures idle(target const& server, load const& how, bool per_registration);
/// Producers with topics × channels each close at once: the seconds from the last close until
/// `/nodes` is empty, and how long lookups take from the first. The operations are the producers.
/// Throws std::runtime_error when others are registered there, too.
[[nodiscard]] figures storm(target const& server, load const& how);
/// Producers connect at once and register topics × channels, one round trip each.
[[nodiscard]] figures restart_storm(target const& server, load const& how);
/// GET `path` over connections that are kept alive.
[[nodiscard]] figures lookup(target const& server, load const& how);
/// Lookups while clients churn, of either `connections` at a time: what the lookups cost, and what
/// the churn. The CPU time is that of the server over all operations, the same in both.
[[nodiscard]] std::vector<figures> mixed(target const& server, load const& how);
/// One producer registers, one round trip each, while `/nodes`, `/topics` and `/debug` are asked
/// for without pause.
[[nodiscard]] figures long_answers(target const& server, load const& how);

}  // namespace bench
