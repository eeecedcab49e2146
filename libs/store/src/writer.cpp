// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/store/writer.hpp>

#include <pthread.h>
#include <signal.h>

#include <stdexcept>
#include <utility>

namespace nsqlookupd::store {

using log::level;

writer::writer(file stored, std::function<registry::time_point()> now, pace how_often)
    : stored_{std::move(stored)},
      now_{std::move(now)},
      pace_{how_often},
      thread_{[this](std::stop_token const& stopping) { run(stopping); }} {}

writer::~writer() {
  stop();
}

void writer::submit(rows::batch& finished) {
  std::swap(submitted_, finished);
  finished.clear();
  {
    std::lock_guard const lock{guard_};
    is_submitted_ = true;
    busy_ = true;
  }
  wake_.notify_one();
}

void writer::stop() noexcept {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
}

void writer::run(std::stop_token const& stopping) {
  // Signals are for the program's threads.
  sigset_t all_signals;
  ::sigfillset(&all_signals);
  ::pthread_sigmask(SIG_SETMASK, &all_signals, nullptr);
  std::unique_lock lock{guard_};
  bool goes_on = true;
  while (goes_on) {
    wake_.wait_for(lock, stopping, pace_.alive, [this] { return is_submitted_; });
    goes_on = !stopping.stop_requested();
    auto const errors_before = errors_.load();
    bool const has_batch = std::exchange(is_submitted_, false);
    lock.unlock();
    write(has_batch);
    lock.lock();
    if (errors_ != errors_before) {
      busy_ = true;
      wake_.wait_for(lock, stopping, pace_.after_error, [] { return false; });
    }
    if (!is_submitted_) {
      busy_ = false;
      busy_.notify_all();
    }
  }
  stored_.close();
}

void writer::write(bool has_batch) {
  try {
    if (!has_batch && !needs_all_ && !rests_) {
      stored_.touch(now_());
    } else if (has_batch && (!needs_all_ || submitted_.begins_anew)) {
      stored_.write(submitted_, now_());
      needs_all_ = false;
      if (submitted_.is_complete && std::exchange(failing_, false)) {
        log::line(level::info, "STORE: ", stored_.path(), " is written again");
      }
    }
  } catch (std::runtime_error const& error) {
    needs_all_ = true;
    ++errors_;
    wants_all_ = true;
    if (!std::exchange(failing_, true)) {
      log::line(level::error, "STORE: cannot write ", stored_.path(), " - ", error.what(),
                "; the server goes on, and stores everything when it can");
    }
  }
}

}  // namespace nsqlookupd::store
