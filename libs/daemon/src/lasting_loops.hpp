// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string_view>
#include <utility>

namespace nsqlookupd {

/// The loops that have to live as long as the server does: accepting, sweeping, signals. One that
/// ends by an exception is logged, pauses, and is begun anew.
///
/// Used on one executor, that of its loops.
class lasting_loops {
 public:
  using loop = std::function<boost::asio::awaitable<void>()>;

  /// `executor`: where the loops run.
  explicit lasting_loops(boost::asio::any_io_executor executor) : executor_{std::move(executor)} {}

  /// Runs `body()` until it returns, which means that its work is done. `name` stands in the log
  /// and must outlive the loops.
  void run(std::string_view name, loop body);

  /// False while one of them has failed and not yet begun anew: the server is not whole then.
  [[nodiscard]] bool are_running() const noexcept { return failed_ == 0; }

 private:
  boost::asio::awaitable<void> run_on(std::string_view name, loop body);

  boost::asio::any_io_executor executor_;
  // How many pause after a failure.
  unsigned failed_ = 0;
};

}  // namespace nsqlookupd
