// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::http {

/// A text that several replies may have in common.
using shared_text = std::shared_ptr<std::string const>;

struct body;

/// A body that takes too long to be written at one go: it is written slice by slice, so that others
/// have their turn in between. Or one that takes time, whatever is done.
class body_stream {
 public:
  body_stream() = default;
  virtual ~body_stream() = default;

  /// Writes on, for about `budget` (at least 1) items visited. Returns true when the body is
  /// complete. Called where the reply was made.
  virtual bool write_some(std::size_t budget) = 0;

  /// Bytes that are written so far.
  [[nodiscard]] virtual std::size_t size() const noexcept { return 0; }

  /// How long to let pass before finish(), unless the client leaves or the server stops before.
  [[nodiscard]] virtual std::chrono::seconds pause() const noexcept { return {}; }

  /// The text; once, after write_some() has returned true. Any thread.
  [[nodiscard]] virtual body finish() = 0;

 protected:
  body_stream(body_stream&&) = default;
  body_stream& operator=(body_stream&&) = default;
};

/// The body of a reply: a text, a text that other replies share, or a stream that is still to be
/// written. Cheap to move.
struct body {
  body() = default;
  body(std::string own) noexcept : text{std::move(own)} {}
  body(char const* own) : text{own} {}
  body(shared_text common) noexcept : shared{std::move(common)} {}
  template <std::derived_from<body_stream> Stream>
  body(std::unique_ptr<Stream> unwritten) noexcept : stream{std::move(unwritten)} {}

  /// The text, without the part in `more`.
  [[nodiscard]] std::string_view first() const noexcept {
    return shared == nullptr ? std::string_view{text} : *shared;
  }

  /// The end of a text that is not shared.
  [[nodiscard]] std::string& last() noexcept { return more.empty() ? text : more.back(); }

  /// Bytes of the whole text.
  [[nodiscard]] std::size_t size() const noexcept {
    auto bytes = first().size();
    for (auto const& piece : more) {
      bytes += piece.size();
    }
    return bytes;
  }

  std::string text;
  /// In place of `text`, unless it is null.
  shared_text shared;
  /// The rest of a text that is too long for one string.
  std::vector<std::string> more;
  /// In place of all others, unless it is null.
  std::unique_ptr<body_stream> stream;
};

/// A reply that is not due yet: the request is to be answered anew when something of `key` has
/// changed, at the latest after `at_most`.
struct wait {
  std::string key;
  std::chrono::nanoseconds at_most;
};

/// A body that goes on and on: events, each sent when it comes (Server-Sent Events, WHATWG HTML).
class event_stream {
 public:
  enum class state : std::uint8_t {
    /// There is nothing to send, until something of keys() changes.
    idle,
    /// The next event takes more time to be written.
    busy,
    /// take() has events.
    ready
  };

  event_stream() = default;
  event_stream(event_stream const&) = delete;
  event_stream& operator=(event_stream const&) = delete;
  virtual ~event_stream() = default;

  /// The changes that may bring an event.
  [[nodiscard]] virtual std::span<std::string const> keys() const noexcept = 0;

  /// Writes on, for about `budget` (at least 1) items visited. Called where the reply was made.
  virtual state write_some(std::size_t budget) = 0;

  /// Gives memory back, since the client does not take what it was sent: what is due is found anew.
  virtual void release() {}

  /// The text to be sent; once each time that write_some() has returned ready. Ends with an empty
  /// line, which is no part of the events. Any thread.
  [[nodiscard]] virtual body take() = 0;

 protected:
  event_stream(event_stream&&) = default;
  event_stream& operator=(event_stream&&) = default;
};

/// The line end behind the events of take().
inline constexpr std::string_view after_events = "\r\n";

/// A reply to a client, from the handler to the socket. Cheap to move.
struct reply {
  unsigned status = 200;
  /// Header lines as they are sent, each with its line end; without those that append_head() adds.
  /// When there are none, a body is plain text.
  std::string headers = {};
  http::body body = {};
  /// In place of all others, unless it is null.
  std::unique_ptr<http::wait> wait = {};
  /// In place of a body, unless it is null.
  std::unique_ptr<event_stream> events = {};
  /// Whether the request gets its line in the access log.
  bool logged = true;
  /// Whether the connection ends after this reply, whatever the client asked for.
  bool close = false;
};

}  // namespace nsqlookupd::http
