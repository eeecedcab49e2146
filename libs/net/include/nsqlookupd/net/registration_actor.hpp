// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/watchers.hpp>
#include <nsqlookupd/net/running_clock.hpp>
#include <nsqlookupd/net/task.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
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
/// The work that a function leaves comes after it, a little at once and the rest in slices: the
/// memory of removed producers and topics is given back, and watchers are woken.
class registration_actor {
 public:
  /// `io` must outlive the actor.
  registration_actor(boost::asio::io_context& io, concurrency threads, registry::lifetimes how_long,
                     registry::limits how_many, registry::history since = {});

  /// To be called before anything runs: `reader` hears of every change.
  void follow(registry::change_listener& reader) { db_.follow(reader); }

  /// To be called before anything runs: `waiting` hears of every change, and is woken. By `now`,
  /// changes that only time causes are made when they are due.
  void serve(http_api::watchers& waiting, wall_clock now);

  /// Calls `function(registration_db&)` at once. To be called before anything runs, or on the
  /// strand by a function that was posted.
  template <class Function>
  void visit(Function const& function) {
    function(db_);
  }

  /// Calls `function(registration_db&)` on the strand and returns what it returns, which is not
  /// void. Its exceptions are thrown here, on the caller's executor. `function` must not block; it
  /// may refer to locals of the awaiting coroutine.
  template <class Function>
  task<std::invoke_result_t<Function&, registry::registration_db&>> run(Function function) {
    if (one_thread_) {
      co_return invoke(function);
    }
    co_await boost::asio::dispatch(boost::asio::bind_executor(executor_, use_task));
    std::optional<std::invoke_result_t<Function&, registry::registration_db&>> result;
    std::exception_ptr failure;
    try {
      result.emplace(invoke(function));
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

  /// Wakes all that wait for changes, bit by bit. Any thread.
  void wake_all();

  /// Calls `function` on the strand once those who wait for it already had their turn. Any thread.
  template <class Function>
  void post(Function function) {
    boost::asio::post(executor_, std::move(function));
  }

 private:
  /// Writes into the log what v1.3.0 logs of a producer that leaves, and the removals that only
  /// time causes.
  class change_log final : public registry::change_listener {
   public:
    void on_change(registry::change const& made) override;
  };

  // After an exception, the next call does what is left.
  template <class Function>
  auto invoke(Function& function) {
    auto result = function(db_);
    follow_up();
    return result;
  }

  void follow_up();
  void reclaim_slice_by_slice();
  [[nodiscard]] bool is_storm() noexcept;
  void wake_slice_by_slice();
  void let_time_pass();
  void set_alarm(registry::time_point due);

  registry::registration_db db_;
  change_log log_;
  boost::asio::any_io_executor executor_;
  bool one_thread_;
  bool reclaiming_ = false;
  // The registrations of departed producers, at the last look.
  std::size_t departed_registrations_ = 0;
  // Null: nobody waits for changes.
  http_api::watchers* watchers_ = nullptr;
  bool waking_ = false;
  std::size_t woken_at_once_ = 0;
  std::chrono::steady_clock::time_point woken_at_;
  wall_clock now_;
  boost::asio::steady_timer timer_;
  // When the timer ends.
  registry::time_point alarm_ = registry::time_point::max();
};

}  // namespace nsqlookupd::net
