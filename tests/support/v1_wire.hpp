// SPDX-License-Identifier: MIT
//
// Writes the bytes of a V1 client, without the production code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// Four bytes of length, then the bytes.
inline std::string frame(std::string_view payload) {
  auto const size = static_cast<std::uint32_t>(payload.size());
  std::string bytes;
  for (unsigned shift = 32; shift != 0;) {
    shift -= 8;
    bytes.push_back(static_cast<char>((size >> shift) & 0xffU));
  }
  return bytes.append(payload);
}

/// The body that an nsqd on this machine sends.
inline constexpr std::string_view nsqd_identity =
    R"({"broadcast_address":"127.0.0.1","hostname":"h1","http_port":4151,"tcp_port":4150,)"
    R"("version":"1.3.0"})";

inline std::string identify(std::string_view body = nsqd_identity) {
  return "IDENTIFY\n" + frame(body);
}

}  // namespace nsqlookupd::test_support
