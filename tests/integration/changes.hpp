// SPDX-License-Identifier: MIT
//
// For tests of clients that wait for changes.
#pragma once

#include "any_thread_count.hpp"
#include "event_client.hpp"
#include "eventually.hpp"

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nsqlookupd::test_support {

/// The lookup of a topic without channels and producers.
inline constexpr std::string_view nobody = R"({"channels":[],"producers":[]})";

[[nodiscard]] inline std::string request_for(std::string_view target,
                                             std::string_view fields = {}) {
  return std::string{"GET "}.append(target).append(" HTTP/1.1\r\nHost: h\r\n").append(fields) +
         "\r\n";
}

/// The value of a sample of `/metrics`; -1 when there is none.
[[nodiscard]] inline double metric(http_client& asking, std::string_view sample) {
  std::istringstream input{asking.get("/metrics").body};
  auto const beginning = std::string{sample} + ' ';
  for (std::string line; std::getline(input, line);) {
    if (line.starts_with(beginning)) {
      return std::stod(line.substr(beginning.size()));
    }
  }
  return -1;
}

/// Waits until so many clients wait.
[[nodiscard]] inline bool are_watching(http_client& asking, std::size_t count) {
  return eventually(
      [&] { return metric(asking, "nsqlookupd_watchers") == static_cast<double>(count); });
}

[[nodiscard]] inline std::uint64_t index_of(http_reply const& reply) {
  auto const text = reply.field("X-Nsq-Index");
  if (text.empty()) {
    throw std::runtime_error{"no index: " + reply.status_line};
  }
  return std::stoull(text);
}

/// `target` with its present index, so that it waits.
[[nodiscard]] inline std::string waiting_for(http_client& asking, std::string target) {
  auto const index = index_of(asking.get(target));
  target += target.find('?') == std::string::npos ? '?' : '&';
  return target + "index=" + std::to_string(index);
}

/// Several clients of one server that wait for changes.
class changes : public any_thread_count {
 protected:
  /// A client that waits for a change of `target`, the `count`th of all.
  [[nodiscard]] http_client wait_for_change_of(std::string const& target, std::size_t count = 1) {
    auto client = new_http_client();
    client.send(request_for(waiting_for(asking, target)));
    EXPECT_TRUE(are_watching(asking, count)) << target;
    EXPECT_FALSE(client.is_readable()) << target;
    return client;
  }

  [[nodiscard]] lookup_client new_producer() const {
    auto producer = new_lookup_client();
    producer.identify();
    return producer;
  }

  http_client asking = new_http_client();
};

}  // namespace nsqlookupd::test_support
