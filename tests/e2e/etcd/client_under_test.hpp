// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/etcd/client.hpp>

#include "etcd_process.hpp"
#include "patience.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nsqlookupd::etcd::test {

/// The end of a coroutine that has been started.
template <class Value>
struct pending {
  std::exception_ptr exception;
  std::optional<Value> value;

  [[nodiscard]] bool is_over() const { return exception || value; }
};

/// A thread of the cluster's that runs only while the test waits.
class event_loop {
 public:
  template <class Value>
  std::shared_ptr<pending<Value>> start(net::task<Value> task) {
    auto const state = std::make_shared<pending<Value>>();
    auto const note = [state](std::exception_ptr exception, Value value) {
      state->exception = std::move(exception);
      state->value = std::move(value);
    };
    boost::asio::co_spawn(io.get_executor(), std::move(task), note);
    return state;
  }

  /// Throws the exception of the coroutine, and std::runtime_error when it does not end in time.
  template <class Value>
  Value wait(std::shared_ptr<pending<Value>> const& started) {
    run_until([&] { return started->is_over(); });
    if (started->exception) {
      std::rethrow_exception(started->exception);
    }
    return std::move(*started->value);
  }

  template <class Value>
  Value wait(net::task<Value> task) {
    return wait(start(std::move(task)));
  }

  /// Runs everything that is ready, and waits for nothing.
  void run_ready() {
    io.restart();
    io.poll();
  }

  template <class Condition>
  void run_until(Condition const& condition) {
    auto const until = test_support::give_up_at();
    while (!condition()) {
      io.restart();
      if (io.run_one_until(until) == 0 && std::chrono::steady_clock::now() >= until) {
        throw std::runtime_error{"a coroutine did not end in time"};
      }
    }
  }

  boost::asio::io_context io{1};
};

[[nodiscard]] settings settings_for(std::vector<std::string> const& urls);

/// A client with its event loop.
class client_under_test : public event_loop {
 public:
  explicit client_under_test(etcd::settings settings);
  explicit client_under_test(test_support::etcd_process const& etcd);

  /// Each throws the error, if it is one.
  std::int64_t commit(std::vector<operation> operations);
  std::int64_t put(std::string key, std::string value);
  page range(std::string begin, std::string end, std::int64_t limit = 0,
             std::int64_t at_revision = 0);
  /// The value of a key; nothing if there is none.
  std::optional<std::string> get(std::string key);
  std::unique_ptr<watch> open_watch(std::string prefix, std::int64_t from_revision);
  /// The next events; answers without any are left out.
  std::vector<event> next_events(etcd::watch& watch);

  template <class Value>
  boost::system::error_code error_of(net::task<result<Value>> task) {
    auto const answer = wait(std::move(task));
    return answer ? boost::system::error_code{} : answer.error();
  }

  /// Those that the client has told of: `txn ok`.
  std::vector<std::string> attempts;
  etcd::client client;

 private:
  settings with_attempts(etcd::settings settings);
};

/// Lets etcd forget all revisions before this one.
void compact(test_support::etcd_process const& etcd, std::int64_t revision);

}  // namespace nsqlookupd::etcd::test
