// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

inline constexpr std::size_t frame_size_bytes = 4;

/// Appends a reply as it goes over the wire: an int32 big-endian length, then the bytes (SPEC 1).
void append_frame(std::string_view text, std::string& out);

/// The int32 big-endian at the start of `bytes`, which holds at least `frame_size_bytes`.
[[nodiscard]] std::int32_t read_frame_size(std::string_view bytes) noexcept;

}  // namespace nsqlookupd::protocol
