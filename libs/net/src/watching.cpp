// SPDX-License-Identifier: MIT
#include "watching.hpp"

#include <nsqlookupd/http/head.hpp>

#include <chrono>
#include <random>
#include <thread>
#include <utility>

namespace nsqlookupd::net {
namespace {

using http_state = http::event_stream::state;

// How much of the events is written in one visit to the actor: about half a millisecond.
constexpr std::size_t event_items = 2048;

// Bytes of events that gather before they are sent; one that is larger is sent from where it is.
constexpr std::size_t enough_events = std::size_t{64} << 10U;
constexpr std::size_t large_event = std::size_t{16} << 10U;

// So that clients do not all come back at once when the server ends the stream.
std::string retry_event() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  std::uniform_int_distribution<int> milliseconds{100, 2000};
  return "retry: " + std::to_string(milliseconds(generator)) + "\n\n";
}

}  // namespace

void watching::wake(registry::time_point when) noexcept {
  std::int64_t none = 0;
  changed_at_.compare_exchange_strong(none, when.time_since_epoch().count());
  auto waiting = sender::nobody;
  if (!must_end() && sender_.compare_exchange_strong(waiting, sender::change)) {
    bool const is_done = send_due() == http_state::idle && !client_.has_unsent();
    sender_ = is_done ? sender::nobody : sender::session;
    if (is_done) {
      return;
    }
  }
  wait_.interrupt();
}

bool watching::end_wait() {
  if (!wait_.is_over()) {
    return false;
  }
  // A few events are being sent, which is soon done.
  auto before = sender::nobody;
  while (!sender_.compare_exchange_weak(before, sender::session) && before != sender::session) {
    before = sender::nobody;
    std::this_thread::yield();
  }
  why_over_ = wait_.why_over();
  wait_.begin_again(comment_period);
  return true;
}

void watching::note_delay() {
  if (auto const when = changed_at_.exchange(0); when != 0) {
    service_.counters.watch_delay.observe(service_.now().time_since_epoch() -
                                          std::chrono::nanoseconds{when});
  }
}

void watching::begin_events(std::unique_ptr<http::event_stream> events, bool chunked) noexcept {
  events_ = std::move(events);
  is_chunked_ = chunked;
}

void watching::append(std::string& out, std::string_view events) const {
  if (is_chunked_) {
    http::append_chunk_size(out, events.size());
  }
  out.append(events).append(is_chunked_ ? http::after_events : "");
}

http_state watching::send_due() {
  std::string text;
  http::body large;
  auto state = http_state::ready;
  while (large.size() == 0 && text.size() < enough_events) {
    state = events_->write_some(event_items);
    if (state != http_state::ready) {
      break;
    }
    auto events = events_->take();
    if (is_chunked_) {
      http::append_chunk_size(text, events.size() - http::after_events.size());
    }
    if (events.size() < large_event) {
      text.append(events.first());
    } else {
      large = std::move(events);
    }
  }
  if (!text.empty() || large.size() != 0) {
    note_delay();
    client_.send(text, std::move(large));
  }
  if (client_.has_unsent()) {
    events_->release();
  }
  return state;
}

task<bool> watching::stream_some() {
  using reason = interruptible_wait::reason;
  auto const why = std::exchange(why_over_, reason::interrupted);
  if (why == reason::client && !must_end()) {
    co_return false;
  }
  if (why == reason::time) {
    std::string comment;
    append(comment, ":\n\n");
    client_.send(comment);
    if (client_.has_unsent()) {
      co_return true;
    }
  }
  auto const visit = [this](registry::registration_db&) { return send_due(); };
  auto const state = co_await service_.actor.run(visit);
  if (client_.has_unsent()) {
    co_return true;
  }
  if (state != http_state::idle) {
    co_await service_.turns.wait();
    co_return true;
  }
  if (must_end()) {
    end_stream();
    co_return false;
  }
  sender_ = sender::nobody;
  co_return true;
}

void watching::end_stream() {
  std::string end;
  append(end, retry_event());
  if (is_chunked_) {
    http::append_chunk_size(end, 0);
    end.append(http::after_events);
  }
  client_.send(end);
}

}  // namespace nsqlookupd::net
