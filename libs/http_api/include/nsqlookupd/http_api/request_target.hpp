// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nsqlookupd::http_api {

/// A request's target, taken apart the way Go's net/url does it: more leniently than RFC 3986, so
/// that raw UTF-8, `#`, `[` or `<` pass. The views point into the text that was parsed.
struct request_target {
  /// Scheme and authority of an absolute-form target, `http://host:4161`; mostly empty.
  std::string_view origin = {};
  /// As sent. Empty for an authority-form (CONNECT) or opaque target.
  std::string_view raw_path = {};
  /// What follows the first `?`, as sent; nothing when there is none.
  std::optional<std::string_view> query = {};
  /// raw_path without its escapes; empty when there are none.
  std::string unescaped_path = {};

  [[nodiscard]] std::string_view path() const noexcept {
    return unescaped_path.empty() ? raw_path : std::string_view{unescaped_path};
  }

  /// Returns nothing for a target that v1.3.0 answers with a plain 400: control bytes, a bad escape
  /// in the path, a bad authority, or neither a scheme nor a slash at its beginning.
  [[nodiscard]] static std::optional<request_target> parse(std::string_view method,
                                                           std::string_view text);
};

/// Appends the path as v1.3.0 logs it: as sent if it is all in the allowed characters, otherwise
/// escaped anew.
void append_escaped_path(request_target const& target, std::string& out);

}  // namespace nsqlookupd::http_api
