// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/protocol/identify.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// A body with all that is required, and `members` behind it, where they win.
inline std::string body_with(std::string_view members) {
  std::string body =
      R"({"broadcast_address":"b","tcp_port":4150,"http_port":4151,"version":"1.3.0")";
  if (!members.empty()) {
    body.append(",").append(members);
  }
  return body.append("}");
}

/// The fate of a body.
enum class verdict : std::uint8_t { accepted, incomplete, undecodable };

inline verdict judge(std::string_view body) {
  auto const result = parse_identify(body);
  if (!result.decode_error.empty()) {
    return verdict::undecodable;
  }
  return is_complete(result.peer) ? verdict::accepted : verdict::incomplete;
}

inline std::ostream& operator<<(std::ostream& out, verdict judged) {
  constexpr std::string_view names[] = {"accepted", "incomplete", "undecodable"};
  return out << names[static_cast<std::size_t>(judged)];
}

}  // namespace nsqlookupd::protocol
