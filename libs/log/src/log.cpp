// SPDX-License-Identifier: MIT
//
// The way of a line: a record of Boost.Log that gathers lines, the bounded queue of an asynchronous
// sink, the writing thread, the line_sink.
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/log/setup.hpp>

#include "line_writer.hpp"
#include <boost/log/attributes/attribute_name.hpp>
#include <boost/log/attributes/attribute_set.hpp>
#include <boost/log/attributes/attribute_value_impl.hpp>
#include <boost/log/core/core.hpp>
#include <boost/log/core/record.hpp>
#include <boost/log/core/record_view.hpp>
#include <boost/log/sinks/async_frontend.hpp>
#include <boost/log/sinks/bounded_fifo_queue.hpp>
#include <boost/log/sinks/drop_on_overflow.hpp>
#include <boost/smart_ptr/make_shared_object.hpp>
#include <boost/smart_ptr/shared_ptr.hpp>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>

namespace nsqlookupd::log {
namespace {

namespace sinks = boost::log::sinks;
using boost::log::record_view;
using std::chrono::milliseconds;

// How long stop() lets the writer go on, and then waits for a sink that has to return.
constexpr milliseconds write_limit{200};
constexpr milliseconds return_limit{300};
// Between two batches lines may gather, because waking the writer costs as much as dozens of lines.
constexpr milliseconds gather_time{5};

// Records that may wait to be written. Each has room for max_line_size bytes of lines.
constexpr std::size_t most_waiting_records = most_waiting_bytes / max_line_size;

/// Takes a record that finds the queue full. The record is new and has one line.
struct drop_and_count : sinks::drop_on_overflow {
  template <class Lock>
  static bool on_overflow(record_view const&, Lock&) noexcept {
    ++overflow_total;
    return false;
  }
};

/// Boost.Log's asynchronous sink, but with a thread of ours: that lets lines gather, because waking
/// it costs as much as dozens of lines, and it can be left behind when the output never returns.
class line_queue
    : public sinks::asynchronous_sink<
          line_writer, sinks::bounded_fifo_queue<most_waiting_records, drop_and_count>> {
 public:
  explicit line_queue(boost::shared_ptr<line_writer> const& writer)
      : asynchronous_sink{writer, false}, writer_{writer} {}

  /// The writing thread's work; returns after finish().
  void run() {
    // Signals are for the program's threads. A pipe that lost its reader must not kill the program.
    sigset_t all_signals;
    ::sigfillset(&all_signals);
    ::pthread_sigmask(SIG_SETMASK, &all_signals, nullptr);
    std::unique_lock lock{guard_};
    for (bool is_last = false; !is_last;) {
      lock.unlock();
      if (record_view first; dequeue_ready(first)) {
        writer_->consume(first);
      }
      lock.lock();
      auto const asked = asked_;
      is_last = is_finishing_;
      lock.unlock();
      while (!write_waiting()) {
      }
      lock.lock();
      answered_ = asked;
      answer_.notify_all();
      question_.wait_for(lock, gather_time, [this] { return asked_ != answered_; });
    }
  }

  /// Waits until what is in the queue now is written; false if it is not within `limit`.
  [[nodiscard]] bool wait_written(milliseconds limit) {
    std::unique_lock lock{guard_};
    auto const number = ++asked_;
    interrupt_dequeue();
    question_.notify_one();
    return answer_.wait_for(lock, limit, [&] { return answered_ >= number; });
  }

  /// Ends run() after the last lines; false if it does not return.
  [[nodiscard]] bool finish() {
    {
      std::lock_guard const lock{guard_};
      is_finishing_ = true;
    }
    if (wait_written(write_limit)) {
      return true;
    }
    writer_->give_up();
    return wait_written(return_limit);
  }

 private:
  /// Writes what waits; false if there is more, because the queue was full meanwhile.
  [[nodiscard]] bool write_waiting() {
    auto const overflow = overflow_total.load();
    std::size_t count = 0;
    for (record_view record; count < most_waiting_records && try_dequeue(record); ++count) {
      writer_->consume(record);
    }
    writer_->tell_missing(overflow);
    return overflow == overflow_total;
  }

  boost::shared_ptr<line_writer> const writer_;
  std::mutex guard_;
  std::condition_variable question_;
  std::condition_variable answer_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  bool is_finishing_ = false;
};

struct log_state {
  boost::log::core_ptr core = boost::log::core::get();
  boost::log::attribute_set no_attributes;

  /// For start() and stop().
  std::mutex guard;
  /// None while the log is stopped.
  boost::shared_ptr<line_queue> queue;
  std::thread writer;

  /// For write().
  std::mutex lines_guard;
  line_format format{};
  std::string prefix;
  /// The newest lines in the queue, to which others may be appended.
  lines_ptr newest;
};

/// Never destroyed: other threads may still make lines while the program exits, and a program that
/// leaves without stop() must not wait for its log.
log_state& state() {
  static log_state& immortal = *new log_state;
  return immortal;
}

void enable_from(std::uint8_t lowest) {
  detail::lowest_enabled.store(lowest, std::memory_order_relaxed);
}

void stop_locked(log_state& the_log) {
  report_left_out(std::chrono::steady_clock::time_point::max());
  enable_from(detail::off);
  if (!the_log.queue) {
    return;
  }
  the_log.core->remove_sink(the_log.queue);
  if (the_log.queue->finish()) {
    the_log.writer.join();
  } else {
    the_log.writer.detach();
  }
  the_log.queue.reset();
}

}  // namespace

void write(level severity, std::string_view message, std::span<member const> members) noexcept {
  if (!enabled(severity)) {
    return;
  }
  auto& the_log = state();
  bounded_text text;
  try {
    std::lock_guard const lock{the_log.lines_guard};
    format_line(text, the_log.format, the_log.prefix, severity, message,
                std::chrono::system_clock::now(), members);
    if (the_log.newest && the_log.newest->append(text.view())) {
      return;
    }
    auto record = the_log.core->open_record(the_log.no_attributes);
    if (!record) {
      return;
    }
    auto const lines = std::make_shared<gathered_lines>(text.view());
    record.attribute_values().insert(lines_name(),
                                     boost::log::attributes::make_attribute_value(lines));
    the_log.core->push_record(std::move(record));
    // A record that the queue dropped is gone.
    the_log.newest = lines.use_count() > 1 ? lines : nullptr;
  } catch (std::bad_alloc const&) {
    // Boost.Log takes records by malloc(), which does not call the new-handler.
    if (auto const handler = std::get_new_handler()) {
      handler();
    }
    ++overflow_total;
  }
}

void start(settings how) {
  auto& the_log = state();
  std::lock_guard const lock{the_log.guard};
  stop_locked(the_log);
  if (!how.sink) {
    how.sink = descriptor_sink(STDERR_FILENO);
  }
  auto queue = boost::make_shared<line_queue>(
      boost::make_shared<line_writer>(how.format, how.prefix, std::move(how.sink)));
  the_log.writer = std::thread{[queue] { queue->run(); }};
  the_log.queue = queue;
  the_log.core->add_sink(queue);
  {
    std::lock_guard const lines_lock{the_log.lines_guard};
    the_log.format = how.format;
    the_log.prefix = std::move(how.prefix);
    the_log.newest = nullptr;
  }
  enable_from(static_cast<std::uint8_t>(how.threshold));
}

void set_threshold(level lowest) {
  auto& the_log = state();
  std::lock_guard const lock{the_log.guard};
  if (the_log.queue) {
    enable_from(static_cast<std::uint8_t>(lowest));
  }
}

level threshold() noexcept {
  auto const lowest = detail::lowest_enabled.load(std::memory_order_relaxed);
  return lowest == detail::off ? level::fatal : static_cast<level>(lowest);
}

bool flush(milliseconds limit) {
  auto& the_log = state();
  std::unique_lock lock{the_log.guard};
  auto const queue = the_log.queue;
  lock.unlock();
  return !queue || queue->wait_written(limit);
}

// A lock or a thread that fails here ends the process, which is about to end.
// NOLINTNEXTLINE(bugprone-exception-escape)
void stop() noexcept {
  auto& the_log = state();
  std::lock_guard const lock{the_log.guard};
  stop_locked(the_log);
}

std::uint64_t dropped_lines() noexcept {
  return overflow_total + unwritten_total;
}

}  // namespace nsqlookupd::log
