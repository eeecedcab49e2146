// SPDX-License-Identifier: MIT
#include <nsqlookupd/text/duration.hpp>
#include <nsqlookupd/text/number.hpp>

#include "handlers.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

constexpr std::chrono::minutes usual_wait{5};
constexpr std::chrono::minutes longest_wait{10};

// So that clients which began together do not come back together.
std::chrono::nanoseconds with_a_little_more(std::chrono::nanoseconds wait) {
  constexpr int most = 16;
  thread_local std::minstd_rand generator{std::random_device{}()};
  std::uniform_int_distribution<std::chrono::nanoseconds::rep> more{0, wait.count() / most};
  return wait + std::chrono::nanoseconds{more(generator)};
}

// `*` and lists of tags, strong and weak ones (RFC 9110, 13.1.2).
bool has_tag(std::string_view tags, std::uint64_t index) {
  return tags == "*" || tags.find('"' + std::to_string(index) + '"') != std::string_view::npos;
}

/// The arguments `index` and `wait` of a request.
struct waiting_arguments {
  /// Nothing, where the request does not wait.
  std::optional<std::uint64_t> index = {};
  std::chrono::nanoseconds at_most{};
  /// The code of the error in them; empty when they are good.
  std::string_view wrong = {};
};

waiting_arguments read_waiting(request const& asked) {
  auto const arguments = asked.target.arguments();
  auto const query = asked.target.raw_query.value_or("");
  // Most requests do not wait, and not every route minds a malformed query.
  bool const may_wait = query.find("index") != query.npos || query.find('%') != query.npos;
  if (!may_wait || !arguments.is_well_formed()) {
    return {};
  }
  auto const index = arguments.get("index");
  if (!index) {
    return {};
  }
  waiting_arguments found{.index = text::parse_number<std::uint64_t>(*index),
                          .at_most = usual_wait};
  if (!found.index) {
    found.wrong = "INVALID_ARG_INDEX";
  }
  if (auto const wait = arguments.get("wait")) {
    auto const duration = text::parse_duration(*wait);
    if (!duration || duration->count() < 0) {
      found.wrong = found.wrong.empty() ? "INVALID_ARG_WAIT" : found.wrong;
    } else {
      found.at_most = std::min<std::chrono::nanoseconds>(*duration, longest_wait);
    }
  }
  return found;
}

}  // namespace

std::optional<http::reply> before_answer(request const& asked, registration_db const& db,
                                         std::uint64_t changed, std::string_view key) {
  auto const waits = read_waiting(asked);
  if (!waits.wrong.empty()) {
    return error_reply(400, waits.wrong);
  }
  bool const is_news = !waits.index || *waits.index == 0 || changed > *waits.index;
  bool const is_of_the_future = !is_news && *waits.index > db.revision();
  if (!is_news && !is_of_the_future && !asked.waits_no_more && waits.at_most.count() > 0) {
    http::reply later;
    later.wait = std::make_unique<http::wait>(
        http::wait{std::string{key}, with_a_little_more(waits.at_most)});
    return later;
  }
  if (!asked.if_none_match.empty() && has_tag(asked.if_none_match, changed)) {
    return with_index({.status = 304}, changed);
  }
  return std::nullopt;
}

http::reply with_index(http::reply answer, std::uint64_t index) {
  auto& headers = answer.headers;
  headers.append("X-Nsq-Index: ");
  text::append_number(headers, index);
  headers.append("\r\nETag: \"");
  text::append_number(headers, index);
  headers.append("\"\r\n");
  return answer;
}

}  // namespace nsqlookupd::http_api
