// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/protocol/v1_session.hpp>

#include <string_view>

namespace nsqlookupd::fuzz {

/// The reply of a fuzz target's sessions to a good IDENTIFY.
inline constexpr std::string_view our_identity = R"({"broadcast_address":"us"})";

/// Requires that `replies` are whole frames, and one for each command of `stream`, of the kind that
/// the command may have; and that the session closed if it had to, and only then. `stream` is all
/// that the client sent behind the magic, and its end was told to the session.
void require_course(protocol::session_settings const& settings, std::string_view stream,
                    std::string_view replies, bool closed);

}  // namespace nsqlookupd::fuzz
