// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/kept_answer.hpp>
#include <nsqlookupd/http_api/reply.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace nsqlookupd::http_api {

/// Answers of `/lookup`, by topic: of a cluster in which nothing happens, its consumers ask for the
/// same topics again and again. Where something happens between any two lookups, nothing is kept,
/// and that costs nothing.
///
/// Not synchronized: used on the registration_db's strand.
class kept_lookups {
 public:
  /// All answers together are no longer than this, in bytes; and to let go of all of them must not
  /// hold up others, so there are no more than so many.
  static constexpr std::size_t max_size = std::size_t{4} << 20U;
  static constexpr std::size_t max_count = 4096;

  /// The answer, if it is right at this registration_db::lookups_version() and time; else null.
  [[nodiscard]] shared_text find(std::string_view topic, std::uint64_t version,
                                 registry::time_point now);

  /// True when nothing has happened since the find() before the last one.
  [[nodiscard]] bool is_worth_keeping() const noexcept { return is_quiet_; }

  /// Keeps `text`, if there is room for it. Returns it.
  shared_text keep(std::string_view topic, std::string text, validity const& holds);

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct entry {
    entry(shared_text what, validity const& how_long) : text{std::move(what)}, holds{how_long} {}

    shared_text text;
    validity holds;
  };

  boost::unordered_flat_map<std::string, entry, text_hash, std::equal_to<>> by_topic_;
  std::size_t size_ = 0;
  std::uint64_t version_ = 0;
  bool is_quiet_ = false;
};

}  // namespace nsqlookupd::http_api
