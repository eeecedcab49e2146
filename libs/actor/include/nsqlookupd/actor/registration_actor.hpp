// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/actor/task.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace nsqlookupd::actor {

/// How many threads run the io_context.
enum class concurrency : std::uint8_t { one_thread, many_threads };

/// Owns the registration_db and is the only way to it: every function that is given to it runs
/// alone, on one strand.
///
/// With one thread that strand is implicit: nothing else can run at the same time, so run() is a
/// plain call that does not suspend. With many it is an asio::strand and the caller's coroutine
/// visits it and comes back. Callers cannot tell the difference.
class registration_actor {
 public:
  /// `io` must outlive the actor.
  registration_actor(boost::asio::io_context& io, concurrency threads, registry::lifetimes how_long,
                     registry::limits how_many);

  /// Calls `function(registration_db&)` on the strand and returns what it returns. What it throws
  /// is thrown here, on the caller's executor. `function` must not block; it may refer to locals of
  /// the awaiting coroutine.
  template <class Function>
  task<std::invoke_result_t<Function&, registry::registration_db&>> run(Function function);

  /// What run() does, without a coroutine for it, where the caller is on the strand already: with
  /// one thread. Otherwise nothing, and `function` was not called.
  template <class Function>
  std::optional<std::invoke_result_t<Function&, registry::registration_db&>> try_run(
      Function&& function) {
    return one_thread_ ? std::optional{function(db_)} : std::nullopt;
  }

  /// Calls `step(registration_db&)` again and again until it returns true, and lets everybody else
  /// who waits have a turn in between.
  template <class Step>
  task<void> run_in_slices(Step step);

  /// Calls `function` on the strand once those who wait for it already had their turn. Any thread.
  template <class Function>
  void post(Function function) {
    boost::asio::post(executor_, std::move(function));
  }

  /// For use inside run(), after a producer or topic was removed: gives back what it held, a slice
  /// at a time, a little at once. While ever more leave, that they do comes first.
  void start_reclaiming(registry::registration_db& db);

 private:
  void reclaim_slice_by_slice();
  [[nodiscard]] bool is_storm() noexcept;

  registry::registration_db db_;
  boost::asio::any_io_executor executor_;
  bool one_thread_;
  bool reclaiming_ = false;
  // Of the departed, when it was last looked at.
  std::size_t departed_registrations_ = 0;
};

template <class Function>
task<std::invoke_result_t<Function&, registry::registration_db&>> registration_actor::run(
    Function function) {
  using result_type = std::invoke_result_t<Function&, registry::registration_db&>;
  if (one_thread_) {
    co_return function(db_);
  }
  co_await boost::asio::dispatch(boost::asio::bind_executor(executor_, use_task));
  std::exception_ptr failure;
  if constexpr (std::is_void_v<result_type>) {
    try {
      function(db_);
    } catch (...) {
      failure = std::current_exception();
    }
    co_await boost::asio::dispatch(use_task);
    if (failure) {
      std::rethrow_exception(failure);
    }
  } else {
    std::optional<result_type> result;
    try {
      result.emplace(function(db_));
    } catch (...) {
      failure = std::current_exception();
    }
    co_await boost::asio::dispatch(use_task);
    if (failure) {
      std::rethrow_exception(failure);
    }
    co_return std::move(*result);
  }
}

template <class Step>
task<void> registration_actor::run_in_slices(Step step) {
  auto const same_step = std::ref(step);
  while (true) {
    bool const finished = co_await run(same_step);
    if (finished) {
      co_return;
    }
    co_await boost::asio::post(use_task);
  }
}

}  // namespace nsqlookupd::actor
