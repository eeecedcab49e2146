// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/session.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>

#include <array>

namespace nsqlookupd::protocol {
namespace {

template <class Session>
std::unique_ptr<session> make(session_settings const& settings, std::string_view remote_address) {
  return std::make_unique<Session>(settings, remote_address);
}

struct protocol_entry {
  std::string_view magic;
  std::unique_ptr<session> (*make)(session_settings const&, std::string_view);
};

constexpr std::array protocols{
    protocol_entry{"  V1", &make<v1_session>},
};

}  // namespace

std::unique_ptr<session> make_session(std::string_view magic, session_settings const& settings,
                                      std::string_view remote_address) {
  for (auto const& entry : protocols) {
    if (entry.magic == magic) {
      return entry.make(settings, remote_address);
    }
  }
  return nullptr;
}

}  // namespace nsqlookupd::protocol
