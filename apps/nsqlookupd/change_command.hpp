// SPDX-License-Identifier: MIT
#pragma once

#include "topic_states.hpp"
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <sys/types.h>

#include <deque>
#include <map>
#include <string>

namespace nsqlookupd {

/// Runs a command of the shell for changes of topics: one at a time, in the order in which the
/// topics changed. A topic that changes again before its turn has one turn, with its latest state.
/// For the thread of the io_context.
class change_command {
 public:
  /// `command`: for `/bin/sh -c`; empty: nothing is ever run.
  change_command(boost::asio::io_context& context, std::string command);

  void run_for(topic_change const& change);

  /// Sends SIGTERM to the command that runs, and to what it has started. No other will run.
  void stop() noexcept;

 private:
  void start_next();
  void start(topic_change const& change);
  void wait_for_end();
  void reap();

  boost::asio::signal_set child_signal_;
  std::string command_;
  std::map<std::string, topic_change> waiting_;
  /// The topics of waiting_, each once.
  std::deque<std::string> order_;
  /// 0: none.
  pid_t running_ = 0;
};

}  // namespace nsqlookupd
