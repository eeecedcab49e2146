// SPDX-License-Identifier: MIT
#include "producers.hpp"
#include "watch_parts.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace bench {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_storm{10'000};

std::vector<client*> all_clients(measurement& work) {
  std::vector<client*> all;
  for (auto& producer : work.clients()) {
    all.push_back(&producer);
  }
  return all;
}

asio::awaitable<void> leave(measurement* work, steady_clock::time_point* left) {
  co_await close_all(work, all_clients(*work));
  *left = steady_clock::now();
}

}  // namespace

load usual_watch_storm() {
  load how;
  how.storm = true;
  how.watchers = 1'000;
  how.topics = 100;
  return how;
}

figures watch_storm(target const& server, load const& how) {
  measurement work{server, how};
  deliveries told{how.topics};
  prepare_producers(work);
  auto const before = resident_bytes(server.pid);
  watchers reading{work, told};
  reading.open();
  auto const after = resident_bytes(server.pid);
  forget_peak(server.pid);
  auto const peak = peak_bytes(server.pid);
  ping_thread pings{server};
  steady_clock::time_point left;
  work.start_measuring();
  work.spawn(leave(&work, &left));
  auto const wrong = count_wrong_states(work, reading, std::min(longest_storm, how.patience));
  work.stop_measuring();
  tally const all{reading.counted().events, reading.last_events(left)};
  auto found = work.result("watch: storm", all, all.operations);
  found.body_bytes = reading.counted().bytes / std::max<std::size_t>(all.operations, 1);
  found.bytes_per_item =
      static_cast<double>(after - std::min(after, before)) / static_cast<double>(how.watchers);
  found.watch.watchers = how.watchers;
  found.watch.peak_growth_bytes = static_cast<double>(peak_bytes(server.pid) - peak);
  add_pings(pings, found);
  add_counts(reading, found);
  // Many changes at once are told of in any number of events.
  found.watch.unexpected = 0;
  found.watch.wrong_last_states = wrong;
  return found;
}

}  // namespace bench
