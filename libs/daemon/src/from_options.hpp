// SPDX-License-Identifier: MIT
//
// Settings in the words of the rooms that they are for.
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/protocol/session.hpp>

namespace nsqlookupd {

/// How long each kind of wait may take.
[[nodiscard]] net::deadline_durations durations_of(config::options const& settings);

/// Without the reply to IDENTIFY and the counters, which no setting has.
[[nodiscard]] protocol::session_settings session_settings_of(config::options const& settings);

/// Whether plain HTTP is sent away.
[[nodiscard]] bool requires_tls(config::options const& settings) noexcept;

}  // namespace nsqlookupd
