// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/protocols.hpp>

#include <algorithm>
#include <array>
#include <utility>

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
  auto const* const found =
      std::find_if(protocols.begin(), protocols.end(),
                   [=](protocol_entry const& entry) { return entry.magic == magic; });
  return found == protocols.end() ? nullptr : found->make(settings, remote_address);
}

}  // namespace nsqlookupd::protocol
