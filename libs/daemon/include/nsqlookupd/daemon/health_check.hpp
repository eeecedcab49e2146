// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace nsqlookupd {

/// Asks the server that listens on `http_address` (as `-http-address` has it; every interface means
/// loopback) for `path`, such as `/ping` or `/readyz`. Returns nothing when it answers 200 within
/// two seconds, else one line that says what is wrong. Blocks.
[[nodiscard]] std::string check_health(std::string const& http_address, std::string const& path);

}  // namespace nsqlookupd
