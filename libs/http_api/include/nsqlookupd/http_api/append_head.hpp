// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/reply.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

enum class http_version : std::uint8_t { http_1_0, http_1_1 };

/// Which `Connection` header the reply carries. `close` stands in it too when the reply asks for
/// it.
enum class connection_header : std::uint8_t { none, keep_alive, close };

/// Appends status line, headers and the blank line to `out`; the body goes after it, except in the
/// answer to a HEAD request. `http_date` is the value of `Date` (`Mon, 23 Nov 2026 05:31:17 GMT`);
/// empty: no such header. The headers' order is v1.3.0's.
void append_head(reply const& what, http_version version, connection_header connection,
                 std::string_view http_date, std::string& out);

/// The words that stand beside a status (`Not Found`), as Go spells them; empty when unknown.
[[nodiscard]] std::string_view reason_of(unsigned status) noexcept;

}  // namespace nsqlookupd::http_api
