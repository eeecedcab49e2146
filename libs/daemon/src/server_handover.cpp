// SPDX-License-Identifier: MIT
//
// The server's part of a hand-over: it comes to rest and saves its state, or goes on from one.
#include <nsqlookupd/log/log.hpp>
#include <nsqlookupd/text/duration.hpp>

#include "server.hpp"

#include <chrono>
#include <utility>

namespace nsqlookupd {

std::unique_ptr<persistence> daemon::server::bring_back() {
  actor_.follow(change_counter_);
  auto stores = stored_ ? std::make_unique<persistence>(io_, actor_, *std::exchange(stored_, {}),
                                                        settings_, now_)
                        : nullptr;
  if (before_) {
    actor_.visit([&](registry::registration_db& db) {
      auto const ids = resume(db, *before_, registry::later(now_(), settings_.restore_grace));
      if (stores) {
        stores->begin_with(ids);
      }
    });
  }
  return stores;
}

// Their producers are in the registry already.
void daemon::server::resume_clients() {
  if (!before_) {
    return;
  }
  auto const before = *std::exchange(before_, {});
  for (auto const& client : before.clients) {
    ports_.resume(client);
  }
  actor_.visit([&](registry::registration_db const& db) {
    std::chrono::steady_clock::time_point const began{std::chrono::nanoseconds{before.began}};
    auto const taken = std::chrono::steady_clock::now() - began;
    log::line(log::level::info, "HANDOVER: resumed ", db.count_all().producers, " producers in ",
              text::format_duration(std::chrono::round<std::chrono::milliseconds>(taken)));
  });
}

handover::steps daemon::server::handover_steps() {
  return {.may_begin = [this] { return !server_info_.draining; },
          .announce = [this] { manager_.reloading(std::chrono::steady_clock::now()); },
          .come_to_rest =
              [this] {
                connections_.end_waits(true);
                actor_.wake_all();
                if (persistence_) {
                  persistence_->rest(true);
                }
              },
          .is_at_rest = [this](auto within) { return is_at_rest(within); },
          .save =
              [this](bool is_last) {
                handover_state state;
                state.listeners = ports_.save();
                if (persistence_) {
                  state.data_path = settings_.data_path;
                  state.data_lock = persistence_->lock();
                }
                state.cluster_lease = membership_ ? membership_->lease() : 0;
                actor_.visit([&](auto& db) { state.registry = db.take_snapshot(); });
                state.clients = connections_.save(!is_last);
                return state;
              },
          .go_on =
              [this] {
                turns_.go_on();
                connections_.end_waits(false);
                if (persistence_) {
                  persistence_->rest(false);
                }
                if (!server_info_.draining) {
                  manager_.ready();
                }
              }};
}

// Sessions begin nothing any more, and what they have begun may take a moment.
bool daemon::server::is_at_rest(std::chrono::milliseconds within) {
  turns_.pause();
  auto const end = std::chrono::steady_clock::now() + within;
  while (io_.poll_one() != 0 && std::chrono::steady_clock::now() < end) {
  }
  if (connections_.is_idle() && (!persistence_ || persistence_->is_at_rest())) {
    return true;
  }
  turns_.go_on();
  return false;
}

}  // namespace nsqlookupd
