// SPDX-License-Identifier: MIT
#include "persistence.hpp"

#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/duration.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using log::level;

// Visited in one turn, which takes about a fifth of a millisecond.
constexpr std::size_t items_at_once = 2048;

// Before the next batch of a transaction, or when the disk was slower than the interval.
constexpr std::chrono::milliseconds short_pause{10};

}  // namespace

std::optional<stored_state> read_stored_state(config::options const& settings,
                                              registry::time_point now,
                                              handover_state const* before) {
  int locked = before == nullptr ? -1 : before->data_lock;
  if (locked >= 0 && before->data_path != settings.data_path) {
    ::close(std::exchange(locked, -1));
  }
  if (settings.data_path.empty()) {
    return std::nullopt;
  }
  stored_state found{store::file{settings.data_path, locked}, {}};
  if (before == nullptr) {
    found.content = found.file.load(now);
  }
  return found;
}

persistence::persistence(asio::io_context& io, net::registration_actor& actor, stored_state found,
                         config::options const& settings, net::wall_clock const& now)
    : io_{io},
      actor_{actor},
      interval_{settings.store_interval},
      writer_{std::move(found.file), now} {
  auto const began = std::chrono::steady_clock::now();
  actor_.follow(recorder_);
  if (!found.content) {
    return;
  }
  actor_.visit([&](registry::registration_db& db) {
    restore(db, *found.content, settings, now());
    auto const all = db.count_all();
    log::line(level::info, "STORE: restored ", all.producers, " producers and ", all.topics,
              " topics from ", settings.data_path, " in ",
              text::format_duration(std::chrono::round<std::chrono::milliseconds>(
                  std::chrono::steady_clock::now() - began)));
  });
}

// Names that vanish with their last producer come back with one alone.
void persistence::restore(registry::registration_db& db, store::state const& content,
                          config::options const& settings, registry::time_point now) const {
  using registry::restart;
  db.advance(now);
  for (auto const& [topic, channels] : content.topics) {
    if (registry::is_ephemeral(topic)) {
      continue;
    }
    db.create_topic(topic, restart);
    for (auto const& channel : channels) {
      if (!registry::is_ephemeral(channel)) {
        db.create_channel(topic, channel, restart);
      }
    }
  }
  for (auto const& producer : content.producers) {
    if (registry::later(producer.last_seen, settings.inactive_producer_timeout) < now) {
      continue;
    }
    auto const id = db.restore_producer(producer.peer, producer.last_seen);
    for (auto const& [topic, channel] : producer.registrations) {
      db.register_producer(id, topic, channel, restart);
    }
    for (auto const& [topic, set_at] : producer.tombstones) {
      db.restore_tombstone(id, topic, set_at);
    }
  }
  db.expect_back_until(registry::later(now, settings.restore_grace));
}

persistence::progress persistence::collect_slice(registry::registration_db const& db) {
  if (is_frozen_) {
    return progress::frozen;
  }
  if (writer_.take_request_for_all()) {
    recorder_.note_all();
  }
  if (!recorder_.has_notes()) {
    return progress::complete;
  }
  if (!recorder_.collect(db, items_at_once, next_)) {
    return progress::collecting;
  }
  auto const result = next_.is_complete ? progress::complete : progress::more;
  writer_.submit(next_);
  return result;
}

net::task<persistence::progress> persistence::collect_batch() {
  auto const visit = [this](registry::registration_db const& db) { return collect_slice(db); };
  while (true) {
    auto const reached = co_await actor_.run(visit);
    if (reached != progress::collecting) {
      co_return reached;
    }
    co_await asio::post(net::use_task);
  }
}

asio::awaitable<void> persistence::run() {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  std::chrono::nanoseconds pause = interval_;
  while (true) {
    timer.expires_after(std::max<std::chrono::nanoseconds>(pause, short_pause));
    if (auto const [error] = co_await timer.async_wait(net::token); error) {
      co_return;
    }
    pause = short_pause;
    if (rests_ || !writer_.is_ready()) {
      continue;
    }
    auto const [failure, reached] = co_await asio::co_spawn(io_, collect_batch(), net::token);
    if (failure) {
      std::rethrow_exception(failure);
    }
    if (reached == progress::frozen) {
      co_return;
    }
    pause = reached == progress::more ? short_pause : interval_;
  }
}

void persistence::begin_with(std::span<registry::producer_id const> producers) {
  for (auto const id : producers) {
    recorder_.note(id);
  }
}

void persistence::rest(bool rests) noexcept {
  rests_ = rests;
  writer_.rest(rests);
}

void persistence::freeze() {
  actor_.post(
      [this] { actor_.visit([this](registry::registration_db const& db) { collect_rest(db); }); });
}

void persistence::collect_rest(registry::registration_db const& db) {
  if (std::exchange(is_frozen_, true)) {
    return;
  }
  if (writer_.take_request_for_all()) {
    recorder_.note_all();
  }
  while (recorder_.has_notes()) {
    if (recorder_.collect(db, std::numeric_limits<std::size_t>::max(), next_)) {
      last_.push_back(std::exchange(next_, {}));
    }
  }
}

void persistence::finish() {
  for (auto& each : last_) {
    writer_.wait_until_ready();
    writer_.submit(each);
  }
  writer_.stop();
}

}  // namespace nsqlookupd
