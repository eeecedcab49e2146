// SPDX-License-Identifier: MIT
#include "wrong_port.hpp"

#include <nsqlookupd/log/log.hpp>

#include <algorithm>
#include <array>

namespace nsqlookupd::net {
namespace {

bool is_http(std::string_view input) noexcept {
  constexpr std::array<std::string_view, 7> methods{"GET ", "POST", "HEAD", "PUT ",
                                                    "DELE", "OPTI", "PRI "};
  return std::any_of(methods.begin(), methods.end(),
                     [&](std::string_view method) { return input.starts_with(method); });
}

void warn(std::string_view kind, std::string_view client, std::string_view advice) {
  log::limited_line(log::level::warning, {kind}, "client(", log::field{"client", client},
                    ") speaks ", advice);
}

}  // namespace

void warn_of_wrong_port(client_kind port, std::string_view input, std::string_view client) {
  bool const is_tcp = port == client_kind::tcp;
  bool const is_tls = input.starts_with("\x16\x03");
  if (is_tcp && is_http(input)) {
    warn("HTTP on the TCP port", client,
         "HTTP to the TCP port: point it at the HTTP port (-http-address)");
  } else if (!is_tcp && input.starts_with("  V")) {
    warn("nsqd's protocol on the HTTP port", client,
         "nsqd's TCP protocol to the HTTP port: point it at the TCP port (-tcp-address)");
  } else if (is_tls && is_tcp) {
    warn("TLS on the TCP port", client,
         "TLS to the plain TCP port: point it at the port of -tcp-tls-address");
  } else if (is_tls) {
    warn("TLS on the HTTP port", client,
         "TLS to the plain HTTP port: point it at the port of -https-address");
  }
}

}  // namespace nsqlookupd::net
