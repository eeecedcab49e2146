// SPDX-License-Identifier: MIT
//
// Settings in the words of the rooms that they are for.
#pragma once

#include <nsqlookupd/config/options.hpp>
#include <nsqlookupd/net/connection_group.hpp>
#include <nsqlookupd/net/http_session.hpp>

namespace nsqlookupd {

/// How long each kind of wait may take.
[[nodiscard]] net::deadline_durations durations_of(config::options const& settings);

[[nodiscard]] net::access_log access_log_of(config::options const& settings) noexcept;

}  // namespace nsqlookupd
