// SPDX-License-Identifier: MIT
#include "running_server.hpp"

#include "patience.hpp"
#include "process_state.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::test_support {
namespace {

config::options as_main_does(config::options settings) {
  settings.max_connections = connection_limit(settings.max_connections);
  return settings;
}

}  // namespace

config::options loopback_options() {
  config::options settings;
  settings.tcp_address = "127.0.0.1:0";
  settings.http_address = "127.0.0.1:0";
  settings.broadcast_address = "lookup.example";
  return settings;
}

running_server::running_server(config::options const& settings)
    : running_server{settings, not_yet{}} {
  start();
}

running_server::running_server(config::options const& settings, not_yet)
    : daemon_{std::make_unique<daemon>(as_main_does(settings), supervision{},
                                       [this] { return clock.now(); })} {
  // As main() does: OpenSSL sends by write(2).
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

running_server::~running_server() {
  if (!thread_.joinable()) {
    return;
  }
  daemon_->stop();
  if (end_.valid() && end_.wait_for(patience) != std::future_status::ready) {
    std::fputs("running_server: run() did not return after stop()\n", stderr);
    std::abort();
  }
  thread_.join();
}

void running_server::start() {
  std::promise<void> ended;
  end_ = ended.get_future();
  thread_ = std::thread{[this, promise = std::move(ended)]() mutable {
    try {
      daemon_->run();
      promise.set_value();
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  }};
}

void running_server::wait_for_end() {
  if (end_.wait_for(patience) != std::future_status::ready) {
    throw std::runtime_error{"run() did not return after stop()"};
  }
  end_.get();
}

}  // namespace nsqlookupd::test_support
