// SPDX-License-Identifier: MIT
//
// One function for each route of NSQ's.
#pragma once

#include <nsqlookupd/http_api/routes.hpp>

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

// Changes. `how`: the form of the answer.
http::reply create_topic(request const& asked, registration_db& db, time_point now, style how);
http::reply delete_topic(request const& asked, registration_db& db, time_point now, style how);
http::reply create_channel(request const& asked, registration_db& db, time_point now, style how);
http::reply delete_channel(request const& asked, registration_db& db, time_point now, style how);
http::reply tombstone_producer(request const& asked, registration_db& db, time_point now,
                               style how);

}  // namespace nsqlookupd::http_api
