// SPDX-License-Identifier: MIT
#include "persistence.hpp"

#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/registry/names.hpp>
#include <nsqlookupd/text/duration.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <stdexcept>
#include <utility>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using log::level;

// Visited in one turn, which takes about a fifth of a millisecond.
constexpr std::size_t items_at_once = 2048;

// Before the next batch of a transaction, and between looks whether to write again.
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
                         config::options const& settings, net::wall_clock now, store_pace pace)
    : io_{io},
      actor_{actor},
      interval_{std::max<std::chrono::nanoseconds>(settings.store_interval, short_pause)},
      now_{std::move(now)},
      pace_{pace},
      file_{std::move(found.file)} {
  // Signals are for the program's threads. So a limit on the file's size (SIGXFSZ) is an error like
  // that of a full disk.
  asio::post(disk_, [] {
    sigset_t all_signals;
    ::sigfillset(&all_signals);
    ::pthread_sigmask(SIG_SETMASK, &all_signals, nullptr);
  });
  auto const began = clock::now();
  actor_.follow(recorder_);
  if (!found.content) {
    return;
  }
  actor_.visit([&](registry::registration_db& db) {
    restore(db, *found.content, settings, now_());
    auto const all = db.count_all();
    log::line(
        level::info, "STORE: restored ", all.producers, " producers and ", all.topics,
        " topics from ", settings.data_path, " in ",
        text::format_duration(std::chrono::round<std::chrono::milliseconds>(clock::now() - began)));
  });
}

// Names that vanish with their last producer come back with one alone.
void persistence::restore(registry::registration_db& db, store::state const& content,
                          config::options const& settings, registry::time_point now) const {
  using registry::restart;
  std::size_t refused = 0;
  auto const note = [&refused](registry::register_result const& result) {
    refused += result.refused == registry::refusal::none ? 0 : 1;
  };
  db.advance(now);
  for (auto const& [topic, channels] : content.topics) {
    if (registry::is_ephemeral(topic)) {
      continue;
    }
    note(db.create_topic(topic, restart));
    for (auto const& channel : channels) {
      if (!registry::is_ephemeral(channel)) {
        note(db.create_channel(topic, channel, restart));
      }
    }
  }
  for (auto const& producer : content.producers) {
    if (registry::later(producer.last_seen, settings.inactive_producer_timeout) < now) {
      continue;
    }
    auto const id = db.restore_producer(producer.peer, producer.last_seen);
    for (auto const& [topic, channel] : producer.registrations) {
      note(db.register_producer(id, topic, channel, restart));
    }
    for (auto const& [topic, set_at] : producer.tombstones) {
      db.restore_tombstone(id, topic, set_at);
    }
  }
  db.expect_back_until(registry::later(now, settings.restore_grace));
  if (refused != 0) {
    log::line(level::warning, "STORE: ", refused,
              " stored topics, channels and registrations are left out, because of -max-topics, "
              "-max-channels-per-topic or -max-registrations-per-producer");
  }
}

// Acts on the disk's thread, behind all that is under way there.
template <class Act>
void persistence::on_disk(Act act) {
  ++under_way_;
  asio::post(disk_, [this, act = std::move(act)] {
    try {
      act();
    } catch (std::runtime_error const& error) {
      needs_all_ = true;
      ++errors_;
      if (!std::exchange(failing_, true)) {
        log::line(level::error, "STORE: cannot write ", file_.path(), " - ", error.what(),
                  "; the server goes on, and stores everything when it can");
      }
    }
    --under_way_;
  });
}

void persistence::submit(rows::batch finished) {
  on_disk([this, batch = std::move(finished)] {
    if (needs_all_ && !batch.begins_anew) {
      return;
    }
    file_.write(batch, now_());
    needs_all_ = false;
    if (batch.is_complete && std::exchange(failing_, false)) {
      log::line(level::info, "STORE: ", file_.path(), " is written again");
    }
  });
}

// The older state stays as it is until there is another.
void persistence::touch() {
  on_disk([this] {
    if (!needs_all_) {
      file_.touch(now_());
    }
  });
}

void persistence::note_what_is_needed() {
  if (needs_all_ && !next_.begins_anew) {
    recorder_.note_all();
  }
}

persistence::progress persistence::collect_slice(registry::registration_db const& db) {
  if (is_frozen_) {
    return progress::frozen;
  }
  note_what_is_needed();
  if (!recorder_.has_notes()) {
    return progress::nothing;
  }
  if (!recorder_.collect(db, items_at_once, next_)) {
    return progress::unfinished;
  }
  auto const result = next_.is_complete ? progress::complete : progress::more;
  submit(std::exchange(next_, {}));
  return result;
}

net::task<persistence::progress> persistence::collect_batch() {
  auto const visit = [this](registry::registration_db const& db) { return collect_slice(db); };
  while (true) {
    auto const reached = co_await actor_.run(visit);
    if (reached != progress::unfinished) {
      co_return reached;
    }
    co_await asio::post(net::use_task);
  }
}

asio::awaitable<void> persistence::run() {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  auto batch_due = clock::now() + interval_;
  auto touch_due = clock::now() + pace_.alive;
  while (true) {
    timer.expires_at(std::min(batch_due, touch_due));
    if (auto const [error] = co_await timer.async_wait(net::token); error) {
      co_return;
    }
    if (rests_) {
      batch_due = touch_due = clock::now() + short_pause;
      continue;
    }
    auto const errors_before = errors();
    auto reached = progress::complete;
    bool const is_quiet = touch_due < batch_due;
    if (is_quiet) {
      touch();
    } else {
      auto const [failure, how_far] = co_await asio::co_spawn(io_, collect_batch(), net::token);
      if (failure) {
        std::rethrow_exception(failure);
      }
      if (how_far == progress::frozen) {
        co_return;
      }
      reached = how_far;
    }
    // Until that is written. What changes meanwhile stays noted.
    co_await asio::post(disk_, net::token);
    auto const now = clock::now();
    if (reached != progress::nothing) {
      touch_due = now + pace_.alive;
    }
    if (!is_quiet) {
      batch_due = now + (reached == progress::more ? short_pause : interval_);
    }
    if (errors() != errors_before) {
      batch_due = std::max(batch_due, now + pace_.after_error);
    }
  }
}

void persistence::begin_with(std::span<registry::producer_id const> producers) {
  for (auto const id : producers) {
    recorder_.note(id);
  }
}

void persistence::freeze() {
  actor_.post(
      [this] { actor_.visit([this](registry::registration_db const& db) { collect_rest(db); }); });
}

void persistence::collect_rest(registry::registration_db const& db) {
  if (std::exchange(is_frozen_, true)) {
    return;
  }
  note_what_is_needed();
  while (recorder_.has_notes()) {
    if (recorder_.collect(db, std::numeric_limits<std::size_t>::max(), next_)) {
      submit(std::exchange(next_, {}));
    }
  }
}

void persistence::finish() noexcept {
  asio::post(disk_, [this] { file_.close(); });
  disk_.join();
}

}  // namespace nsqlookupd
