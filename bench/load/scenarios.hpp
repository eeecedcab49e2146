// SPDX-License-Identifier: MIT
#pragma once

#include "figures.hpp"
#include "server_process.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// How watchers learn of changes.
enum class watch_mode {
  /// By `GET /watch`, a stream of events.
  stream,
  /// By `GET /lookup` with `index=` and `wait=`, asked again after each answer.
  wait,
};

/// How much load a scenario makes. Each uses what concerns it.
struct load {
  /// Stop after this many operations, or when `time_limit` is over, whichever comes first. One that
  /// has begun is completed: each connection does at least one.
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
  /// The registrations of others before it begins: topics, each with `standing_channels`.
  std::size_t standing_topics = 0;
  std::size_t standing_channels = 10;
  std::string path = "/lookup?topic=t0";
  /// The load beside which PINGs are sent: see usual_ping_load().
  std::string beside = "symbol";
  /// The clients that watch topics, in turn, and how.
  std::size_t watchers = 10'000;
  watch_mode mode = watch_mode::stream;
  /// Changes a second.
  double rate = 100;
  /// Whether all producers leave at once, in place of changes at a rate.
  bool storm = false;
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
/// Lookups while clients churn, of either `connections` at a time: the cost of the lookups, and
/// that of the churn. The CPU time is that of the server over all operations, the same in both.
[[nodiscard]] std::vector<figures> mixed(target const& server, load const& how);
/// One producer registers, one round trip each, while `/nodes`, `/topics` and `/debug` are asked
/// for without pause.
[[nodiscard]] figures long_answers(target const& server, load const& how);
/// The PINGs of one producer, one after another, while others do what load::beside names; the
/// operations are the PINGs. A load is cut off after ten seconds. The memory that
/// the load took is shared out among load::producers. Throws std::runtime_error when there is no
/// load of this name.
[[nodiscard]] figures ping(target const& server, load const& how);
/// `watchers` watch `topics` while `producers` register and unregister them in turn at `rate`. The
/// operations are the deliveries, and latencies are from the change to the watcher; a topic does
/// not change again before its last watcher is told. Memory is per watcher. Then as long again,
/// beside PINGs. At the end each watcher's last state is held against /lookup. With `storm`
/// producers with topics × channels close all at once: see storm(); latencies are from the last
/// close to the last event of each watcher. Throws cannot_watch when the server has nothing to
/// watch.
[[nodiscard]] figures watch(target const& server, load const& how);
/// How much of a storm it is usually.
[[nodiscard]] load usual_watch_storm();
/// How much load it is usually. Throws std::runtime_error when there is none of this name.
/// `symbol` and `metrics` are so many `operations`, pipelined GETs of
/// /debug/pprof/symbol and /metrics; `unregister` is UNREGISTERs, pipelined, by a producer without
/// part in that topic, beside as many channels of each as `topics` says; `register` is `producers`
/// that each pipeline as many REGISTERs as `topics` says; `unread` is as many HTTP clients as
/// `producers` says that ask for as many /topics as `pipelined` says, and read nothing; `delete` is
/// /topic/delete of a topic with as many channels as `topics` says.
[[nodiscard]] load usual_ping_load(std::string const& name);

}  // namespace bench
