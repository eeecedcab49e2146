// SPDX-License-Identifier: MIT
#include "shutdown_sequence.hpp"

#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/text/duration.hpp>

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <csignal>
#include <utility>

namespace nsqlookupd {
namespace {

namespace asio = boost::asio;

// Stopping may take a second: first sessions end by themselves, then they are cut.
constexpr std::chrono::milliseconds finish_time{500};
constexpr std::chrono::milliseconds cut_time{300};

}  // namespace

shutdown_sequence::shutdown_sequence(asio::io_context& io, asio::any_io_executor const& executor,
                                     net::connection_group& connections,
                                     std::chrono::nanoseconds drain_time, steps on_the_way)
    : io_{io},
      connections_{connections},
      drain_time_{drain_time},
      steps_{std::move(on_the_way)},
      signals_{executor, SIGTERM, SIGINT},
      timer_{executor} {}

void shutdown_sequence::request() {
  asio::post(timer_.get_executor(), [this] {
    is_requested_ = true;
    signals_.cancel();
  });
}

asio::awaitable<void> shutdown_sequence::run() {
  if (!is_requested_) {
    auto const [error, number] = co_await signals_.async_wait(net::token);
    if (!error) {
      log::line(log::level::info, "received ", number == SIGTERM ? "SIGTERM" : "SIGINT");
    }
    is_requested_ = true;
  }
  steps_.announce();
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) {
      io_.stop();
    }
  });
  if (drain_time_.count() != 0) {
    log::line(log::level::info, "draining: /readyz answers 503, serving on for ",
              text::format_duration(drain_time_));
    timer_.expires_after(drain_time_);
    co_await timer_.async_wait(net::token);
  }
  steps_.close_ports();
  connections_.stop_reading();
  co_await wait_until_empty(finish_time);
  connections_.cut();
  co_await wait_until_empty(cut_time);
  io_.stop();
}

asio::awaitable<void> shutdown_sequence::wait_until_empty(std::chrono::milliseconds limit) {
  timer_.expires_after(limit);
  connections_.on_empty([this] { asio::post(timer_.get_executor(), [this] { timer_.cancel(); }); });
  co_await timer_.async_wait(net::token);
  connections_.on_empty(nullptr);
}

}  // namespace nsqlookupd
