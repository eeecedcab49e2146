// SPDX-License-Identifier: MIT
//
// A TCP client's bytes, in any fragmentation, to a session beside which another producer lives.
// Input: a byte that chooses the settings and the cuts, the magic, and the commands.
#include <nsqlookupd/protocol/v1_session.hpp>
#include <nsqlookupd/registry/registration_db.hpp>

#include "registry_listings.hpp"
#include "target.hpp"
#include "v1_course.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace nsqlookupd;
using namespace nsqlookupd::fuzz;
using test_support::lines;

constexpr std::string_view remote_address = "10.0.0.1:5000";
constexpr registry::time_point now{std::chrono::seconds{1'795'411'881}};

struct choices {
  protocol::session_settings settings;
  registry::limits limits;
  std::uint32_t cuts;
};

choices choose(std::uint8_t byte) {
  choices how;
  how.settings.identify_reply = our_identity;
  if ((byte & 1U) != 0) {
    how.settings.policy = protocol::client_error_policy::close;
  }
  if ((byte & 2U) != 0) {
    how.settings.max_line_size = 40;
    how.settings.max_body_size = 120;
  }
  if ((byte & 4U) != 0) {
    how.limits = {.registrations_per_producer = 3, .topics = 2, .channels_per_topic = 2};
  }
  how.cuts = 1U + (byte >> 3U);
  return how;
}

// A session, seen from outside.
struct course {
  std::string replies;
  std::string fatal_error;
  lines registrations;
  lines topics;
  bool closed = false;
  bool identified = false;

  bool operator==(course const&) const = default;
};

class server {
 public:
  explicit server(choices const& how) : how_{how}, db_{{}, how.limits} {
    auto const neighbour = db_.add_producer({.remote_address = "10.0.0.9:5000",
                                             .hostname = {},
                                             .broadcast_address = "neighbour",
                                             .tcp_port = 1,
                                             .http_port = 2,
                                             .version = "1",
                                             .topology_zone = {},
                                             .topology_region = {}},
                                            now);
    db_.register_producer(neighbour, "t", "c");
  }

  course serve(protocol::v1_session& session, std::string_view stream, cutter cuts) {
    course seen;
    std::string unfinished;
    while (!stream.empty() && !seen.closed) {
      unfinished += cuts.take(stream);
      seen.closed = take(session, unfinished, seen.replies);
    }
    if (!seen.closed) {
      session.end_input(unfinished, seen.replies);
    }
    seen.fatal_error = session.fatal_error();
    seen.identified = session.identified();
    seen.registrations = test_support::list_registrations(db_);
    seen.topics = test_support::list_topics(db_);
    say_farewell(session);
    return seen;
  }

 private:
  bool take(protocol::v1_session& session, std::string& unfinished, std::string& replies) {
    auto const done = session.consume(unfinished, db_, now, replies, unfinished.size());
    require(done.consumed <= unfinished.size(), "no more is consumed than there is");
    unfinished.erase(0, done.consumed);
    auto const most = std::max(how_.settings.max_line_size, how_.settings.max_body_size);
    require(done.close || unfinished.size() <= most, "no more is held than the longest command");
    require(done.mid_command || unfinished.empty(), "held bytes are a command's beginning");
    require(session.identified() == (db_.count_all().producers == 2),
            "a client that identified is a producer");
    auto const replied = replies.size();
    session.consume(unfinished, db_, now, replies, unfinished.size());
    require(replies.size() == replied, "the same input is not answered again");
    return done.close;
  }

  void say_farewell(protocol::v1_session& session) {
    session.leave(db_, now, "EOF");
    for (int slice = 0; db_.reclaim(8); ++slice) {
      require(slice < 1'000'000, "reclaim() ends");
    }
    require(db_.count_all().producers == 1, "a client that left is no producer");
    require(test_support::list_lookup(db_, "t", now) == lines{"10.0.0.9:5000"},
            "the neighbour is still there");
  }

  choices const& how_;
  registry::registration_db db_;
};

course run(choices const& how, std::string_view magic, std::string_view stream, cutter cuts) {
  auto const session = protocol::make_session(magic, how.settings, remote_address);
  return server{how}.serve(*session, stream, cuts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size < 1 + protocol::magic_size) {
    return -1;
  }
  auto const how = choose(*data);
  auto const magic = as_text(data + 1, protocol::magic_size);
  auto const stream = as_text(data, size).substr(1 + protocol::magic_size);
  if (!protocol::make_session(magic, how.settings, remote_address)) {
    require(magic != "  V1", "V1 is spoken");
    return -1;
  }
  auto const whole = run(how, magic, stream, cutter{0});
  require_course(how.settings, stream, whole.replies, whole.closed);
  require(run(how, magic, stream, cutter{how.cuts}) == whole, "pieces are served as the whole is");
  return 0;
}
