// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http/reply.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http {

/// The arguments of a request: its query string, read as Go's url.ParseQuery does.
class query {
 public:
  /// `encoded` must outlive the query.
  explicit query(std::string_view encoded) noexcept : encoded_{encoded} {}

  /// False when there is a bad escape or a semicolon anywhere in it.
  [[nodiscard]] bool is_well_formed() const noexcept;

  /// The first value of the argument, decoded; nothing when it is absent. An argument without `=`
  /// is present and empty. The query must be well-formed.
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

  /// All values of the argument, decoded, each once and sorted. The query must be well-formed.
  [[nodiscard]] std::vector<std::string> get_all(std::string_view name) const;

 private:
  template <class Sink>
  void find(std::string_view name, Sink const& sink) const;

  std::string_view encoded_;
};

/// A request's target, taken apart the way Go's net/url does it: more leniently than RFC 3986, so
/// that raw UTF-8, `#`, `[` or `<` pass. The views point into the text that was parsed.
struct target {
  /// Scheme and authority of an absolute-form target, `http://host:4161`; mostly empty.
  std::string_view origin = {};
  /// As sent; may be empty behind an origin.
  std::string_view raw_path = {};
  /// The text after the first `?`, as sent; nothing when there is none.
  std::optional<std::string_view> raw_query = {};
  /// raw_path without its escapes; empty when there are none.
  std::string unescaped_path = {};

  /// Returns nothing for a text that is no target: control bytes, a bad escape in the path, a bad
  /// authority, or neither `http://`, `https://` nor a slash at its beginning.
  [[nodiscard]] static std::optional<target> parse(std::string_view text);

  [[nodiscard]] std::string_view path() const noexcept {
    return unescaped_path.empty() ? raw_path : std::string_view{unescaped_path};
  }

  [[nodiscard]] query arguments() const noexcept {
    return query{raw_query.value_or(std::string_view{})};
  }

  /// Appends the target as the access log shows it: as sent, without scheme and host.
  void append_logged(std::string& out) const;
};

/// `path` without empty elements, `.`, `..` and a trailing slash, in lower case: how a route would
/// have been written.
[[nodiscard]] std::string canonical_path(std::string_view path);

/// Sends the client to `path`, with the query that it came with: 301 with a little HTML for GET
/// and HEAD. Others must keep their method and get 307: not every client follows 308.
[[nodiscard]] reply redirect(std::string_view method, target const& from, std::string_view path);

}  // namespace nsqlookupd::http
