// SPDX-License-Identifier: MIT
#include "deliveries.hpp"
#include "measurement.hpp"
#include "ping_thread.hpp"
#include "producers.hpp"
#include "scenarios.hpp"
#include "watch_parts.hpp"
#include "watchers.hpp"
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace bench {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// Producers that register and unregister topics: each is responsible for its own.
class changing_topics {
 public:
  changing_topics(measurement& work, deliveries& told)
      : work_{work},
        told_{told},
        producers_(std::max<std::size_t>(work.how().producers, 1)),
        registered_(work.how().topics) {
    told.on_all_told([this] { asio::post(work_.io(), [this] { news_.cancel(); }); });
  }

  // The topics are known then, and nobody is registered for one.
  void prepare() {
    for (auto& producer : producers_) {
      producer = &work_.keep_client();
    }
    for (std::size_t number = 0; number < producers_.size(); ++number) {
      work_.spawn(make_known(number));
    }
    work_.finish();
  }

  // Makes changes until the time is over, and returns when all watchers are told.
  asio::awaitable<void> change_at_rate(watchers* reading) {
    auto const pause = std::chrono::duration_cast<steady_clock::duration>(
        std::chrono::duration<double>{1 / work_.how().rate});
    asio::steady_timer timer{work_.io()};
    auto due = steady_clock::now();
    do {
      timer.expires_at(due);
      co_await timer.async_wait(asio::use_awaitable);
      co_await until_told(reading, next_);
      co_await change(reading, next_);
      next_ = (next_ + 1) % registered_.size();
      due = std::max(due + pause, steady_clock::now());
    } while (!work_.time_is_over());
    for (std::size_t topic = 0; topic < registered_.size(); ++topic) {
      co_await until_told(reading, topic);
    }
  }

  [[nodiscard]] std::size_t made() const noexcept { return made_; }

 private:
  [[nodiscard]] client& producer_of(std::size_t topic) const {
    return *producers_[topic % producers_.size()];
  }

  asio::awaitable<void> make_known(std::size_t number) {
    std::vector<std::string> commands;
    for (auto topic = number; topic < registered_.size(); topic += producers_.size()) {
      commands.push_back("REGISTER " + watched_topic(topic) + '\n');
      commands.push_back("UNREGISTER " + watched_topic(topic) + '\n');
    }
    co_await be_identified(&work_, producers_[number], number);
    co_await send_all(&work_, producers_[number], std::move(commands));
  }

  [[nodiscard]] bool all_told(watchers* reading, std::size_t topic) const {
    auto const locked = reading->lock();
    return told_.all_told(topic);
  }

  asio::awaitable<void> until_told(watchers* reading, std::size_t topic) {
    while (!all_told(reading, topic)) {
      boost::system::error_code cancelled;
      news_.expires_at(steady_clock::time_point::max());
      co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
      work_.made_progress();
    }
  }

  void note_change(watchers* reading, std::size_t topic) {
    auto const locked = reading->lock();
    told_.change(topic, steady_clock::now());
    ++made_;
  }

  asio::awaitable<void> change(watchers* reading, std::size_t topic) {
    registered_[topic] = !registered_[topic];
    auto const command =
        (registered_[topic] ? "REGISTER " : "UNREGISTER ") + watched_topic(topic) + '\n';
    note_change(reading, topic);
    co_await producer_of(topic).send(command);
    co_await producer_of(topic).read_frames(1);
  }

  measurement& work_;
  deliveries& told_;
  std::vector<client*> producers_;
  std::vector<bool> registered_;
  asio::steady_timer news_{work_.io()};
  std::size_t next_ = 0;
  std::size_t made_ = 0;
};

// Changes, once by themselves and once more beside PINGs, which would cost more than few events.
class watching {
 public:
  watching(target const& server, load const& how)
      : work_{server, how}, told_{how.topics}, topics_{work_, told_} {}

  figures measure() {
    topics_.prepare();
    auto const before = resident_bytes(work_.server().pid);
    watchers reading{work_, told_};
    reading.open();
    auto const after = resident_bytes(work_.server().pid);
    work_.start_measuring();
    run(reading);
    auto found = figures_of(reading);
    found.bytes_per_item = static_cast<double>(after - std::min(after, before)) /
                           static_cast<double>(work_.how().watchers);
    measure_pings(reading, found);
    found.watch.wrong_last_states = count_wrong_states(work_, reading, {});
    add_counts(reading, found);
    return found;
  }

 private:
  void run(watchers& reading) {
    reading.start();
    work_.spawn(topics_.change_at_rate(&reading));
    work_.finish();
    reading.stop();
  }

  figures figures_of(watchers const& reading) {
    auto const deliveries = reading.counted().events;
    tally const all{deliveries, told_.readers()};
    auto found = work_.result("watch", all, deliveries);
    found.body_bytes = reading.counted().bytes / std::max<std::size_t>(deliveries, 1);
    found.watch.watchers = work_.how().watchers;
    found.watch.changes = topics_.made();
    found.watch.last_p50_us = told_.last_readers().quantile_us(0.5);
    found.watch.last_p99_us = told_.last_readers().quantile_us(0.99);
    found.watch.last_worst_us = told_.last_readers().quantile_us(1);
    return found;
  }

  void measure_pings(watchers& reading, figures& found) {
    ping_thread pings{work_.server()};
    work_.restart_clock();
    run(reading);
    add_pings(pings, found);
  }

  measurement work_;
  deliveries told_;
  changing_topics topics_;
};

}  // namespace

figures watch(target const& server, load const& how) {
  return how.storm ? watch_storm(server, how) : watching{server, how}.measure();
}

}  // namespace bench
