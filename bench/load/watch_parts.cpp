// SPDX-License-Identifier: MIT
#include "watch_parts.hpp"

#include "client.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace bench {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Holds the watchers of every topic against /lookup.
class state_check {
 public:
  state_check(measurement& work, watchers& reading, milliseconds patience)
      : work_{work}, reading_{reading}, until_{steady_clock::now() + patience} {}

  asio::awaitable<void> run() {
    co_await asking_.connect(work_.server().http);
    for (std::size_t topic = 0; topic < work_.how().topics; ++topic) {
      co_await check(topic);
    }
  }

  [[nodiscard]] std::size_t wrong() const noexcept { return wrong_; }

 private:
  asio::awaitable<void> check(std::size_t topic) {
    constexpr milliseconds pause{5};
    auto const request = get("/lookup?topic=" + watched_topic(topic));
    asio::steady_timer timer{work_.io()};
    while (true) {
      co_await asking_.send(request);
      co_await asking_.read_answer(http_answer::everything);
      auto const& state = asking_.body_start();
      auto const differing = reading_.differing(topic, state);
      bool const is_over = steady_clock::now() >= until_;
      if (is_over || (differing == 0 && state.find(R"("producers":[])") != std::string::npos)) {
        wrong_ += differing;
        co_return;
      }
      timer.expires_after(pause);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  measurement& work_;
  watchers& reading_;
  steady_clock::time_point until_;
  client asking_{work_.io()};
  std::size_t wrong_ = 0;
};

}  // namespace

std::size_t count_wrong_states(measurement& work, watchers& reading, milliseconds patience) {
  state_check check{work, reading, patience};
  reading.start();
  work.spawn(check.run());
  work.finish();
  reading.stop();
  return check.wrong();
}

void add_pings(ping_thread& pings, figures& found) {
  latencies took;
  for (auto const each : pings.stop()) {
    took.add(each);
  }
  found.watch.ping_p99_us = took.quantile_us(0.99);
  found.watch.ping_worst_us = took.quantile_us(1);
}

void add_counts(watchers const& reading, figures& found) {
  auto const& counted = reading.counted();
  found.watch.comments = counted.comments;
  found.watch.ids_not_growing = counted.ids_not_growing;
  found.watch.unexpected = counted.unexpected;
}

}  // namespace bench
