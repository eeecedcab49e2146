// SPDX-License-Identifier: MIT
#include "client_under_test.hpp"

#include <algorithm>

namespace nsqlookupd::etcd::test {

etcd::settings settings_for(std::vector<std::string> const& urls) {
  etcd::settings settings;
  for (auto const& url : urls) {
    settings.endpoints.emplace_back(url);
  }
  // No test fails because etcd is slow.
  settings.request_timeout = test_support::patience;
  return settings;
}

client_under_test::client_under_test(etcd::settings settings)
    : client{io, with_attempts(std::move(settings))} {}

client_under_test::client_under_test(test_support::etcd_process const& etcd)
    : client_under_test{settings_for(etcd.urls())} {}

settings client_under_test::with_attempts(etcd::settings settings) {
  settings.on_attempt = [this](std::string_view operation, std::string_view code,
                               std::chrono::nanoseconds) {
    attempts.push_back(std::string{operation} + ' ' + std::string{code});
  };
  return settings;
}

std::int64_t client_under_test::commit(std::vector<operation> operations) {
  return wait(client.commit(std::move(operations))).value();
}

std::int64_t client_under_test::put(std::string key, std::string value) {
  std::vector<operation> one;
  one.push_back(operation::put(std::move(key), std::move(value)));
  return commit(std::move(one));
}

page client_under_test::range(std::string begin, std::string end, std::int64_t limit,
                              std::int64_t at_revision) {
  return wait(client.range(std::move(begin), std::move(end), limit, at_revision)).value();
}

std::optional<std::string> client_under_test::get(std::string key) {
  auto found = range(std::move(key), {});
  return found.entries.empty() ? std::nullopt
                               : std::optional{std::move(found.entries.front().value)};
}

std::unique_ptr<watch> client_under_test::open_watch(std::string prefix,
                                                     std::int64_t from_revision) {
  return wait(client.open_watch(std::move(prefix), from_revision)).value();
}

std::vector<event> client_under_test::next_events(etcd::watch& watch) {
  while (true) {
    auto answer = wait(watch.next()).value();
    if (!answer.events.empty()) {
      return std::move(answer.events);
    }
  }
}

void compact(test_support::etcd_process const& etcd, std::int64_t revision) {
  auto const answer = etcd.post(
      "/v3/kv/compaction", R"({"physical":true,"revision":")" + std::to_string(revision) + "\"}");
  if (answer.find("error") != std::string::npos) {
    throw std::runtime_error{answer};
  }
}

}  // namespace nsqlookupd::etcd::test
