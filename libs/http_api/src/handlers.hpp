// SPDX-License-Identifier: MIT
//
// One function for each route of NSQ's, and their common parts.
#pragma once

#include <nsqlookupd/http_api/routes.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace nsqlookupd::http_api {

using registry::registration_db;
using registry::time_point;

http::reply ping(request const&, registration_db&, time_point);
http::reply info(std::string_view version);
http::reply lookup(request const& asked, registration_db& db, time_point now, answer_cache& cache);
http::reply topics(request const& asked, registration_db& db, time_point now, answer_cache& cache);
http::reply channels(request const& asked, registration_db& db, time_point now,
                     answer_cache& cache);
http::reply nodes(request const& asked, registration_db& db, time_point now, answer_cache& cache);
http::reply debug(request const&, registration_db& db, time_point, answer_cache& cache);
http::reply watch(request const& asked, registration_db& db, time_point now, answer_cache& cache);
http::reply events(request const& asked, registration_db& db, time_point now);
http::reply explain(request const& asked, registration_db& db, time_point now, answer_cache& cache);

// Changes. `how`: the form of the answer.
http::reply create_topic(request const& asked, registration_db& db, time_point now, style how);
http::reply delete_topic(request const& asked, registration_db& db, time_point now, style how);
http::reply create_channel(request const& asked, registration_db& db, time_point now, style how);
http::reply delete_channel(request const& asked, registration_db& db, time_point now, style how);
http::reply tombstone_producer(request const& asked, registration_db& db, time_point now,
                               style how);

// Reads whose answers have an index (docs/PROTOCOL.md, "Index and waiting").

/// The reply before the answer itself is written: that the request waits, that it is wrong, or that
/// the client has the answer already; nothing when the answer is to be written. `changed`: the
/// answer's index. `key`: what changes it.
[[nodiscard]] std::optional<http::reply> before_answer(request const& asked,
                                                       registration_db const& db,
                                                       std::uint64_t changed, std::string_view key);

/// Adds the headers with the answer's index.
[[nodiscard]] http::reply with_index(http::reply answer, std::uint64_t index);

}  // namespace nsqlookupd::http_api
