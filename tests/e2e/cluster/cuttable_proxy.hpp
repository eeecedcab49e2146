// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"
#include <poll.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd::e2e {

/// Passes the bytes of connections on to a port of the loopback, until it is told not to. Its port
/// stays the same and is nobody else's. Any thread.
class cuttable_proxy {
 public:
  explicit cuttable_proxy(std::uint16_t target);
  cuttable_proxy(cuttable_proxy const&) = delete;
  cuttable_proxy& operator=(cuttable_proxy const&) = delete;
  ~cuttable_proxy();

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// Resets all connections; new ones are passed on.
  void reset_connections() { become(state::passing, true); }
  /// Resets all connections, and refuses new ones.
  void refuse() { become(state::refusing, true); }
  /// All connections stay, and new ones are taken, but no byte moves.
  void swallow() { become(state::swallowing, false); }
  /// Passes on again, also bytes that came meanwhile.
  void restore() { become(state::passing, false); }

 private:
  enum class state : std::uint8_t { passing, refusing, swallowing };
  // Bytes from one socket to another.
  struct stream {
    std::string bytes;
    bool has_ended = false;
  };
  struct connection {
    std::array<test_support::file_descriptor, 2> ends;
    // By the end that they came from.
    std::array<stream, 2> streams;
    bool is_over = false;
  };

  void become(state next, bool resets);
  void run(std::stop_token const& stop);
  void take_orders();
  void accept_one();
  [[nodiscard]] std::vector<pollfd> interests() const;
  void serve(connection& one, std::size_t end, short events) const;

  std::uint16_t const target_;
  // Bound, and not listening.
  test_support::file_descriptor reservation_;
  std::uint16_t port_ = 0;
  test_support::file_descriptor listener_;
  test_support::file_descriptor wake_;
  std::list<connection> connections_;
  state now_ = state::passing;

  std::mutex mutex_;
  std::condition_variable done_;
  state wanted_ = state::passing;
  bool resets_ = false;
  bool has_order_ = false;
  std::jthread thread_;
};

}  // namespace nsqlookupd::e2e
