// SPDX-License-Identifier: MIT
#pragma once

namespace nsqlookupd {

/// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed, so that no client's
/// socket gets its number and with it what others write to stderr.
void occupy_standard_descriptors() noexcept;

}  // namespace nsqlookupd
