// SPDX-License-Identifier: MIT
//
// How a member joins, and stays. Its reading and writing is in membership_exchange.cpp.
#include <nsqlookupd/cluster/membership.hpp>
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/text/duration.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <random>
#include <tuple>
#include <utility>

namespace nsqlookupd::cluster {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using log::level;
using std::chrono::steady_clock;

// Before another attempt to join.
constexpr std::chrono::milliseconds retry_pause{200};

std::string new_marker() {
  std::random_device random;
  return R"({"id":")" + std::to_string(random()) + '-' + std::to_string(random()) + "\"}";
}

}  // namespace

membership::membership(asio::io_context& io, asio::io_context& registry_io,
                       net::registration_actor& actor, member_settings settings,
                       net::wall_clock now)
    : io_{io},
      registry_io_{registry_io},
      actor_{actor},
      settings_{std::move(settings)},
      now_{std::move(now)},
      client_{io_, settings_.etcd},
      known_{key_space{settings_.cluster_name}, settings_.self.node_id,
             settings_.tombstone_lifetime},
      registry_{[this] {
        asio::post(io_, [this] {
          has_changes_ = true;
          change_timer_.cancel();
        });
      }},
      self_{settings_.self} {
  // As it is written.
  self_.started_at = std::chrono::floor<std::chrono::microseconds>(now_());
  if (settings_.previous_lease != 0) {
    former_leases_.push_back(settings_.previous_lease);
  }
  actor_.visit([this](registry::registration_db& db) { registry_.follow(db); });
}

membership::~membership() {
  stop();
}

void membership::start() {
  thread_ = std::jthread{[this] {
    while (!is_stopping_) {
      asio::co_spawn(io_, run(), [](std::exception_ptr failure) {
        if (failure) {
          std::rethrow_exception(failure);
        }
      });
      try {
        io_.run();
      } catch (std::exception const& error) {
        log::line(level::error, "CLUSTER: beginning anew after - ", error.what());
        must_read_ = must_write_all_ = true;
      }
    }
  }};
}

void membership::stop() noexcept {
  if (!is_stopping_.exchange(true)) {
    io_.stop();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

member_status membership::status() const {
  std::scoped_lock const lock{mutex_};
  auto result = status_;
  result.is_ready = result.is_ready || steady_clock::now() - began_ >= settings_.sync_timeout;
  return result;
}

membership::task<void> membership::run() {
  asio::steady_timer retry_timer{io_};
  bool has_warned = false;
  while (true) {
    round_error_ = {};
    auto const error = co_await join();
    if (!error) {
      co_await stay();
    } else {
      end_round(error);
    }
    watch_.reset();
    if (round_error_ == etcd::errc::lease_not_found) {
      // Perhaps that of records: then all have to be written under others.
      must_write_all_ = true;
      record_lease_until_ = {};
      come_to(false, "the lease has ended");
    } else {
      must_read_ = must_read_ || round_error_ == etcd::errc::compacted;
      auto const& failure = client_.last_failure();
      come_to(false, failure.empty() ? round_error_.message() : failure);
      auto const now = status();
      if (now.is_ready && !std::exchange(has_warned, true) &&
          now.last_sync == registry::time_point{}) {
        log::line(level::warning, "CLUSTER: nothing read from etcd within -cluster-sync-timeout=",
                  text::format_duration(settings_.sync_timeout), ", serving alone until then");
      }
    }
    retry_timer.expires_after(retry_pause);
    co_await retry_timer.async_wait(net::token);
  }
}

membership::task<error_code> membership::join() {
  if (auto const version = co_await client_.check_version(); !version) {
    co_return version.error();
  }
  if (auto const error = co_await keep_lease()) {
    co_return error;
  }
  if (auto const error = co_await check_marker()) {
    co_return error;
  }
  if (must_read_) {
    if (auto const error = co_await read_all()) {
      co_return error;
    }
  }
  auto opened = co_await client_.open_watch(known_.keys().prefix(), revision_ + 1);
  if (!opened) {
    co_return opened.error();
  }
  watch_ = std::move(*opened);
  if (std::exchange(must_write_all_, false)) {
    if (auto const error = co_await begin_anew()) {
      must_write_all_ = true;
      co_return error;
    }
  }
  co_return co_await write_self();
}

membership::task<error_code> membership::keep_lease() {
  if (lease_ != 0) {
    auto const left = co_await client_.keep_alive(lease_);
    if (left || left.error() != etcd::errc::lease_not_found) {
      co_return left ? error_code{} : left.error();
    }
  }
  auto const granted = co_await client_.grant_lease(settings_.lease_ttl);
  if (!granted) {
    co_return granted.error();
  }
  if (auto const former = lease_.exchange(*granted); former != 0) {
    former_leases_.push_back(former);
  }
  known_.begin_life(lease_);
  // Deletions that were missed come first: otherwise all that was deleted would be written again.
  must_read_ = must_write_all_ = true;
  co_return error_code{};
}

// Whether etcd still has what it had.
membership::task<error_code> membership::check_marker() {
  auto const key = known_.keys().marker();
  auto const put = etcd::operation::put(key, new_marker());
  auto const made = co_await client_.put_if_absent(put);
  if (!made) {
    co_return made.error();
  }
  auto const read = co_await client_.range(key, {}, 1);
  if (!read || read->entries.empty()) {
    co_return read ? make_error_code(etcd::errc::bad_answer) : read.error();
  }
  auto const& found = read->entries.front().value;
  bool const is_lost = !marker_.empty() && (found != marker_ || read->revision < revision_);
  marker_ = found;
  if (is_lost) {
    log::line(level::warning, "CLUSTER: etcd has lost its data, writing all again");
    must_read_ = must_write_all_ = true;
    record_lease_until_ = {};
    revision_ = 0;
    end_unread_at_ = steady_clock::now() + settings_.lease_ttl;
  }
  co_return error_code{};
}

membership::task<void> membership::stay() {
  auto const executor = co_await asio::this_coro::executor;
  auto const spawn = [&](task<void> part) {
    return asio::co_spawn(executor, std::move(part), asio::deferred);
  };
  auto group = asio::experimental::make_parallel_group(spawn(end_with(follow_others())),
                                                       spawn(end_with(tell_others())),
                                                       spawn(end_with(keep_alive())));
  auto const ended = co_await group.async_wait(asio::experimental::wait_for_all{}, net::use_task);
  for (auto const& failure : {std::get<1>(ended), std::get<2>(ended), std::get<3>(ended)}) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
}

// One after another, all parts of a round end with the first.
membership::task<void> membership::end_with(task<error_code> part) {
  try {
    auto const error = co_await std::move(part);
    end_round(error);
  } catch (...) {
    // The others must not wait for ever.
    end_round(etcd::errc::bad_answer);
    throw;
  }
}

void membership::end_round(error_code error) {
  if (round_error_) {
    return;
  }
  round_error_ = error;
  client_.cancel();
  lease_timer_.cancel();
  change_timer_.cancel();
}

void membership::come_to(bool is_synced, std::string failure) {
  std::unique_lock lock{mutex_};
  bool const was_synced = std::exchange(status_.is_synced, is_synced);
  bool const is_news = is_synced != was_synced || (!is_synced && status_.failure.empty());
  status_.failure = std::move(failure);
  if (is_synced || was_synced) {
    status_.last_sync = now_();
  }
  status_.is_ready = status_.is_ready || is_synced;
  auto const members = status_.members.size();
  auto const text = status_.failure;
  lock.unlock();
  if (!is_news) {
    return;
  }
  if (is_synced) {
    log::line(level::info, "CLUSTER: in sync as ", settings_.self.node_id, ", ", members,
              members == 1 ? " member" : " members");
  } else {
    log::line(level::warning, "CLUSTER: out of sync - ", text);
  }
}

}  // namespace nsqlookupd::cluster
