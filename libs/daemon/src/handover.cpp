// SPDX-License-Identifier: MIT
#include "handover.hpp"

#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>
#include <nsqlookupd/net/task.hpp>

#include "next_program.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;
using log::level;

// Others are served on until nothing is in progress: for so long at most, with a look every so
// often.
constexpr std::chrono::seconds time_to_rest{5};
constexpr std::chrono::milliseconds between_looks{20};

// A look may end what has begun, while nobody else is served.
constexpr std::chrono::milliseconds longer_each_time{5};
constexpr std::chrono::milliseconds longest_look{100};

constexpr std::chrono::milliseconds time_for_log{50};

}  // namespace

handover::handover(asio::io_context& io, asio::any_io_executor const& executor, program self,
                   steps on_the_way)
    : io_{io},
      self_{std::move(self)},
      steps_{std::move(on_the_way)},
      signals_{executor},
      timer_{executor} {
  if (!self_.path.empty()) {
    signals_.add(SIGUSR2);
  }
}

asio::awaitable<void> handover::run() {
  while (true) {
    if (auto const [error, number] = co_await signals_.async_wait(net::token); error) {
      co_return;
    }
    log::line(level::info, "received SIGUSR2");
    if (!steps_.may_begin()) {
      continue;
    }
    steps_.announce();
    std::string reason;
    try {
      reason = co_await attempt();
    } catch (std::exception const& error) {
      reason = error.what();
    }
    if (steps_.may_begin()) {
      log::line(level::error, "HANDOVER: ", self_.path, " cannot take over - ", reason,
                "; serving on");
    }
    steps_.go_on();
  }
}

// Returns only when it fails.
asio::awaitable<std::string> handover::attempt() {
  std::string state;
  std::function<void()> const save = [&] { state = format(steps_.save(false)); };
  co_await alone(save);
  std::string reason;
  {
    memory_file const file{std::exchange(state, {})};
    reason = co_await dry_run(self_, file.descriptor());
  }
  if (reason.empty() && steps_.may_begin()) {
    steps_.come_to_rest();
  }
  std::optional<std::string> failure;
  auto const end = std::chrono::steady_clock::now() + time_to_rest;
  for (unsigned looks = 1; reason.empty() && !failure; ++looks) {
    if (!steps_.may_begin()) {
      co_return "the server stops";
    }
    std::function<void()> const look = [&] {
      blocked_signals const until_it_runs;
      bool const is_at_rest = steps_.is_at_rest(std::min(looks * longer_each_time, longest_look));
      // A signal that came before may have been heard meanwhile.
      bool const is_last = std::chrono::steady_clock::now() >= end;
      if ((is_at_rest || is_last) && steps_.may_begin()) {
        failure = take_over();
      }
    };
    co_await alone(look);
    if (!failure) {
      timer_.expires_after(between_looks);
      co_await timer_.async_wait(net::token);
    }
  }
  co_return failure ? *failure : reason;
}

std::string handover::take_over() {
  auto const began = std::chrono::steady_clock::now();
  auto state = steps_.save(true);
  state.began = began.time_since_epoch().count();
  std::vector<int> open_on;
  open_on.reserve(state.listeners.size() + state.clients.size() + 1);
  for (auto const& each : state.listeners) {
    open_on.push_back(each.descriptor);
  }
  for (auto const& each : state.clients) {
    open_on.push_back(each.descriptor);
  }
  if (state.data_lock >= 0) {
    open_on.push_back(state.data_lock);
  }
  memory_file const file{format(state)};
  log::line(level::info, "HANDOVER: ", self_.path, " takes over");
  log::flush(time_for_log);
  return execute(self_, file.descriptor(), open_on);
}

asio::awaitable<void> handover::alone(std::function<void()> act) {
  act_ = std::move(act);
  timer_.expires_at(asio::steady_timer::time_point::max());
  io_.stop();
  co_await timer_.async_wait(net::token);
  if (auto const failure = std::exchange(failure_, nullptr)) {
    std::rethrow_exception(failure);
  }
}

bool handover::act_alone() {
  auto const act = std::exchange(act_, nullptr);
  if (!act) {
    return false;
  }
  io_.restart();
  try {
    act();
  } catch (...) {
    failure_ = std::current_exception();
  }
  // The server has ended meanwhile.
  if (io_.stopped()) {
    return false;
  }
  timer_.cancel();
  return true;
}

}  // namespace nsqlookupd
