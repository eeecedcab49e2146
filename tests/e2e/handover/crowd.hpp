// SPDX-License-Identifier: MIT
#pragma once

#include "replaceable_server.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace nsqlookupd::e2e {

/// The topics that the producer of this number registers.
using topics_of_producer = std::function<std::vector<std::string>(std::size_t producer)>;

/// Many producers that are connected to one server.
class crowd {
 public:
  /// They identify themselves, and register the topics.
  crowd(replaceable_server const& server, std::size_t size, topics_of_producer const& topics);

  /// All of them send a PING, and then each reads its reply. Throws std::runtime_error when one is
  /// answered wrongly, or not.
  void ping();

  /// How long a PING took at most, since the last question. May be asked by another thread.
  [[nodiscard]] std::chrono::duration<double, std::milli> take_worst();

  /// How many of them have something to read, or were closed.
  [[nodiscard]] std::size_t disturbed() const;

 private:
  std::vector<test_support::lookup_client> producers_;
  std::mutex mutex_;
  std::chrono::duration<double, std::milli> worst_{};
};

}  // namespace nsqlookupd::e2e
