// SPDX-License-Identifier: MIT
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace nsqlookupd::e2e {

/// Something on a port of 127.0.0.1 that is no good nsqlookupd: it waits for the first bytes of
/// each client, answers with bytes of the test, and then closes, falls silent or goes on so.
class fake_server {
 public:
  enum class then { closes, is_silent, answers_again };

  fake_server(std::string answer, then afterwards);
  /// Answers by how a request begins; one that begins otherwise gets no bytes.
  fake_server(std::map<std::string, std::string> answers, then afterwards);
  fake_server(fake_server const&) = delete;
  fake_server& operator=(fake_server const&) = delete;
  ~fake_server();

  [[nodiscard]] std::string address() const;

 private:
  void serve();
  bool accept_client();
  // False when it is not to be read from any more.
  bool serve_client(test_support::file_descriptor& client);

  std::map<std::string, std::string> answers_;
  then then_;
  test_support::file_descriptor listener_;
  std::vector<test_support::file_descriptor> clients_;
  // Those that wait for more in vain.
  std::vector<test_support::file_descriptor> left_waiting_;
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
