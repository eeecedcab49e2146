// SPDX-License-Identifier: MIT
#include "watching.hpp"

#include <nsqlookupd/http/head.hpp>

#include <chrono>
#include <random>
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
  wait_.interrupt();
}

task<bool> watching::wait_for_change() {
  do {
    co_await wait_.wait();
  } while (!wait_.is_over());
  auto const why = wait_.why_over();
  if (why != interruptible_wait::reason::interrupted) {
    co_return false;
  }
  wait_.begin_again({});
  co_return !must_end();
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

watching::written watching::write_due() {
  written done{http_state::idle, {}, {}};
  while (done.large.size() == 0 && done.text.size() < enough_events) {
    done.state = events_->write_some(event_items);
    if (done.state != http_state::ready) {
      break;
    }
    auto events = events_->take();
    if (is_chunked_) {
      http::append_chunk_size(done.text, events.size() - http::after_events.size());
    }
    if (events.size() < large_event) {
      done.text.append(events.first());
    } else {
      done.large = std::move(events);
    }
  }
  return done;
}

task<bool> watching::stream_some(connection& client) {
  auto const visit = [this](registry::registration_db&) { return write_due(); };
  auto due = co_await service_.actor.run(visit);
  if (!due.text.empty()) {
    note_delay();
    client.send(due.text, std::move(due.large));
  }
  if (client.has_unsent()) {
    co_return true;
  }
  if (due.state != http_state::idle) {
    co_await service_.turns.wait();
    co_return true;
  }
  if (must_end()) {
    end_stream(client);
    co_return false;
  }
  do {
    co_await wait_.wait();
  } while (!wait_.is_over());
  auto const why = wait_.why_over();
  if (why == interruptible_wait::reason::time) {
    std::string comment;
    append(comment, ":\n\n");
    client.send(comment);
  } else if (why == interruptible_wait::reason::client && !must_end()) {
    co_return false;
  }
  wait_.begin_again(comment_period);
  co_return true;
}

void watching::end_stream(connection& client) {
  std::string end;
  append(end, retry_event());
  if (is_chunked_) {
    http::append_chunk_size(end, 0);
    end.append(http::after_events);
  }
  client.send(end);
}

}  // namespace nsqlookupd::net
