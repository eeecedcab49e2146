// SPDX-License-Identifier: MIT
#include <nsqlookupd/protocol/session.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>

#include <array>

namespace nsqlookupd::protocol {
namespace {

struct protocol_entry {
  std::string_view magic;
  std::unique_ptr<session> (*make)(session_settings const&, std::string_view, saved_session const&);
};

constexpr std::array protocols{
    protocol_entry{v1_session::magic,
                   [](session_settings const& settings, std::string_view remote_address,
                      saved_session const& from) -> std::unique_ptr<session> {
                     return std::make_unique<v1_session>(settings, remote_address, from);
                   }},
};

}  // namespace

std::unique_ptr<session> make_session(std::string_view magic, session_settings const& settings,
                                      std::string_view remote_address) {
  return make_session(saved_session{.magic = std::string{magic}}, settings, remote_address);
}

std::unique_ptr<session> make_session(saved_session const& from, session_settings const& settings,
                                      std::string_view remote_address) {
  for (auto const& entry : protocols) {
    if (entry.magic == from.magic) {
      return entry.make(settings, remote_address, from);
    }
  }
  return nullptr;
}

}  // namespace nsqlookupd::protocol
