// SPDX-License-Identifier: MIT
#include <nsqlookupd/actor/registration_actor.hpp>
#include <nsqlookupd/log/log.hpp>

#include <new>

namespace nsqlookupd::actor {
namespace {

namespace asio = boost::asio;

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
  if (!reclaiming_ && db.has_departed() && db.reclaim(reclaim_slice, loss_log())) {
    reclaiming_ = true;
    asio::post(executor_, [this] { reclaim_slice_by_slice(); });
  }
}

void registration_actor::reclaim_slice_by_slice() {
  if (db_.reclaim(reclaim_slice, loss_log())) {
    asio::post(executor_, [this] { reclaim_slice_by_slice(); });
  } else {
    reclaiming_ = false;
  }
}

}  // namespace nsqlookupd::actor
