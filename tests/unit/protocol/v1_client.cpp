// SPDX-License-Identifier: MIT
#include "v1_client.hpp"

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace nsqlookupd::protocol {

session_settings with_policy(client_error_policy policy) {
  session_settings settings;
  settings.policy = policy;
  settings.identify_reply = our_identity;
  return settings;
}

replies unframe(std::string_view bytes) {
  constexpr std::size_t head = 4;
  replies taken;
  while (!bytes.empty()) {
    std::size_t size = 0;
    for (auto const byte : bytes.substr(0, head)) {
      size = size << 8U | static_cast<unsigned char>(byte);
    }
    if (bytes.size() < head || bytes.size() - head < size) {
      throw std::runtime_error("not a whole frame: " + std::string{bytes});
    }
    taken.emplace_back(bytes.substr(head, size));
    bytes.remove_prefix(head + size);
  }
  return taken;
}

v1_client::v1_client(registry::registration_db& db, session_settings settings,
                     std::string remote_address)
    : db_{db},
      settings_{std::move(settings)},
      remote_address_{std::move(remote_address)},
      session_{std::make_unique<v1_session>(settings_, remote_address_)} {}

replies v1_client::send(std::string_view bytes) {
  unconsumed_ += bytes;
  std::string sent;
  last_ = session_->consume(unconsumed_, db_, now, sent, 1000);
  unconsumed_.erase(0, last_.consumed);
  return unframe(sent);
}

replies v1_client::end() {
  std::string sent;
  session_->end_input(unconsumed_, sent);
  return unframe(sent);
}

void v1_client::hand_over() {
  session_ = make_session(session_->save(), settings_, remote_address_);
}

void v1_client::leave(std::string_view cause) {
  session_->leave(db_, now, cause);
}

}  // namespace nsqlookupd::protocol
