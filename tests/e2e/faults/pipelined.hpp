// SPDX-License-Identifier: MIT
//
// Clients that send everything before they read the first reply.
#pragma once

#include "besieged_server.hpp"
#include "ping_watch.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::e2e {

/// `{0}` in `text` becomes 0, 1, 2 and so on up to `count`, one text after the other.
[[nodiscard]] std::string numbered(std::string_view text, std::size_t count);

/// `GET /ping` as an HTTP/1.1 request; a POST has no body.
[[nodiscard]] std::string http_request(std::string_view method_and_target);

/// Sends the commands, and reads so many replies, all of which must be this one.
void pipeline(test_support::tcp_client& client, std::string const& commands, std::size_t count,
              std::string_view reply = "OK");

/// Sends the requests, and reads so many replies, all of which must have this status.
void pipeline_http(test_support::http_client& client, std::string const& requests,
                   std::size_t count, int status = 200);

/// A producer that is identified and has sent the commands; each was answered OK.
[[nodiscard]] test_support::lookup_client producer_with(besieged_server const& besieged,
                                                        std::string const& commands,
                                                        std::size_t count);

/// So many producers, each of which has sent the commands.
[[nodiscard]] std::vector<test_support::lookup_client> producers_with(
    besieged_server const& besieged, std::size_t producers, std::string const& commands,
    std::size_t count);

/// Gives the topic `wide` so many channels, which the producer has registered.
[[nodiscard]] test_support::lookup_client producer_of_wide(besieged_server const& besieged,
                                                           std::size_t channels);

/// Registers 1,100 topics, so that /topics is 56 KB.
[[nodiscard]] test_support::lookup_client producer_of_topics(besieged_server const& besieged);

/// So many HTTP clients that have each asked 100 times for /topics, and read nothing.
[[nodiscard]] std::vector<test_support::http_client> unread_topics(besieged_server const& besieged,
                                                                   std::size_t clients);

/// Returns when the server does little more than answer PINGs: it has come to all that was sent,
/// whether that was answered or not.
void wait_until_idle(besieged_server& besieged, ping_watch& watch);

}  // namespace nsqlookupd::e2e
