// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/protocol/session.hpp>
#include <nsqlookupd/protocol/v1_session.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// How many bytes a client sends first to say which protocol it speaks.
inline constexpr std::size_t magic_size = 4;

/// The reply, framed, to a magic that no protocol has.
inline constexpr std::string_view bad_protocol = "E_BAD_PROTOCOL";

/// A session of the protocol with this magic, or null when there is none. `settings` and
/// `remote_address` must outlive the session. A new protocol is a new row of the table behind this.
[[nodiscard]] std::unique_ptr<session> make_session(std::string_view magic,
                                                    session_settings const& settings,
                                                    std::string_view remote_address);

}  // namespace nsqlookupd::protocol
