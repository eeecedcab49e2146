// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <list>
#include <string_view>

namespace nsqlookupd {

/// The loops that have to live as long as the server does: accepting, sweeping, signals. One that
/// ends by an exception is logged, pauses, and is begun anew.
///
/// Used on one executor, that of its loops.
class lasting_loops {
 public:
  using loop = std::function<boost::asio::awaitable<void>()>;

  /// `executor`: where the loops run.
  explicit lasting_loops(boost::asio::any_io_executor executor);

  /// Runs `body()` until it returns, which means that its work is done. `name` stands in the log
  /// and must outlive the loops.
  void run(std::string_view name, loop body);

  /// False while one of them has failed and not yet begun anew: the server is not whole then.
  [[nodiscard]] bool are_running() const noexcept;

 private:
  struct state {
    std::string_view name;
    bool has_failed = false;
  };

  boost::asio::awaitable<void> run_on(state* own, loop body);

  boost::asio::any_io_executor executor_;
  // A list, since its loops refer to what is in it.
  std::list<state> loops_;
};

}  // namespace nsqlookupd
