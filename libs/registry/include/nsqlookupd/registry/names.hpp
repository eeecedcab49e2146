// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace nsqlookupd::registry {

/// True when `name` may name a topic or a channel: `^[.a-zA-Z0-9_-]+(#ephemeral)?$`, 1 to 64
/// bytes with the suffix counted (SPEC 1).
[[nodiscard]] bool is_valid_name(std::string_view name) noexcept;

/// True when a topic or channel of this name goes with its last producer (SPEC 1, UNREGISTER).
[[nodiscard]] bool is_ephemeral(std::string_view name) noexcept;

/// The topic that stands for all topics in reads (SPEC 2, `topic=*`). It is no valid name.
inline constexpr std::string_view any_topic = "*";

}  // namespace nsqlookupd::registry
