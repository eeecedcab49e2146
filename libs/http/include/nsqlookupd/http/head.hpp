// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace nsqlookupd::http {

/// The circumstances that a head depends on besides the reply.
struct framing {
  bool http_1_1 = true;
  /// Whether the connection ends after the reply. It does in any case when the reply says so.
  bool close = false;
};

/// Appends status line, headers and the blank line to `out`; the body goes after it, except in the
/// answer to a HEAD request. A 304 says no length, and its body is to be empty. `date` is the value
/// of `Date`, see date_text(); empty: no such header. The headers' order is v1.3.0's.
void append_head(reply const& answer, framing how, std::string_view date, std::string& out);

/// Appends the line before a chunk of `size` bytes (RFC 9112, 7.1); 0: the last chunk, without its
/// end.
void append_chunk_size(std::string& out, std::size_t size);

/// The words that stand beside a status (`Not Found`), as Go spells them; empty when unknown.
[[nodiscard]] std::string_view reason_of(unsigned status) noexcept;

/// The reply to what is no proper HTTP request: `text` as plain text, or when it is empty the
/// status and its words (`400 Bad Request`). The connection ends with it; the access log has no
/// line.
[[nodiscard]] reply protocol_error(unsigned status, std::string_view text = {});

/// `now` as the Date header wants it (RFC 9110, 5.6.7): `Mon, 23 Nov 2026 05:31:36 GMT`. Made once
/// a second for each thread; good until that thread's next call.
[[nodiscard]] std::string_view date_text(std::chrono::sys_time<std::chrono::nanoseconds> now);

}  // namespace nsqlookupd::http
