// SPDX-License-Identifier: MIT
#include "measurement.hpp"

#include "progress.hpp"
#include "text.hpp"
#include <boost/asio/co_spawn.hpp>

#include <stdexcept>
#include <utility>

namespace bench {

using std::chrono::steady_clock;

std::runtime_error silence(std::chrono::milliseconds patience) {
  return std::runtime_error{"the server has answered nothing for " + in_seconds(patience) + " s"};
}

void measurement::spawn(boost::asio::awaitable<void> work) {
  ++working_;
  boost::asio::co_spawn(io_, std::move(work), [this](std::exception_ptr failure) {
    --working_;
    if (failure) {
      fail(failure);
    }
  });
}

void measurement::fail(std::exception_ptr failure) {
  if (!failure_) {
    failure_ = std::move(failure);
    io_.stop();
  }
}

void measurement::finish() {
  constexpr std::chrono::milliseconds look_every{250};
  auto seen = progress_;
  auto give_up = steady_clock::now() + how_.patience;
  while (working_ != 0 && !failure_) {
    io_.restart();
    io_.run_for(look_every);
    auto const now = steady_clock::now();
    if (progress_ != seen) {
      seen = progress_;
      give_up = now + how_.patience;
      progress::show(std::to_string(seen) + " answered");
    } else if (working_ != 0 && !failure_ && now > give_up) {
      throw silence(how_.patience);
    }
  }
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

void measurement::start_measuring() {
  began_ = steady_clock::now();
  cpu_before_ = cpu_time(server_.pid);
}

void measurement::stop_measuring() {
  if (!ended_) {
    ended_ = steady_clock::now();
    cpu_used_ = cpu_time(server_.pid) - cpu_before_;
  }
}

bool measurement::next() {
  return started_ < how_.operations && !time_is_over() && ++started_ != 0;
}

bool measurement::time_is_over() const {
  return steady_clock::now() - began_ >= how_.time_limit;
}

void measurement::done(tally& kind, time_point since, std::size_t operations) {
  kind.took.add(steady_clock::now() - since);
  kind.operations += operations;
  ++progress_;
}

figures measurement::result(std::string scenario, tally const& kind, std::size_t all) {
  stop_measuring();
  figures found;
  found.scenario = std::move(scenario);
  found.has_process = server_.pid != 0;
  found.operations = kind.operations;
  found.seconds = std::chrono::duration<double>{*ended_ - began_}.count();
  if (found.seconds > 0) {
    found.per_second = static_cast<double>(kind.operations) / found.seconds;
  }
  if (all != 0) {
    auto const used = std::chrono::duration<double, std::micro>{cpu_used_};
    found.cpu_us_per_operation = used.count() / static_cast<double>(all);
  }
  found.p50_us = kind.took.quantile_us(0.5);
  found.p99_us = kind.took.quantile_us(0.99);
  found.p999_us = kind.took.quantile_us(0.999);
  found.worst_us = kind.took.quantile_us(1);
  found.resident_bytes = static_cast<double>(resident_bytes(server_.pid));
  return found;
}

figures measurement::result(std::string scenario, std::size_t operations) {
  usual_.operations = operations;
  return result(std::move(scenario));
}

}  // namespace bench
