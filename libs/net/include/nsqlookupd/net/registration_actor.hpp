// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace nsqlookupd::net {

/// How many threads run the io_context.
enum class concurrency : std::uint8_t { one_thread, many_threads };

/// One strand of `io`, which is `io` itself where one thread runs it.
[[nodiscard]] boost::asio::any_io_executor strand_of(boost::asio::io_context& io,
                                                     concurrency threads);

/// Owns the registration_db and is the only way to it: every function that is given to it runs
/// alone, on one strand.
///
/// With one thread that strand is implicit: nothing else can run at the same time, so run() is a
/// plain call that does not suspend. With many it is an asio::strand and the caller's coroutine
/// visits it and comes back. Callers cannot tell the difference.
///
/// The memory of removed producers and topics is given back after the function, a little at once
/// and the rest in slices.
class registration_actor {
 public:
  /// `io` must outlive the actor.
  registration_actor(boost::asio::io_context& io, concurrency threads, registry::lifetimes how_long,
                     registry::limits how_many);

  /// Calls `function(registration_db&)` on the strand and returns what it returns, which is not
  /// void. What it throws is thrown here, on the caller's executor. `function` must not block; it
  /// may refer to locals of the awaiting coroutine.
  template <class Function>
  task<std::invoke_result_t<Function&, registry::registration_db&>> run(Function function) {
    if (one_thread_) {
      co_return call(function);
    }
    co_await boost::asio::dispatch(boost::asio::bind_executor(executor_, use_task));
    std::optional<std::invoke_result_t<Function&, registry::registration_db&>> result;
    std::exception_ptr failure;
    try {
      result.emplace(call(function));
    } catch (...) {
      failure = std::current_exception();
    }
    // The way back is by post(): dispatch() would go on at once, and what the caller does next
    // would hold the strand.
    co_await boost::asio::post(use_task);
    if (failure) {
      std::rethrow_exception(failure);
    }
    co_return std::move(*result);
  }

  /// Calls `function` on the strand once those who wait for it already had their turn. Any thread.
  template <class Function>
  void post(Function function) {
    boost::asio::post(executor_, std::move(function));
  }

 private:
  // After an exception, the next call reclaims.
  template <class Function>
  auto call(Function& function) {
    auto result = function(db_);
    start_reclaiming();
    return result;
  }

  void start_reclaiming();
  void reclaim_slice_by_slice();
  [[nodiscard]] bool is_storm() noexcept;

  registry::registration_db db_;
  boost::asio::any_io_executor executor_;
  bool one_thread_;
  bool reclaiming_ = false;
  // The registrations of departed producers, at the last look.
  std::size_t departed_registrations_ = 0;
};

}  // namespace nsqlookupd::net
