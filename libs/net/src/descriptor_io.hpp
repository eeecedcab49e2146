// SPDX-License-Identifier: MIT
//
// What a connection asks of its socket's descriptor, none of it waiting.
#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace nsqlookupd::net {

[[nodiscard]] bool is_would_block(boost::system::error_code error) noexcept;

/// Reads what there is. The error is `eof` at the end of the input.
std::size_t receive_some(int descriptor, std::span<char> into,
                         boost::system::error_code& error) noexcept;

/// Sends what the kernel takes of both, and takes it off them.
boost::system::error_code send_some(int descriptor, std::string_view& head,
                                    std::string_view& body) noexcept;

}  // namespace nsqlookupd::net
