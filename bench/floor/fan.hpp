// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nsqlookupd_floor {

/// Clients that wait for a change of a topic, and one send to each of them when it comes. A change
/// is any REGISTER or UNREGISTER, and the data is always the same.
class fan {
 public:
  explicit fan(std::size_t body_bytes) : body_(body_bytes, 'x') {}

  /// Whether this head of a request is one that fan answers: `GET /watch?topic=T`, or
  /// `GET /lookup?topic=T&index=N`.
  [[nodiscard]] static bool answers(std::string_view head);
  /// Appends the bytes that are to be sent now to `replies`.
  void ask(std::string_view head, int socket, std::string& replies);
  /// A command of a producer, which may be a change.
  void command(std::string_view line);
  /// The client has gone.
  void leave(int socket);

 private:
  struct topic_state {
    std::uint64_t index = 1;
    std::vector<int> streams;
    std::vector<int> waiting;
  };

  [[nodiscard]] std::string chunk(std::uint64_t index) const;
  [[nodiscard]] std::string answer(std::uint64_t index) const;

  std::string body_;
  std::uint64_t last_index_ = 1;
  std::unordered_map<std::string, topic_state> topics_;
  // The topic of each client.
  std::unordered_map<int, topic_state*> clients_;
};

}  // namespace nsqlookupd_floor
