// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/setup.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::test_support {

/// Starts the log and keeps its lines in memory, until the end of the scope.
class captured_log {
 public:
  explicit captured_log(log::level threshold = log::level::debug) {
    log::start({.prefix = "", .threshold = threshold, .sink = std::make_unique<sink>(lines_)});
  }
  captured_log(captured_log const&) = delete;
  captured_log& operator=(captured_log const&) = delete;
  ~captured_log() { log::stop(); }

  /// The lines made so far, each as `LEVEL: message` without its time stamp and `\n`.
  [[nodiscard]] std::vector<std::string> lines() const {
    log::flush(patience);
    std::lock_guard const lock(lines_->guard);
    return lines_->all;
  }

  /// True as soon as a line contains `part`; false if none has after a minute.
  [[nodiscard]] bool wait_for(std::string_view part) const {
    std::unique_lock lock(lines_->guard);
    return lines_->grown.wait_for(lock, patience, [&] {
      return std::ranges::any_of(lines_->all, [&](std::string const& line) {
        return line.find(part) != std::string::npos;
      });
    });
  }

 private:
  static constexpr std::chrono::seconds patience{60};

  struct line_store {
    std::mutex guard;
    std::condition_variable grown;
    std::vector<std::string> all;
  };

  class sink final : public log::line_sink {
   public:
    explicit sink(std::shared_ptr<line_store> store) : store_(std::move(store)) {}

    progress write(std::string_view bytes, std::chrono::milliseconds) noexcept override {
      static constexpr auto stamp_size = std::string_view("2026/11/22 17:55:03.881653 ").size();
      auto const end = bytes.find('\n');
      std::lock_guard const lock(store_->guard);
      store_->all.emplace_back(bytes.substr(stamp_size, end - stamp_size));
      store_->grown.notify_all();
      return {.taken = end + 1};
    }

   private:
    std::shared_ptr<line_store> store_;
  };

  std::shared_ptr<line_store> lines_ = std::make_shared<line_store>();
};
}  // namespace nsqlookupd::test_support
