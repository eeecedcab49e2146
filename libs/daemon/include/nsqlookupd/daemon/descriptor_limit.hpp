// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace nsqlookupd {

/// Raises the process's limit of open files as far as it may, and returns what it is then.
[[nodiscard]] std::size_t raise_descriptor_limit() noexcept;

}  // namespace nsqlookupd
