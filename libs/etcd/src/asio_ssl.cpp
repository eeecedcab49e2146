// SPDX-License-Identifier: MIT
//
// The definitions of Asio's TLS, compiled once, as those of Asio itself are in libs/net.
#include <boost/asio/ssl/impl/src.hpp>
