// SPDX-License-Identifier: MIT
//
// The one table of routes, and from a request to a reply. NSQ's rows are here; the composition root
// adds those of other rooms.
#pragma once

#include <nsqlookupd/auth/vocabulary.hpp>
#include <nsqlookupd/http/reply.hpp>
#include <nsqlookupd/http/target.hpp>
#include <nsqlookupd/http_api/answer_cache.hpp>
#include <nsqlookupd/registry/registration_db.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nsqlookupd::http_api {

/// A request, and the client that asks.
struct request {
  std::string_view method;
  http::target const& target;
  /// The beginning of it, see http::request_parser::stored_body_size.
  std::string_view body = {};
  /// The port that must be asked over TLS instead, unless for a probe; 0: this one may be asked.
  std::uint16_t https_port = 0;
  auth::right granted = auth::right::write;
  /// Whether the client has shown a token or certificate that is known, so that to ask for one
  /// leads nowhere.
  bool is_known = true;
  /// The client's address, without its port.
  std::string_view client = {};
  /// Values of headers; empty where there is none.
  std::string_view if_none_match = {};
  std::string_view accept = {};
  std::string_view last_event_id = {};
  /// True when the request has waited for as long as it may, or the server is about to stop: it is
  /// answered with what is true now.
  bool waits_no_more = false;
};

/// Answers a request, and does what it asks for. `db` outlives a stream in the reply. On the
/// registration_db's strand.
using handler = std::function<http::reply(request const& asked, registry::registration_db& db,
                                          registry::time_point now)>;

/// A set of methods.
enum class methods : std::uint8_t {
  none = 0,
  get = 1,
  post = 2,
  put = 4,
  head = 8,
  get_or_post = get | post,
  get_or_head = get | head,
  get_head_or_put = get | head | put
};

constexpr bool includes(methods set, methods wanted) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(wanted)) != 0;
}

/// The method of this name; none for all that no route has.
[[nodiscard]] methods method_of(std::string_view name) noexcept;

/// The value of `Allow` for a path with these methods.
[[nodiscard]] std::string allow_of(methods set);

/// The input of a route. Arguments stand in the query string, which must then be well-formed.
enum class takes : std::uint8_t { nothing, arguments, body };

/// How NSQ's replies look.
enum class style : std::uint8_t {
  /// JSON or nothing, errors as `{"message":"CODE"}`.
  v1,
  /// The envelope of 2012, `{"status_code":…,"status_txt":…,"data":null}`, for clients that never
  /// moved. As in v0.2.16 to v0.2.28 the status is 500 whatever was wrong with the arguments, and
  /// there is no X-Nsq-Content-Type, by which a client knows that there is no envelope.
  envelope
};

/// The clients that a route is for.
enum class access : std::uint8_t {
  /// All, also where all else is for TLS alone: probes have no certificate.
  open,
  /// All: there is nothing of the registry in it.
  anybody,
  /// Those that may read; to PUT here needs the right to write.
  read,
  write
};

struct route {
  std::string_view path;
  methods allowed;
  access needed;
  takes input;
  handler run;
  /// The form of an error that is found before the handler runs.
  style how = style::v1;
  /// Whether the paths that begin with `path` are this route's, too.
  bool is_folder = false;
};

/// Thread-safe once it is made.
class route_table {
 public:
  /// Routes that are asked most should stand first. Paths are in static storage.
  explicit route_table(std::vector<route> routes, std::vector<route> others = {});

  [[nodiscard]] std::span<route const> all() const noexcept { return routes_; }

  /// The route of this path, or null.
  [[nodiscard]] route const* find(std::string_view path) const noexcept;

  /// The paths of all routes, and last `other` for what is none of them. Good as long as the table.
  [[nodiscard]] std::span<std::string_view const> labels() const noexcept { return labels_; }

  /// The position in labels() of a route, or of `other` for null.
  [[nodiscard]] std::size_t label_of(route const* found) const noexcept {
    return found == nullptr ? routes_.size() : static_cast<std::size_t>(found - routes_.data());
  }

 private:
  std::vector<route> routes_;
  std::vector<std::string_view> labels_;
};

/// The routes of NSQ's lookup servers, those of 2012 too. `version`: what `/info` shows. `cache`
/// outlives the routes, belongs to the one registration_db that they are asked about, and is used
/// on its strand.
[[nodiscard]] std::vector<route> nsq_routes(std::string version, answer_cache& cache);

/// 200 with JSON.
[[nodiscard]] http::reply json_reply(http::body json);

/// `{"message":"CODE"}`.
[[nodiscard]] http::reply error_reply(unsigned status, std::string_view code);

/// The answer to a change that was made.
[[nodiscard]] http::reply done(style how);

/// The answer to a request that was refused. `code`: why, such as `MISSING_ARG_TOPIC`.
[[nodiscard]] http::reply refusal(style how, unsigned status, std::string_view code);

/// The reply when there are as many watchers as there may be.
[[nodiscard]] http::reply too_many_watchers();

/// Answers one request, and does what it asks for. Every answer is a legal HTTP reply: exceptions
/// become 500 `INTERNAL_ERROR`. `found` is `table.find(asked.target.path())`. On the
/// registration_db's strand.
///
/// Lets time pass until `now` first. Afterwards the registration_db may have something to
/// reclaim().
[[nodiscard]] http::reply respond(route_table const& table, route const* found,
                                  request const& asked, registry::registration_db& db,
                                  registry::time_point now);

/// Logs why a request could not be answered. Returns 500 `INTERNAL_ERROR`. Any thread.
[[nodiscard]] http::reply explain_failure(request const& asked, std::exception const& failure);

/// True when the route takes a body, or arguments and they are well-formed: v1.3.0 reads the
/// request's body then, which decides whether `100 Continue` is sent and whether a body that is cut
/// short matters. Any thread.
[[nodiscard]] bool reads_body(route const* found, request const& asked);

}  // namespace nsqlookupd::http_api
