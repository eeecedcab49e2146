// SPDX-License-Identifier: MIT
//
// Protocol V1 once more, as simple as can be: it looks at the stream and its replies side by side,
// and leaves to the replies whether a body was good.
#include "v1_course.hpp"

#include <nsqlookupd/protocol/command.hpp>

#include "target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace nsqlookupd::fuzz {
namespace {

constexpr std::size_t size_bytes = 4;

std::uint32_t read_size(std::string_view bytes) {
  std::uint32_t size = 0;
  for (auto const byte : bytes.substr(0, size_bytes)) {
    size = size << 8U | static_cast<unsigned char>(byte);
  }
  return size;
}

class reading {
 public:
  reading(protocol::session_settings const& settings, std::string_view stream,
          std::string_view replies)
      : settings_{settings}, stream_{stream}, replies_{replies} {}

  // Returns whether the session has to close.
  bool read_to_end() {
    while (!over_ && !closes_) {
      read_line();
    }
    require(replies_.empty(), "nothing is replied beyond the commands", replies_);
    return closes_;
  }

 private:
  std::string_view take_reply() {
    require(replies_.size() >= size_bytes, "each command has its reply", stream_);
    auto const size = read_size(replies_);
    require(size <= replies_.size() - size_bytes, "a reply is as long as its frame", replies_);
    auto const reply = replies_.substr(size_bytes, size);
    replies_.remove_prefix(size_bytes + size);
    require(reply == "OK" || reply == our_identity || reply.starts_with("E_"),
            "a reply is OK, the server's identity, or an error", reply);
    require_one_log_line(reply);
    return reply;
  }

  // A reply after which a session may have to close.
  std::string_view take_answer() {
    auto const reply = take_reply();
    bool const is_error = reply.starts_with("E_");
    closes_ = is_error && settings_.policy == protocol::client_error_policy::close;
    return reply;
  }

  void read_line() {
    auto const end = std::min(stream_.find('\n'), stream_.size());
    if (end > settings_.max_line_size) {
      require(take_reply().starts_with("E_INVALID line is longer"), "a long line is refused");
      closes_ = true;
    } else if (end == stream_.size()) {
      over_ = true;
    } else {
      auto const line = protocol::trim(stream_.substr(0, end));
      stream_.remove_prefix(end + 1);
      read_command(line.substr(0, line.find(' ')), std::count(line.begin(), line.end(), ' '));
    }
  }

  void read_command(std::string_view name, std::ptrdiff_t params) {
    if (name == "IDENTIFY" && identified_) {
      require(take_answer() == "E_INVALID cannot IDENTIFY again", "nobody identifies twice");
      drop_body();
    } else if (name == "IDENTIFY") {
      if (auto const reply = read_body("E_BAD_BODY IDENTIFY ")) {
        require(*reply != "OK", "IDENTIFY is not answered with OK");
        identified_ = *reply == our_identity;
      }
    } else if (name == "ANNOUNCE" && params >= 3) {
      if (auto const reply = read_body("E_BAD_BODY ANNOUNCE ")) {
        require(*reply != our_identity, "ANNOUNCE is answered with OK");
        identified_ = identified_ || *reply == "OK";
      }
    } else {
      read_plain_command(name);
    }
  }

  void read_plain_command(std::string_view name) {
    auto const reply = take_answer();
    bool const changes = name == "REGISTER" || name == "UNREGISTER";
    if (name == "PING") {
      require(reply == "OK", "a PING is answered with OK", reply);
    } else if (!changes) {
      require(reply.starts_with("E_INVALID "), "other commands are invalid", reply);
    } else if (!identified_) {
      require(reply == "E_INVALID client must IDENTIFY", "strangers register nothing", reply);
    }
  }

  [[nodiscard]] bool is_too_large(std::uint32_t size) const {
    return static_cast<std::int32_t>(size) < 0 || size > settings_.max_body_size;
  }

  // The reply to a whole body, or nothing when it is not whole or not taken.
  std::optional<std::string_view> read_body(std::string_view problem) {
    auto const size = read_size(stream_);
    bool const has_size = stream_.size() >= size_bytes;
    if (has_size && !is_too_large(size) && stream_.size() - size_bytes >= size) {
      stream_.remove_prefix(size_bytes + size);
      return take_answer();
    }
    auto const reply = take_reply();
    auto const reason = has_size ? "failed to read body" : "failed to read body size";
    require(reply.starts_with(problem) && reply.substr(problem.size()) == reason,
            "a body that is not whole is named", reply);
    closes_ = has_size && is_too_large(size);
    over_ = true;
    return std::nullopt;
  }

  void drop_body() {
    auto const size = read_size(stream_);
    if (stream_.size() < size_bytes) {
      over_ = true;
    } else if (is_too_large(size)) {
      closes_ = true;
    } else {
      stream_.remove_prefix(size_bytes);
      over_ = stream_.size() < size;
      stream_.remove_prefix(std::min<std::size_t>(size, stream_.size()));
    }
  }

  protocol::session_settings const& settings_;
  std::string_view stream_;
  std::string_view replies_;
  bool identified_ = false;
  bool over_ = false;
  bool closes_ = false;
};

}  // namespace

void require_course(protocol::session_settings const& settings, std::string_view stream,
                    std::string_view replies, bool closed) {
  reading progress{settings, stream, replies};
  require(progress.read_to_end() == closed, "a session closes when it has to, and only then");
}

}  // namespace nsqlookupd::fuzz
