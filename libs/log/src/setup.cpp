// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "left_out.hpp"
#include "record_sink.hpp"
#include "records.hpp"
#include "writer_thread.hpp"
#include <boost/smart_ptr/make_shared_object.hpp>
#include <boost/smart_ptr/shared_ptr.hpp>
#include <unistd.h>

#include <mutex>
#include <utility>

namespace nsqlookupd::log {
namespace {

/// The log between start() and stop().
class running_log {
 public:
  explicit running_log(std::shared_ptr<line_writer> writer)
      : writer_(writer), sink_(boost::make_shared<record_sink>(writer)), thread_(writer) {
    connect(sink_);
  }
  running_log(running_log const&) = delete;
  running_log& operator=(running_log const&) = delete;
  ~running_log() { disconnect(sink_); }

  [[nodiscard]] std::shared_ptr<line_writer> writer() const { return writer_; }

 private:
  std::shared_ptr<line_writer> writer_;
  boost::shared_ptr<record_sink> sink_;
  writer_thread thread_;
};

struct log_state {
  std::mutex guard;
  std::unique_ptr<running_log> running;
};

/// Never destroyed: a program that leaves without stop() must not wait for its log.
log_state& state() {
  static log_state& immortal = *new log_state;
  return immortal;
}

void enable_from(std::uint8_t lowest) {
  detail::lowest_enabled.store(lowest, std::memory_order_relaxed);
}

void stop_locked(log_state& the_log) {
  report_all_left_out();
  enable_from(detail::off);
  the_log.running.reset();
}

std::shared_ptr<line_writer> running_writer() {
  auto& the_log = state();
  std::lock_guard const lock(the_log.guard);
  return the_log.running ? the_log.running->writer() : nullptr;
}
}  // namespace

void start(settings how) {
  auto& the_log = state();
  std::lock_guard const lock(the_log.guard);
  stop_locked(the_log);
  if (!how.sink) how.sink = descriptor_sink(STDERR_FILENO);
  auto const threshold = how.threshold;
  the_log.running = std::make_unique<running_log>(std::make_shared<line_writer>(std::move(how)));
  enable_from(static_cast<std::uint8_t>(threshold));
}

void set_threshold(level lowest) {
  auto& the_log = state();
  std::lock_guard const lock(the_log.guard);
  if (the_log.running) enable_from(static_cast<std::uint8_t>(lowest));
}

level threshold() noexcept {
  auto const lowest = detail::lowest_enabled.load(std::memory_order_relaxed);
  return lowest == detail::off ? level::fatal : static_cast<level>(lowest);
}

bool flush(std::chrono::milliseconds limit) {
  auto const until = line_queue::clock::now() + limit;
  auto const writer = running_writer();
  return !writer || writer->queue().wait_written(until);
}

void stop() noexcept {
  auto& the_log = state();
  std::lock_guard const lock(the_log.guard);
  stop_locked(the_log);
}

std::uint64_t dropped_lines() noexcept {
  return dropped_total.load(std::memory_order_relaxed);
}
}  // namespace nsqlookupd::log
