// SPDX-License-Identifier: MIT
//
// The lists that answers are made of.
#pragma once

#include <nsqlookupd/http_api/answer_cache.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// How far a listing is written. Each begins with a fresh one.
struct progress {
  /// The last topic or channel, and the last producer, that were visited.
  registry::registration_name name;
  registry::producer_position producer;
  /// For `/debug`: whether the producers of `name` are being written, and whether its key is.
  bool is_inside = false;
  bool has_key = false;
  /// For the channels of all topics: those that are not written yet, and whether there may be more.
  std::set<std::string> names;
  bool is_collected = false;
};

/// One turn at the registration_db.
struct slice {
  registry::registration_db const& db;
  /// Producers, topics and channels that may still be visited.
  std::size_t budget;
  /// The topic, or what else was asked.
  std::string const& asked;
  /// The last answer to the same; may be null.
  written_answer const* before;
  /// The answer that is written in this turn and in those before, without its text.
  written_answer& written;
  progress& at;
};

/// A part of an answer, written page by page.
struct listing {
  /// The name of a member that is an array, such as `topics`. Empty for a part that is whole
  /// members.
  std::string_view key;
  /// Appends elements, or members, to the text until the slice's budget, which is not 0, is used up
  /// (then it returns false) or the list ends (true).
  bool (*write_some)(slice& turn, std::string& out);
};

bool write_topics(slice& turn, std::string& out);
/// Those without producers, and since when.
bool write_empty_topics(slice& turn, std::string& out);
/// Those of the topic that was asked for.
bool write_channels(slice& turn, std::string& out);
/// The channels of all topics, each name once.
bool write_all_channels(slice& turn, std::string& out);
/// The producers that a consumer of the topic that was asked for should connect to.
bool write_lookup(slice& turn, std::string& out);
/// The producers of any topic, each once: those that are in the lookup of at least one.
bool write_all_lookups(slice& turn, std::string& out);
/// All active producers. Takes the text of those that have not changed from the answer before.
bool write_nodes(slice& turn, std::string& out);
/// Every producer, for `/debug`.
bool write_clients(slice& turn, std::string& out);
/// Members of `/debug`: one for each channel, or topic, that has producers.
bool write_debug_channels(slice& turn, std::string& out);
bool write_debug_topics(slice& turn, std::string& out);

}  // namespace nsqlookupd::http_api
