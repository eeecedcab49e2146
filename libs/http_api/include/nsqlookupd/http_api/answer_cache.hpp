// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nsqlookupd::http_api {

/// The text of a node in an answer.
struct written_node {
  std::uint32_t begin = 0;
  /// 0: the node is not in the answer.
  std::uint32_t size = 0;
};

/// An answer as it was written.
struct written_answer {
  std::string text = {};
  /// The registration_db::revision() at which it was begun.
  std::uint64_t revision = 0;
  /// For `/nodes`, by producer_id: the next answer takes over the text of nodes that did not
  /// change.
  std::vector<written_node> nodes = {};

  /// True when this is right for what last changed at revision `changed`.
  [[nodiscard]] bool is_right(std::uint64_t changed) const noexcept { return changed <= revision; }
};

/// The last answers, for those who ask again before anything that these show has changed. The key
/// is what was asked: the path, or the topic of a `/lookup`, which is no path; of an event about a
/// topic, the same behind a control character.
///
/// Not synchronized: used on the registration_db's strand.
class answer_cache {
 public:
  /// All answers together are no longer than this, in bytes; and to let go of all of them must not
  /// hold up others, so there are no more than so many. A new one that finds no space takes that
  /// of all others.
  static constexpr std::size_t max_size = std::size_t{36} << 20U;
  static constexpr std::size_t max_count = 4096;

  /// The last answer, right or not; may be null.
  [[nodiscard]] std::shared_ptr<written_answer const> find(std::string const& asked) const;

  /// The text of the last answer; null unless that is right for what changed at `changed`.
  [[nodiscard]] http::shared_text find_text(std::string const& asked, std::uint64_t changed) const;

  /// Keeps `fresh` in place of the last answer. Returns its text.
  http::shared_text keep(std::string const& asked, written_answer fresh);

 private:
  boost::unordered_flat_map<std::string, std::shared_ptr<written_answer const>> answers_;
  std::size_t size_ = 0;
};

}  // namespace nsqlookupd::http_api
