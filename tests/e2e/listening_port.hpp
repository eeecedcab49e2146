// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace nsqlookupd::e2e {

/// The port on which the process listens at this IPv4 address, as the kernel tells; nothing when it
/// does not (yet). For servers that cannot say so themselves.
[[nodiscard]] std::optional<std::uint16_t> listening_port(pid_t process,
                                                          std::string const& address);

}  // namespace nsqlookupd::e2e
