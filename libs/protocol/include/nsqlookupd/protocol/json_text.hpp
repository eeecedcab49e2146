// SPDX-License-Identifier: MIT
//
// Where encoding/json, which clients were written against, is more tolerant than Boost.JSON.
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// Rewrites, without a change of length, what is legal JSON for IDENTIFY (SPEC 4, "IDENTIFY body")
/// and refused by Boost.JSON: escapes of lone surrogates become `\ufffd`, and exponents too large
/// for it are zeroed, since no field that is read may have one. Text that is no JSON stays no JSON.
void tolerate(std::string& json);

/// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string text);

/// True when `key` names `field` (lower-case ASCII) if case is folded as Unicode does: `ſ` is an s
/// and the Kelvin sign a k.
[[nodiscard]] bool key_matches(std::string_view key, std::string_view field) noexcept;

}  // namespace nsqlookupd::protocol
