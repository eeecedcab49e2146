// SPDX-License-Identifier: MIT
#pragma once

#include "client.hpp"
#include "figures.hpp"
#include "scenarios.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace bench {

/// One measurement: its coroutines, what they count, and when they are to stop.
class measurement {
 public:
  measurement(target const& server, load const& how) : server_{server}, how_{how} {}

  [[nodiscard]] target const& server() const noexcept { return server_; }
  [[nodiscard]] load const& how() const noexcept { return how_; }
  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
  [[nodiscard]] client& keep_client() { return kept_.emplace_back(io_); }
  [[nodiscard]] std::deque<client>& kept() noexcept { return kept_; }

  void spawn(boost::asio::awaitable<void> work) {
    ++working_;
    boost::asio::co_spawn(io_, std::move(work), [this](std::exception_ptr failure) {
      --working_;
      if (failure && !failure_) {
        failure_ = failure;
        io_.stop();
      }
    });
  }

  // Runs what was spawned to its end; throws what one of them threw. A server that makes no
  // progress is not waited for.
  void finish() {
    constexpr std::chrono::seconds patience{60};
    io_.restart();
    auto seen = progress_;
    auto give_up = std::chrono::steady_clock::now() + patience;
    while (working_ != 0 && !failure_) {
      io_.run_for(std::chrono::seconds{1});
      auto const now = std::chrono::steady_clock::now();
      if (progress_ != seen) {
        seen = progress_;
        give_up = now + patience;
      } else if (working_ != 0 && now > give_up) {
        throw std::runtime_error{"the server made no progress for 60 s"};
      }
      io_.restart();
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

  void start_measuring() {
    began_ = std::chrono::steady_clock::now();
    cpu_before_ = cpu_time(server_.pid);
  }

  // False when enough was done.
  [[nodiscard]] bool next() {
    return started_ < how_.operations &&
           std::chrono::steady_clock::now() - began_ < how_.time_limit && ++started_ != 0;
  }
  [[nodiscard]] bool time_is_over() const {
    return std::chrono::steady_clock::now() - began_ >= how_.time_limit;
  }
  void done(std::chrono::steady_clock::time_point since, std::size_t operations = 1) {
    took_.add(std::chrono::steady_clock::now() - since);
    operations_ += operations;
    ++progress_;
  }
  void made_progress() noexcept { ++progress_; }

  [[nodiscard]] figures result(std::string scenario) const {
    figures found;
    found.scenario = std::move(scenario);
    found.operations = operations_;
    found.seconds =
        std::chrono::duration<double>{std::chrono::steady_clock::now() - began_}.count();
    auto const cpu = std::chrono::duration<double, std::micro>{cpu_time(server_.pid) - cpu_before_};
    if (operations_ != 0) {
      found.cpu_us_per_operation = cpu.count() / static_cast<double>(operations_);
    }
    found.p50_us = took_.quantile_us(0.5);
    found.p99_us = took_.quantile_us(0.99);
    found.p999_us = took_.quantile_us(0.999);
    found.worst_us = took_.quantile_us(1);
    found.resident_bytes = resident_bytes(server_.pid);
    return found;
  }

 private:
  target server_;
  load how_;
  boost::asio::io_context io_{1};
  std::deque<client> kept_;
  std::size_t working_ = 0;
  std::size_t started_ = 0;
  std::size_t operations_ = 0;
  std::size_t progress_ = 0;
  std::exception_ptr failure_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::nanoseconds cpu_before_{};
  latencies took_;
};

}  // namespace bench
