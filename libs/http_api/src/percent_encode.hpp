// SPDX-License-Identifier: MIT
//
// Boost.URL's own encode() will not do: in 1.81 it is noexcept though it allocates, and asserts
// that
// `%` is escaped.
#pragma once

#include <boost/url/grammar/lut_chars.hpp>

#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// Appends `text` with each byte that is not in `kept` as `%` and two of these `digits`.
void append_percent_encoded(std::string& out, std::string_view text,
                            boost::urls::grammar::lut_chars const& kept, std::string_view digits);

inline constexpr std::string_view small_hex_digits = "0123456789abcdef";
inline constexpr std::string_view large_hex_digits = "0123456789ABCDEF";

}  // namespace nsqlookupd::http_api
