// SPDX-License-Identifier: MIT
//
// Where encoding/json, which clients were written against, is more tolerant than Boost.JSON.
#pragma once

#include <string>
#include <string_view>

namespace nsqlookupd::protocol {

/// Rewrites, without a change of length, JSON that Boost.JSON refuses and IDENTIFY allows
/// (docs/PROTOCOL.md, "IDENTIFY body"): escapes of lone surrogates become `\ufffd`, and exponents
/// too large for it are zeroed, since no field that is read may have one. Text that is no JSON
/// stays no JSON.
void tolerate(std::string& json);

/// True when `key` names `field` (lower-case ASCII) if case is folded as Unicode does: `ſ` is an s
/// and the Kelvin sign a k.
[[nodiscard]] bool key_matches(std::string_view key, std::string_view field) noexcept;

}  // namespace nsqlookupd::protocol
