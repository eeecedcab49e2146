// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/format_line.hpp>
#include <nsqlookupd/log/level.hpp>
#include <nsqlookupd/log/setup.hpp>

#include <boost/log/attributes/attribute_name.hpp>
#include <boost/log/attributes/value_extraction.hpp>
#include <boost/log/core/record_view.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::log {

/// Lines that the queue did not take, and lines that the sink did not, since the program began.
inline constinit std::atomic<std::uint64_t> overflow_total{0};
inline constinit std::atomic<std::uint64_t> unwritten_total{0};

/// Whole lines on their way to the writer: what a record of Boost.Log carries. Not one line each,
/// because a record takes a kilobyte of memory that one thread allocates and another frees.
class gathered_lines {
 public:
  explicit gathered_lines(std::string_view first) {
    text_.reserve(max_line_size);
    text_.append(first);
  }

  /// Appends `line`; false when there is no room for it, or when the lines were taken. Any thread.
  [[nodiscard]] bool append(std::string_view line) {
    std::lock_guard const lock{guard_};
    if (is_taken_ || line.size() > max_line_size - text_.size()) {
      return false;
    }
    text_.append(line);
    return true;
  }

  /// All of them; no more are appended. The writing thread.
  [[nodiscard]] std::string_view take() {
    std::lock_guard const lock{guard_};
    is_taken_ = true;
    return text_;
  }

 private:
  std::mutex guard_;
  std::string text_;
  bool is_taken_ = false;
};

using lines_ptr = std::shared_ptr<gathered_lines>;

/// The name of the attribute that is a lines_ptr.
inline boost::log::attribute_name const& lines_name() {
  static boost::log::attribute_name const name{"Lines"};
  return name;
}

/// Hands lines to the sink, and says in the log itself how many were dropped. Used by the writing
/// thread alone, but for give_up().
class line_writer
    : public boost::log::sinks::basic_sink_backend<boost::log::sinks::synchronized_feeding> {
 public:
  line_writer(line_format how, std::string prefix, std::unique_ptr<line_sink> sink)
      : format_{how}, prefix_{std::move(prefix)}, sink_{std::move(sink)} {}

  void consume(boost::log::record_view const& record) noexcept {
    lines_ptr const lines = record.attribute_values()[lines_name()].extract<lines_ptr>().get();
    auto left = lines->take();
    if (write_notice()) {
      left = put(left);
    }
    auto const unwritten = static_cast<std::uint64_t>(std::ranges::count(left, '\n'));
    unwritten_total += unwritten;
    missing_ += unwritten;
  }

  /// Writes how many lines are missing behind those that were consumed. `overflow` is the
  /// overflow_total that lies before here.
  void tell_missing(std::uint64_t overflow) noexcept {
    missing_ += overflow - std::exchange(noted_overflow_, overflow);
    static_cast<void>(write_notice());
  }

  /// Makes the rest be dropped. Any thread.
  void give_up() noexcept { given_up_ = true; }

 private:
  /// False when lines are missing and that could not be written.
  [[nodiscard]] bool write_notice() noexcept {
    if (missing_ == 0) {
      return true;
    }
    bounded_text message;
    message.append(missing_);
    message.append(missing_ == 1 ? " log line" : " log lines");
    message.append(" dropped: the log could not be written fast enough");
    bounded_text notice;
    if (is_line_begun_) {
      notice.append('\n');
    }
    format_line(notice, format_, prefix_, level::warning, message.view(),
                std::chrono::system_clock::now());
    if (!put(notice.view()).empty()) {
      return false;
    }
    missing_ = 0;
    return true;
  }

  /// Returns what could not be written.
  [[nodiscard]] std::string_view put(std::string_view lines) noexcept {
    while (!lines.empty() && !given_up_) {
      auto const [taken, failed] = sink_->write(lines, patience);
      if (taken != 0) {
        is_line_begun_ = lines[taken - 1] != '\n';
      }
      lines.remove_prefix(taken);
      if (failed) {
        break;
      }
    }
    return lines;
  }

  // How often a writer whose sink takes nothing looks whether it should give up.
  static constexpr std::chrono::milliseconds patience{50};
  line_format const format_;
  std::string const prefix_;
  std::unique_ptr<line_sink> const sink_;
  /// Records that overflowed before this writer began are not missing from its lines.
  std::uint64_t noted_overflow_ = overflow_total;
  std::uint64_t missing_ = 0;
  bool is_line_begun_ = false;
  std::atomic<bool> given_up_{false};
};

}  // namespace nsqlookupd::log
