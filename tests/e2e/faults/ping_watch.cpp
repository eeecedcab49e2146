// SPDX-License-Identifier: MIT
#include "ping_watch.hpp"

#include "patience.hpp"
#include <poll.h>

#include <algorithm>
#include <stdexcept>

namespace nsqlookupd::e2e {
namespace {

constexpr std::string_view watch_address = "10.8.8.8";

// Between two PINGs, so that the watch itself is no load.
constexpr std::chrono::milliseconds pause{1};

}  // namespace

ping_watch::ping_watch(std::uint16_t tcp_port) : client_{tcp_port} {
  client_.identify(watch_address);
  thread_ = std::jthread{[this](std::stop_token const& stop) { ping_until(stop); }};
  wait_for(1);
}

void ping_watch::wait_for(std::size_t more) {
  std::unique_lock lock{mutex_};
  auto const wanted = answered_ + more;
  answered_one_.wait(lock, [&] { return failure_ || answered_ >= wanted; });
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

void ping_watch::forget() {
  std::lock_guard const lock{mutex_};
  worst_ = {};
}

std::chrono::duration<double, std::milli> ping_watch::worst() {
  std::lock_guard const lock{mutex_};
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  auto const waiting = sent_ == clock::time_point{} ? clock::duration{} : clock::now() - sent_;
  return std::max(worst_, waiting);
}

void ping_watch::ping_until(std::stop_token const& stop) {
  try {
    while (!stop.stop_requested()) {
      ping_once();
      if (test_support::wait_for(client_.descriptor(), POLLIN, test_support::give_up_at(pause))) {
        throw std::runtime_error{"the server sent something that no PING asked for"};
      }
    }
  } catch (...) {
    std::lock_guard const lock{mutex_};
    failure_ = std::current_exception();
  }
  answered_one_.notify_all();
}

void ping_watch::ping_once() {
  auto const began = clock::now();
  {
    std::lock_guard const lock{mutex_};
    sent_ = began;
  }
  if (auto const reply = client_.command("PING"); reply != "OK") {
    throw std::runtime_error{"PING was answered '" + reply + "'"};
  }
  {
    std::lock_guard const lock{mutex_};
    worst_ = std::max(worst_, clock::now() - began);
    sent_ = {};
    ++answered_;
  }
  answered_one_.notify_all();
}

}  // namespace nsqlookupd::e2e
