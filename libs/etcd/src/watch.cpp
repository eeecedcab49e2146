// SPDX-License-Identifier: MIT
#include "watch_stream.hpp"

#include <cstddef>
#include <iterator>
#include <utility>

namespace nsqlookupd::etcd {
namespace {

using boost::system::error_code;

// Looks at the line that opens a watch.
fault accept_opening(std::string_view line, std::int64_t from_revision) {
  auto opening = decode_watch(line);
  if (opening.failure.code) {
    return std::move(opening.failure);
  }
  if (!opening.created) {
    error_code const error = errc::bad_answer;
    return {error, error.message(), false};
  }
  if (from_revision > opening.revision + 1) {
    return {errc::future_revision,
            "etcd is at revision " + std::to_string(opening.revision) +
                ", and the watch begins with " + std::to_string(from_revision),
            false};
  }
  return {};
}

// Shares the state, so that the watch may end before it.
net::task<result<watch_answer>> next_of(std::shared_ptr<watch_stream> stream) {
  co_return co_await stream->next();
}

}  // namespace

watch_stream::watch_stream(std::shared_ptr<transport> transport,
                           std::shared_ptr<connection> connection)
    : transport_{std::move(transport)},
      connection_{std::move(connection)},
      endpoint_{transport_->endpoint_name()} {}

net::task<result<watch_answer>> watch_stream::next() {
  watch_answer answer;
  std::size_t size = 0;
  while (true) {
    auto const line = co_await connection_->next_line();
    if (!line) {
      co_return fail(line.error(), connection_->failure());
    }
    size += line->size();
    auto news = decode_watch(*line);
    if (news.failure.code) {
      co_return fail(news.failure.code, news.failure.message);
    }
    if (size > max_answer_size) {
      co_return fail(errc::bad_answer, "an answer of the watch is too long");
    }
    answer.events.insert(answer.events.end(), std::move_iterator{news.events.begin()},
                         std::move_iterator{news.events.end()});
    if (!news.is_fragment) {
      // etcd's own revision may be ahead of the events that it has sent.
      answer.revision =
          answer.events.empty() ? news.revision : answer.events.back().entry.mod_revision;
      co_return answer;
    }
  }
}

void watch_stream::cancel() {
  connection_->close();
}

error_code watch_stream::fail(error_code error, std::string_view message) {
  if (error.category() == category()) {
    transport_->note_failure(endpoint_, message);
  }
  connection_->close();
  return error;
}

net::task<result<std::unique_ptr<watch>>> open_watch_of(std::shared_ptr<transport> transport,
                                                        std::string prefix,
                                                        std::int64_t from_revision) {
  auto const end = end_of_prefix(prefix);
  // An empty key is none for etcd.
  auto const begin = prefix.empty() ? std::string(1, '\0') : std::move(prefix);
  gateway_request request{"watch", "/v3/watch", encode_watch(begin, end, from_revision), true, {}};
  request.accept = [from_revision](std::string_view line) {
    return accept_opening(line, from_revision);
  };
  auto connection = co_await transport->perform(std::move(request));
  if (!connection) {
    co_return connection.error();
  }
  auto stream = std::make_shared<watch_stream>(transport, std::move(*connection));
  co_return std::make_unique<watch>(std::move(stream));
}

watch::watch(std::shared_ptr<watch_stream> stream) : stream_{std::move(stream)} {}

watch::~watch() {
  cancel();
}

net::task<result<watch_answer>> watch::next() {
  return next_of(stream_);
}

void watch::cancel() {
  stream_->cancel();
}

std::string const& watch::endpoint() const noexcept {
  return stream_->endpoint();
}

}  // namespace nsqlookupd::etcd
