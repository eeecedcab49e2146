// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/registration_actor.hpp>

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using log::field;

// Entries that are given back after a function, at once. Slices follow, some 20 µs long.
constexpr std::size_t first_slice = 64;
constexpr std::size_t slice = 256;

// Slices go on for so long before everybody else has a turn.
constexpr std::chrono::microseconds slices_time{500};

// Watchers that are woken together, at most: to send each a short answer takes about as long.
// Before it is known how long theirs are, twice the first number.
constexpr std::size_t most_woken_at_once = 64;
constexpr std::size_t first_woken_at_once = 8;

// Registrations that a storm may leave behind before they are given back all the same: 10 MiB.
constexpr std::size_t most_to_put_off = std::size_t{256} << 10U;

// Neither a clock that stands still nor one that cannot be reached makes the timer spin.
constexpr std::chrono::milliseconds shortest_alarm{1};
constexpr std::chrono::hours longest_alarm{1};

void log_unregister(registry::change const& made, std::string_view category) {
  log::line(log::level::info, "DB: client(", field{"client", made.producer->remote_address}, ") ",
            field{"command", "UNREGISTER"}, " category:", field{"category", category},
            " key:", field{"topic", made.topic}, " subkey:", field{"channel", made.channel});
}

}  // namespace

asio::any_io_executor strand_of(asio::io_context& io, concurrency threads) {
  if (threads == concurrency::one_thread) {
    return io.get_executor();
  }
  return asio::make_strand(io.get_executor());
}

// A command's own lines are written where it is executed.
void registration_actor::change_log::on_change(registry::change const& made) {
  using registry::change_kind;
  if (!log::enabled(log::level::info)) {
    return;
  }
  bool const is_by_time = made.cause == registry::time_passed;
  if (made.kind == change_kind::producer_removed || made.kind == change_kind::producer_expired) {
    log_unregister(made, "client");
  } else if (made.kind == change_kind::unregistered && made.cause != "UNREGISTER") {
    log_unregister(made, made.channel.empty() ? "topic" : "channel");
  } else if (made.kind == change_kind::topic_removed && is_by_time) {
    log::line(log::level::info, "DB: removing topic(", field{"topic", made.topic},
              "), which nobody has registered for -empty-topic-ttl");
  } else if (made.kind == change_kind::channel_removed && is_by_time) {
    log::line(log::level::info, "DB: removing channel(", field{"channel", made.channel},
              ") from topic(", field{"topic", made.topic},
              "), which nobody has registered for -empty-topic-ttl");
  }
}

registration_actor::registration_actor(asio::io_context& io, concurrency threads,
                                       registry::lifetimes how_long, registry::limits how_many,
                                       registry::history since)
    : db_{how_long, how_many, since},
      executor_{strand_of(io, threads)},
      one_thread_{threads == concurrency::one_thread},
      timer_{executor_} {
  db_.follow(log_);
}

void registration_actor::serve(http_api::watchers& waiting, wall_clock now) {
  watchers_ = &waiting;
  now_ = std::move(now);
  db_.follow(waiting);
  // Restored producers expire in time, even if nobody asks.
  follow_up();
}

void registration_actor::wake_all() {
  post([this] {
    watchers_->mark_all();
    follow_up();
  });
}

void registration_actor::follow_up() {
  if (!reclaiming_ && db_.has_backlog() && db_.reclaim(first_slice)) {
    reclaiming_ = true;
    departed_registrations_ = db_.departed_registrations();
    post([this] { reclaim_slice_by_slice(); });
  }
  if (watchers_ == nullptr) {
    return;
  }
  if (!waking_ && watchers_->are_due()) {
    waking_ = true;
    woken_at_once_ = first_woken_at_once;
    woken_at_ = std::chrono::steady_clock::now();
    post([this] { wake_slice_by_slice(); });
  }
  if (auto const due = db_.next_due(); due < alarm_) {
    set_alarm(due);
  }
}

bool registration_actor::is_storm() noexcept {
  auto const before = std::exchange(departed_registrations_, db_.departed_registrations());
  return before < departed_registrations_ && departed_registrations_ < most_to_put_off;
}

// Registrations left behind cost memory alone, and to give it back takes a part of the time that it
// took to register it: with a turn in each round of the event loop this keeps pace.
void registration_actor::reclaim_slice_by_slice() {
  auto const end = std::chrono::steady_clock::now() + slices_time;
  bool is_more = true;
  if (!is_storm()) {
    while (is_more && std::chrono::steady_clock::now() < end) {
      is_more = db_.reclaim(slice);
    }
  }
  if (is_more) {
    post([this] { reclaim_slice_by_slice(); });
  } else {
    reclaiming_ = false;
  }
  follow_up();
}

// Those that are woken have their turn before the next. Where their answers are long, fewer
// are woken together.
void registration_actor::wake_slice_by_slice() {
  auto const now = std::chrono::steady_clock::now();
  auto const wanted =
      now - std::exchange(woken_at_, now) < slices_time ? 2 * woken_at_once_ : woken_at_once_ / 2;
  woken_at_once_ = std::clamp<std::size_t>(wanted, 1, most_woken_at_once);
  if (watchers_->wake_some(woken_at_once_)) {
    post([this] { wake_slice_by_slice(); });
  } else {
    waking_ = false;
  }
}

void registration_actor::set_alarm(registry::time_point due) {
  using std::chrono::nanoseconds;
  alarm_ = due;
  timer_.expires_after(std::clamp<nanoseconds>(due - now_(), shortest_alarm, longest_alarm));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) {
      alarm_ = registry::time_point::max();
      let_time_pass();
    }
  });
}

void registration_actor::let_time_pass() {
  if (db_.advance(now_(), slice)) {
    post([this] { let_time_pass(); });
  }
  follow_up();
}

}  // namespace nsqlookupd::net
