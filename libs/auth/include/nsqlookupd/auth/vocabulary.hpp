// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace nsqlookupd::auth {

/// A client's right. Each includes those before it.
enum class right : std::uint8_t { nothing, read, write };

}  // namespace nsqlookupd::auth
