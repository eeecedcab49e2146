// SPDX-License-Identifier: MIT
//
// The lists that answers are made of, and how they are written.
#pragma once

#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http_api/answer_cache.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {

class departures;

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
  /// For `/explain`: those that left, once the others are written.
  std::shared_ptr<departures> left;
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

/// Begins an object with the members that producers have in all answers.
void append_peer(std::string& out, registry::peer_info const& peer);

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
/// The producers that have the topic that was asked for, and whether lookups name them; and behind
/// them those of which the journal remembers that they had it, the last one first.
bool write_explained(slice& turn, std::string& out);
/// Every producer, for `/debug`.
bool write_clients(slice& turn, std::string& out);
/// Members of `/debug`: one for each channel, or topic, that has producers.
bool write_debug_channels(slice& turn, std::string& out);
bool write_debug_topics(slice& turn, std::string& out);

/// The contents of a listing_body, and its key in the cache.
struct listing_form {
  /// The topic, or what else was asked.
  std::string asked = {};
  std::vector<listing> parts;
  /// The key in the cache; empty: the text is not kept.
  std::string key = {};
  /// The text before the first part and behind the last.
  std::string opening = "{";
  std::string_view closing = "}";
};

/// The body that is an object of listings, `{"channels":[…],"producers":[…]}`, one after the other.
class listing_body final : public http::body_stream {
 public:
  /// `db` outlives it, and so does `cache`, in which the answer is left once it is written, unless
  /// it is very long. If the registration_db changed meanwhile, it is right for nobody else, but
  /// the next may take parts of it.
  listing_body(registry::registration_db const& db, answer_cache& cache, listing_form form);

  bool write_some(std::size_t budget) override;
  [[nodiscard]] std::size_t size() const noexcept override { return text_.size(); }
  http::body finish() override;

 private:
  /// Where to write on. Asked anew for each slice; it is empty only when the whole text is.
  [[nodiscard]] std::string& end();

  registry::registration_db const* db_;
  answer_cache* cache_;
  listing_form form_;
  std::shared_ptr<written_answer const> before_;
  std::size_t complete_ = 0;
  // State of the part after those that are complete.
  bool is_begun_ = false;
  progress progress_;
  /// No piece of it grows without end: to move a text that has outgrown its memory holds up
  /// everybody, and so does to free one of hundreds of megabytes.
  http::body text_;
  // For the cache; its text is added last.
  written_answer written_;
  http::shared_text shared_;
};

/// The reply with this body, written at once or left a stream.
[[nodiscard]] http::reply begin(listing_body body);

}  // namespace nsqlookupd::http_api
