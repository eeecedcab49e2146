// SPDX-License-Identifier: MIT
//
// How what is known looks in JSON.
#pragma once

#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <span>
#include <string>

namespace nsqlookupd::http_api {

/// The next producer of an array in `/lookup`.
void append_producer(std::string& out, registry::peer_info const& peer);

/// A producer in `/nodes`.
void append_node(std::string& out, registry::peer_info const& peer,
                 std::span<registry::node_topic const> topics);

/// The next producer of an array in `/debug`.
void append_registered(std::string& out, registry::listed_producer const& producer);

}  // namespace nsqlookupd::http_api
