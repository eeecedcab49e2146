// SPDX-License-Identifier: MIT
#include "lasting_loops.hpp"

#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/task.hpp>

#include "failures.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds pause_after_failure{100};

}  // namespace

lasting_loops::lasting_loops(asio::any_io_executor executor) : executor_{std::move(executor)} {}

void lasting_loops::run(std::string_view name, loop body) {
  auto& own = loops_.emplace_back(state{name});
  asio::co_spawn(executor_, run_on(&own, std::move(body)), logging_failures(name));
}

asio::awaitable<void> lasting_loops::run_on(state* own, loop body) {
  asio::steady_timer pause{executor_};
  while (true) {
    std::string reason;
    try {
      own->has_failed = false;
      auto once = body();
      co_await std::move(once);
      co_return;
    } catch (std::bad_alloc const&) {
      end_out_of_memory();
    } catch (std::exception const& failure) {
      reason = failure.what();
    }
    own->has_failed = true;
    log::line(log::level::error, own->name, " failed, and is begun anew - ", reason);
    pause.expires_after(pause_after_failure);
    co_await pause.async_wait(net::token);
  }
}

bool lasting_loops::are_running() const noexcept {
  return std::none_of(loops_.begin(), loops_.end(),
                      [](state const& each) { return each.has_failed; });
}

}  // namespace nsqlookupd
