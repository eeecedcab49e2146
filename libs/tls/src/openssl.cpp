// SPDX-License-Identifier: MIT
#include "openssl.hpp"

#include <openssl/err.h>

namespace nsqlookupd::tls {

std::string first_error() {
  auto const code = ERR_peek_error();
  auto const* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "error " + std::to_string(code) : std::string{reason};
}

void clear_errors() noexcept {
  ERR_clear_error();
}

}  // namespace nsqlookupd::tls
