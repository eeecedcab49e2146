// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {

enum class content_type : std::uint8_t { none, json, text, html, metrics, binary };

/// A text that several replies may have in common.
using shared_text = std::shared_ptr<std::string const>;

inline constexpr std::size_t no_route = static_cast<std::size_t>(-1);

/// What goes back to the client, but for the headers that depend on the connection: append_head()
/// adds those. Cheap to move.
struct reply {
  unsigned status = 200;
  std::string body = {};
  /// The body, where there is one that is shared; null: `body` is.
  shared_text shared_body = nullptr;
  /// What follows the body, when that is too long for one string.
  std::vector<std::string> more = {};
  content_type content = content_type::none;
  /// The value of `Allow`, in static storage; empty: no such header.
  std::string_view allow = {};
  /// The value of `Location`; empty: no such header.
  std::string location = {};
  /// Whether the reply carries `X-Nsq-Content-Type: nsq; version=1.0`.
  bool nsq_content_type = false;
  /// Whether the reply carries `X-Content-Type-Options: nosniff`.
  bool no_sniff = false;
  /// Whose answer it is: a position in route_labels(), or beyond them: of no route.
  std::size_t route = no_route;
  /// Whether the request gets its line in the access log.
  bool logged = true;
  /// Whether the connection ends after this reply, whatever the client asked for.
  bool close = false;

  /// What the client reads behind the head, but for what is in `more`.
  [[nodiscard]] std::string_view text() const noexcept {
    return shared_body == nullptr ? std::string_view{body} : *shared_body;
  }

  /// The whole body's size in bytes.
  [[nodiscard]] std::size_t content_length() const noexcept {
    auto size = text().size();
    for (auto const& piece : more) {
      size += piece.size();
    }
    return size;
  }
};

}  // namespace nsqlookupd::http_api
