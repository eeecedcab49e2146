// SPDX-License-Identifier: MIT
#include <nsqlookupd/actor/registration_actor.hpp>
#include <nsqlookupd/log/log.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace nsqlookupd::actor {
namespace {

namespace asio = boost::asio;

// What a client has that has come and gone is given back as it leaves.
constexpr std::size_t first_slice = 64;

// So many entries take about a quarter of a millisecond.
constexpr std::size_t slice = 4096;

// What a storm may leave behind before it is given back all the same: some 10 MiB.
constexpr std::size_t most_to_put_off = std::size_t{256} << 10U;

asio::any_io_executor strand_of(asio::io_context& io, concurrency threads) {
  if (threads == concurrency::one_thread) {
    return io.get_executor();
  }
  return asio::make_strand(io.get_executor());
}

registry::lost_registration_sink loss_log() {
  if (!log::enabled(log::level::info)) {
    return {};
  }
  return [](registry::lost_registration const& lost) {
    log::line(log::level::info, "DB: client(", lost.remote_address,
              ") UNREGISTER category:", lost.category, " key:", lost.topic,
              " subkey:", lost.channel);
  };
}

}  // namespace

registration_actor::registration_actor(asio::io_context& io, concurrency threads,
                                       registry::lifetimes how_long, registry::limits how_many)
    : db_{how_long, how_many},
      executor_{strand_of(io, threads)},
      one_thread_{threads == concurrency::one_thread} {}

void registration_actor::start_reclaiming(registry::registration_db& db) {
  if (!reclaiming_ && db.has_departed() && db.reclaim(first_slice, loss_log())) {
    reclaiming_ = true;
    departed_registrations_ = db.departed_registrations();
    asio::post(executor_, [this] { reclaim_slice_by_slice(); });
  }
}

bool registration_actor::is_storm() noexcept {
  auto const before = std::exchange(departed_registrations_, db_.departed_registrations());
  return before < departed_registrations_ && departed_registrations_ < most_to_put_off;
}

// What is left behind costs memory alone. Slices that keep pace with those who leave make it
// bounded.
void registration_actor::reclaim_slice_by_slice() {
  constexpr std::size_t part = 16;
  if (is_storm() || db_.reclaim(std::max(slice, departed_registrations_ / part), loss_log())) {
    asio::post(executor_, [this] { reclaim_slice_by_slice(); });
  } else {
    reclaiming_ = false;
  }
}

}  // namespace nsqlookupd::actor
