// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/registry/compact_list.hpp>
#include <nsqlookupd/registry/id_table.hpp>
#include <nsqlookupd/registry/peer_info.hpp>
#include <nsqlookupd/registry/registration_places.hpp>
#include <nsqlookupd/registry/time.hpp>

#include <boost/intrusive/set.hpp>

#include <cstdint>
#include <string_view>

namespace nsqlookupd::registry {

struct registration;
struct topic;

/// How a session names its producer to the registration_db: given by add_producer(), good until
/// remove_producer().
enum class producer_id : std::uint32_t {};

/// One connection that has identified. Inside the registration_db only.
struct producer
    : boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>,
                                      boost::intrusive::link_mode<boost::intrusive::normal_link>> {
  peer_info peer;
  time_point last_update;
  /// Of what `/nodes` lists of it, see listed_node::version().
  std::uint64_t version = 0;
  /// False once its connection ended: it is in no answer any more, though what it registered may
  /// not be reclaimed yet.
  bool connected = true;
  /// Means that `sorted_topics` means nothing.
  mutable bool sorted_topics_out_of_date = true;
  producer_id id{};
  /// Where it is registered, and at which place in that registration's list of producers, so that
  /// both sides are found and taken out without a search.
  registration_places registrations;
  /// The topics among them, sorted by name: kept from one listing to the next, since to sort them
  /// takes most of its time.
  mutable compact_list<topic const*> sorted_topics;
};

/// Every producer, by its id.
using producer_table = id_table<producer_id, producer>;

/// The order in which producers are listed: by the address that clients dial, then by connection.
/// Two connections from one remote address, to different addresses of ours, differ by their id.
struct producer_key {
  std::string_view broadcast_address;
  std::int64_t http_port;
  std::string_view remote_address;
  producer_id id{};

  auto operator<=>(producer_key const&) const = default;
};

[[nodiscard]] inline producer_key key_of(producer const& subject) noexcept {
  return {subject.peer.broadcast_address, subject.peer.http_port, subject.peer.remote_address,
          subject.id};
}

struct key_of_producer {
  using type = producer_key;
  type operator()(producer const& subject) const noexcept { return key_of(subject); }
};

/// Connected producers in the order in which they are listed.
using producers_by_key =
    boost::intrusive::set<producer, boost::intrusive::key_of_value<key_of_producer>>;

struct in_no_order {
  bool operator()(producer const&, producer const&) const noexcept { return false; }
};

/// Producers whose connection ended, first come first served: what is pushed to the back stays
/// there. A tree, for it takes over the links by which the producer was listed, so that leaving
/// needs no memory.
using producer_queue = boost::intrusive::multiset<producer, boost::intrusive::compare<in_no_order>>;

}  // namespace nsqlookupd::registry
