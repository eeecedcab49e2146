// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/net/registration_actor.hpp>

#include <chrono>
#include <utility>

namespace nsqlookupd::net {
namespace {

namespace asio = boost::asio;
using log::field;

// A client with few registrations gives them back as it leaves.
constexpr std::size_t first_slice = 64;

// So many entries take some 20 µs.
constexpr std::size_t slice = 256;

// Slices go on for so long before everybody else has a turn.
constexpr std::chrono::microseconds turn{500};

// Registrations that a storm may leave behind before they are given back all the same: 10 MiB.
constexpr std::size_t most_to_put_off = std::size_t{256} << 10U;

registry::lost_registration_sink loss_log() {
  if (!log::enabled(log::level::info)) {
    return {};
  }
  return [](registry::lost_registration const& lost) {
    log::line(log::level::info, "DB: client(", field{"client", lost.remote_address}, ") ",
              field{"command", "UNREGISTER"}, " category:", field{"category", lost.category},
              " key:", field{"topic", lost.topic}, " subkey:", field{"channel", lost.channel});
  };
}

}  // namespace

asio::any_io_executor strand_of(asio::io_context& io, concurrency threads) {
  if (threads == concurrency::one_thread) {
    return io.get_executor();
  }
  return asio::make_strand(io.get_executor());
}

registration_actor::registration_actor(asio::io_context& io, concurrency threads,
                                       registry::lifetimes how_long, registry::limits how_many)
    : db_{how_long, how_many},
      executor_{strand_of(io, threads)},
      one_thread_{threads == concurrency::one_thread} {}

void registration_actor::start_reclaiming() {
  if (!reclaiming_ && db_.has_departed() && db_.reclaim(first_slice, loss_log())) {
    reclaiming_ = true;
    departed_registrations_ = db_.departed_registrations();
    post([this] { reclaim_slice_by_slice(); });
  }
}

bool registration_actor::is_storm() noexcept {
  auto const before = std::exchange(departed_registrations_, db_.departed_registrations());
  return before < departed_registrations_ && departed_registrations_ < most_to_put_off;
}

// Registrations left behind cost memory alone, and to give it back takes a twentieth of the time
// that it took to register it: with a turn in each round of the event loop this keeps pace.
void registration_actor::reclaim_slice_by_slice() {
  auto const end = std::chrono::steady_clock::now() + turn;
  bool is_more = true;
  if (!is_storm()) {
    while (is_more && std::chrono::steady_clock::now() < end) {
      is_more = db_.reclaim(slice, loss_log());
    }
  }
  if (is_more) {
    post([this] { reclaim_slice_by_slice(); });
  } else {
    reclaiming_ = false;
  }
}

}  // namespace nsqlookupd::net
