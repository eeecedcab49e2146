// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd::e2e {

/// Something on a port of 127.0.0.1 that is no good nsqlookupd: it waits for the first bytes of
/// each client, answers with bytes of the test, and then closes or falls silent.
class fake_server {
 public:
  enum class then { closes, is_silent };

  fake_server(std::string answer, then afterwards);
  fake_server(fake_server const&) = delete;
  fake_server& operator=(fake_server const&) = delete;
  ~fake_server();

  [[nodiscard]] std::string address() const;

 private:
  void serve();

  std::string answer_;
  then then_;
  test_support::file_descriptor listener_;
  std::vector<test_support::file_descriptor> clients_;
  std::thread thread_;
};

/// A port of 127.0.0.1 that is taken, but where connecting is refused.
class refusing_port {
 public:
  refusing_port();
  [[nodiscard]] std::string address() const;

 private:
  test_support::file_descriptor socket_;
};

/// A port of 127.0.0.1 where connecting never ends: the queue of those who wait is full.
class dead_port {
 public:
  dead_port();
  [[nodiscard]] std::string address() const;

 private:
  test_support::file_descriptor listener_;
  std::vector<test_support::file_descriptor> waiting_;
};

}  // namespace nsqlookupd::e2e
