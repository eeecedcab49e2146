// SPDX-License-Identifier: MIT
#include <nsqlookupd/etcd/client.hpp>

#include "gateway.hpp"
#include "transport.hpp"

#include <cstddef>
#include <iterator>
#include <utility>

namespace nsqlookupd::etcd {

struct watch::stream {
  std::shared_ptr<transport> over;
  /// Its first line has been read.
  std::shared_ptr<connection> from;
  std::string endpoint;
};

namespace {

using boost::system::error_code;

// Looks at the line that opens a watch.
fault accept_opening(std::string_view line, std::int64_t from_revision) {
  auto opening = decode_watch(line);
  if (opening.failure.code) {
    return std::move(opening.failure);
  }
  if (!opening.created) {
    return fault_of(result<void>{errc::bad_answer});
  }
  if (from_revision > opening.revision + 1) {
    return {errc::future_revision, "etcd is at revision " + std::to_string(opening.revision) +
                                       ", and the watch begins with " +
                                       std::to_string(from_revision)};
  }
  return {};
}

// Ends the watch.
error_code fail(watch::stream const& shared, fault const& failure) {
  shared.over->note_failure(shared.endpoint, failure);
  shared.from->close();
  return failure.code;
}

net::task<result<watch_answer>> next_of(std::shared_ptr<watch::stream> shared) {
  watch_answer answer;
  std::size_t size = 0;
  while (true) {
    auto const line = co_await shared->from->next_line();
    if (!line) {
      co_return fail(*shared, {line.error(), shared->from->failure()});
    }
    size += line->size();
    auto news = decode_watch(*line);
    if (news.failure.code) {
      co_return fail(*shared, news.failure);
    }
    if (size > max_answer_size) {
      co_return fail(*shared, {errc::bad_answer, "an answer of the watch is too long"});
    }
    std::ranges::move(news.events, std::back_inserter(answer.events));
    if (!news.is_fragment) {
      // etcd's own revision may be ahead of the events that it has sent.
      answer.revision =
          answer.events.empty() ? news.revision : answer.events.back().entry.mod_revision;
      co_return answer;
    }
  }
}

net::task<result<std::unique_ptr<watch>>> open_by(std::shared_ptr<transport> over,
                                                  std::string prefix, std::int64_t from_revision) {
  auto const end = end_of_prefix(prefix);
  // An empty key is none for etcd.
  auto const begin = prefix.empty() ? std::string(1, '\0') : std::move(prefix);
  gateway_request request{
      "watch", {"/v3/watch", encode_watch(begin, end, from_revision), true}, {}};
  request.accept = [from_revision](std::string_view line) {
    return accept_opening(line, from_revision);
  };
  auto opened = co_await over->perform(std::move(request));
  if (!opened) {
    co_return opened.error();
  }
  watch::stream shared{over, std::move(*opened), over->endpoint_name()};
  co_return std::make_unique<watch>(std::make_shared<watch::stream>(std::move(shared)));
}

}  // namespace

watch::watch(std::shared_ptr<stream> of) : stream_{std::move(of)} {}

watch::~watch() {
  cancel();
}

net::task<result<watch_answer>> watch::next() {
  return next_of(stream_);
}

void watch::cancel() {
  stream_->from->close();
}

net::task<result<std::unique_ptr<watch>>> client::open_watch(std::string prefix,
                                                             std::int64_t from_revision) {
  return open_by(transport_, std::move(prefix), from_revision);
}

}  // namespace nsqlookupd::etcd
