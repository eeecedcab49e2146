// SPDX-License-Identifier: MIT
#pragma once

#include "tcp_client.hpp"

namespace nsqlookupd::e2e {

/// From here on the client's kernel drops whatever comes for it, as if the cable were cut: nothing
/// is acknowledged, and nothing refused. Needs no privileges.
void stop_hearing(test_support::tcp_client const& client);

}  // namespace nsqlookupd::e2e
