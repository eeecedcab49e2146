// SPDX-License-Identifier: MIT
#pragma once

#include <boost/endian/conversion.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

inline constexpr std::size_t frame_size_bytes = 4;

/// Appends a reply as it goes over the wire: an int32 big-endian length, then the bytes
/// (docs/PROTOCOL.md, "Replies").
inline void append_frame(std::string_view text, std::string& out) {
  std::array<unsigned char, frame_size_bytes> size{};
  boost::endian::store_big_s32(size.data(), static_cast<std::int32_t>(text.size()));
  out.append(reinterpret_cast<char const*>(size.data()), size.size());
  out.append(text);
}

/// The int32 big-endian at the start of `bytes`, which holds at least `frame_size_bytes`.
[[nodiscard]] inline std::int32_t read_frame_size(std::string_view bytes) noexcept {
  return boost::endian::load_big_s32(reinterpret_cast<unsigned char const*>(bytes.data()));
}

}  // namespace nsqlookupd::protocol
