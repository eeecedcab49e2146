// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/net/vocabulary.hpp>

#include <string_view>

namespace nsqlookupd::net {

/// Says in the log which port a client wants whose first bytes are another protocol's; nothing when
/// they are none that is known. `input`: what it sent to the port, at least four bytes.
void warn_of_wrong_port(client_kind port, std::string_view input, std::string_view client);

}  // namespace nsqlookupd::net
