// SPDX-License-Identifier: MIT
#include "line_writer.hpp"

#include <nsqlookupd/log/bounded_text.hpp>
#include <nsqlookupd/log/format_line.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace nsqlookupd::log {
namespace {

// How often a writer whose sink takes nothing looks whether it should give up.
constexpr std::chrono::milliseconds patience{50};

std::uint64_t count_lines(std::string_view lines) noexcept {
  return static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
}
}  // namespace

line_writer::line_writer(settings how)
    : format_(how.format),
      prefix_(std::move(how.prefix)),
      queue_(how.queue_bytes, how.gather_time),
      sink_(std::move(how.sink)) {
  batch_.reserve(queue_.capacity());
}

void line_writer::add(level severity, std::string_view message) noexcept {
  bounded_text text;
  format_line(text, format_, prefix_, severity, message, std::chrono::system_clock::now());
  queue_.push(text.view());
}

void line_writer::run() noexcept {
  std::uint64_t lost = 0;
  while (queue_.take(batch_, lost)) {
    write_batch(batch_);
    unreported_ += lost;
    static_cast<void>(write_notice());
  }
  queue_.finish();
}

void line_writer::write_batch(std::string_view lines) noexcept {
  if (write_notice()) lines = put(lines);
  auto const left = count_lines(lines);
  unreported_ += left;
  dropped_total.fetch_add(left, std::memory_order_relaxed);
}

bool line_writer::write_notice() noexcept {
  if (unreported_ == 0) return true;
  bounded_text message;
  message.append(unreported_);
  message.append(unreported_ == 1 ? " log line" : " log lines");
  message.append(" dropped: the log could not be written fast enough");
  bounded_text notice;
  if (line_begun_) notice.append('\n');
  format_line(notice, format_, prefix_, level::warning, message.view(),
              std::chrono::system_clock::now());
  if (!put(notice.view()).empty()) return false;
  unreported_ = 0;
  return true;
}

/// Returns what could not be written.
std::string_view line_writer::put(std::string_view lines) noexcept {
  while (!lines.empty() && !queue_.given_up()) {
    auto const [taken, failed] = sink_->write(lines, patience);
    if (taken != 0) line_begun_ = lines[taken - 1] != '\n';
    lines.remove_prefix(taken);
    if (failed) break;
  }
  return lines;
}
}  // namespace nsqlookupd::log
