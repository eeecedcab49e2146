// SPDX-License-Identifier: MIT
#include "lasting_loops.hpp"

#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/task.hpp>

#include "failures.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

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

void lasting_loops::run(std::string_view name, loop body) {
  asio::co_spawn(executor_, run_on(name, std::move(body)), logging_failures(name));
}

asio::awaitable<void> lasting_loops::run_on(std::string_view name, loop body) {
  asio::steady_timer pause{executor_};
  while (true) {
    std::string reason;
    try {
      auto once = body();
      co_await std::move(once);
      co_return;
    } catch (std::bad_alloc const&) {
      end_out_of_memory();
    } catch (std::exception const& failure) {
      reason = failure.what();
    }
    ++failed_;
    log::line(log::level::error, name, " failed, and is begun anew - ", reason);
    pause.expires_after(pause_after_failure);
    co_await pause.async_wait(net::token);
    --failed_;
  }
}

}  // namespace nsqlookupd
