// SPDX-License-Identifier: MIT
#pragma once

#include "openssl.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::tls {

/// Throws std::runtime_error: `failed to load tls-key PATH - REASON`.
[[noreturn]] void fail_to_load(std::string_view setting, std::string const& path,
                               std::string const& reason);

/// The certificates of a PEM file, in their order, at least one. `setting` is the flag that named
/// it. Throws as fail_to_load() does.
[[nodiscard]] std::vector<certificate_ptr> load_certificates(std::string_view setting,
                                                             std::string const& path);

/// The private key of a PEM file, which must not be encrypted. Throws as fail_to_load() does.
[[nodiscard]] key_ptr load_key(std::string_view setting, std::string const& path);

}  // namespace nsqlookupd::tls
