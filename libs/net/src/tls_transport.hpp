// SPDX-License-Identifier: MIT
//
// TLS between a connection and its socket's descriptor: the same calls as in descriptor_io.hpp.
#pragma once

#include <nsqlookupd/tls/engine.hpp>

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace nsqlookupd::net {

/// Receives what there is and decrypts it; on the way it does what the handshake asks for. The
/// error is `would_block` when nothing has come out of that, `eof` at the end of the input, and
/// `connection_aborted` when TLS failed.
std::size_t receive_decrypted(tls::engine& tls, int descriptor, std::span<char> into,
                              boost::system::error_code& error);

/// Encrypts and sends what the kernel takes of both, and takes it off them. No error only when all
/// is sent: with `would_block`, encrypted bytes wait for the next call.
boost::system::error_code send_encrypted(tls::engine& tls, int descriptor, std::string_view& head,
                                         std::string_view& body);

/// Tells the peer that no more will be sent, if it can be told without waiting.
void say_goodbye(tls::engine& tls, int descriptor) noexcept;

}  // namespace nsqlookupd::net
