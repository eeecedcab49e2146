// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/time.hpp>
#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/store/file.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace nsqlookupd::store {

/// How often the writer does what nobody asks for.
struct pace {
  /// The moment at which the server is alive is stored so often when nothing else is.
  std::chrono::milliseconds alive{2000};
  /// After an error there is no other attempt for so long.
  std::chrono::milliseconds after_error{1000};
};

/// Writes batches into the file, on a thread of its own: nobody waits for the disk. One batch is
/// under way at a time; what changes meanwhile stays noted in the recorder.
///
/// When the disk fails, the writer says so once, asks for everything anew, and says so when it
/// succeeds again. It does the same at first, since what was stored before has other ids.
///
/// The functions are called from one strand, errors() from any thread. Signals are blocked in the
/// thread: a limit on the file's size (SIGXFSZ) is an error like that of a full disk.
class writer {
 public:
  /// `now`: the registry's time, to be asked on the writer's thread.
  writer(file stored, std::function<registry::time_point()> now, pace how_often = {});
  writer(writer const&) = delete;
  writer& operator=(writer const&) = delete;
  /// As stop().
  ~writer();

  /// False while a batch is under way, and for a while after an error.
  [[nodiscard]] bool is_ready() const noexcept { return !busy_; }

  /// Waits until is_ready(). For the end, when nothing else is to be done.
  void wait_until_ready() const noexcept { busy_.wait(true); }

  /// True, once, when recorder::note_all() is to be called before the next batch is collected.
  [[nodiscard]] bool take_request_for_all() noexcept { return wants_all_.exchange(false); }

  /// Takes a finished batch, and leaves a cleared one in exchange. Only when is_ready(). Never
  /// waits. Before everything has come that was asked for, other batches are dropped.
  void submit(rows::batch& finished);

  /// Writes what was submitted, and closes the file. Waits for the disk. Nothing may be submitted
  /// afterwards.
  void stop() noexcept;

  /// From now on, or no more, what nobody asks for is not written. Any thread.
  void rest(bool rests) noexcept { rests_ = rests; }

  /// The descriptor that locks the directory. Any thread.
  [[nodiscard]] int lock() const noexcept { return stored_.lock(); }

  /// How often writing failed.
  [[nodiscard]] std::uint64_t errors() const noexcept { return errors_; }

 private:
  void run(std::stop_token const& stopping);
  /// Writes the submitted batch, or else stores that the server is alive.
  void write(bool has_batch);

  file stored_;
  std::function<registry::time_point()> now_;
  pace pace_;
  /// The writer's thread alone: whether it waits for a batch that begins anew, and whether the last
  /// attempt failed.
  bool needs_all_ = true;
  bool failing_ = false;
  std::atomic<bool> busy_{false};
  std::atomic<bool> wants_all_{true};
  std::atomic<bool> rests_{false};
  std::atomic<std::uint64_t> errors_{0};
  std::mutex guard_;
  std::condition_variable_any wake_;
  bool is_submitted_ = false;
  /// The writer's while there is something submitted, the caller's otherwise.
  rows::batch submitted_;
  std::jthread thread_;
};

}  // namespace nsqlookupd::store
