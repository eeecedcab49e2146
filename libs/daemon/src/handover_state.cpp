// SPDX-License-Identifier: MIT
#include "handover_state.hpp"

#include <boost/archive/archive_exception.hpp>
#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/array.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace nsqlookupd {
namespace {

// Whatever is added, left out or ordered otherwise in what is written makes it another version.
constexpr std::string_view first_line = "nsqlookupd hand-over ";
constexpr int version = 2;

[[noreturn]] void fail(int error, char const* function) {
  throw std::system_error{error, std::generic_category(), function};
}

std::string read_whole(int descriptor) {
  struct stat found{};
  if (::fstat(descriptor, &found) != 0) {
    fail(errno, "fstat");
  }
  std::string content(static_cast<std::size_t>(found.st_size), '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    auto const count =
        ::pread(descriptor, content.data() + size, content.size() - size, static_cast<off_t>(size));
    if (count <= 0) {
      fail(count == 0 ? EIO : errno, "pread");
    }
    size += static_cast<std::size_t>(count);
  }
  return content;
}

// The archives know neither std::optional nor the clock's moments and durations, and enumerations
// by their numbers alone.
template <class Archive>
class fields {
 public:
  explicit fields(Archive& archive) : archive_{archive} {}

  template <class... Fields>
  void operator()(Fields&... each) {
    (one(each), ...);
  }

 private:
  template <class T>
  void one(T& value) {
    if constexpr (std::is_enum_v<T>) {
      auto number = static_cast<std::underlying_type_t<T>>(value);
      archive_ & number;
      value = static_cast<T>(number);
    } else {
      archive_ & value;
    }
  }
  void one(registry::time_point& moment) {
    auto count = std::int64_t{moment.time_since_epoch().count()};
    archive_ & count;
    moment = registry::time_point{registry::time_point::duration{count}};
  }
  template <class T>
  void one(std::optional<T>& value) {
    bool has_value = value.has_value();
    archive_ & has_value;
    if (has_value) {
      one(value ? *value : value.emplace());
    }
  }

  Archive& archive_;
};

}  // namespace
}  // namespace nsqlookupd

BOOST_IS_BITWISE_SERIALIZABLE(nsqlookupd::registry::snapshot::record)
BOOST_IS_BITWISE_SERIALIZABLE(nsqlookupd::registry::snapshot::registration)

// Each value is written alone, without a word on its type: the version is that of the whole.
template <class T>
  requires(
      std::is_class_v<T> && !boost::serialization::is_wrapper<T>::value &&
      requires(T value) { serialize(std::declval<boost::archive::binary_oarchive&>(), value, 0U); })
struct boost::serialization::implementation_level_impl<T const> {
  using tag = mpl::integral_c_tag;
  using type = mpl::int_<object_serializable>;
  static constexpr int value = object_serializable;
};

// Found by their names' namespaces.
namespace nsqlookupd::registry {

template <class Archive>
void serialize(Archive& archive, peer_info& peer, unsigned) {
  nsqlookupd::fields{archive}(peer.remote_address, peer.hostname, peer.broadcast_address,
                              peer.tcp_port, peer.http_port, peer.version, peer.topology_zone,
                              peer.topology_region);
}
template <class Archive>
void serialize(Archive& archive, snapshot::tombstone& each, unsigned) {
  nsqlookupd::fields{archive}(each.topic, each.set_at, each.hides);
}
template <class Archive>
void serialize(Archive& archive, snapshot::producer& each, unsigned) {
  nsqlookupd::fields{archive}(each.id, each.last_update, each.changed, each.activity_changed,
                              each.known_by, each.silent, each.confirm_until, each.registrations,
                              each.tombstones);
}
template <class Archive>
void serialize(Archive& archive, snapshot::past_change& each, unsigned) {
  nsqlookupd::fields{archive}(each.revision, each.time, each.kind, each.topic, each.channel,
                              each.peer, each.cause);
}
template <class Archive>
void serialize(Archive& archive, snapshot::removed_topic& each, unsigned) {
  nsqlookupd::fields{archive}(each.revision, each.name);
}
template <class Archive>
void serialize(Archive& archive, snapshot& all, unsigned) {
  nsqlookupd::fields{archive}(all.now, all.back_until, all.revisions, all.names, all.records,
                              all.peers, all.producers, all.removed_topics, all.forgotten,
                              all.changes);
}

}  // namespace nsqlookupd::registry

namespace nsqlookupd::protocol {

template <class Archive>
void serialize(Archive& archive, saved_session& each, unsigned) {
  nsqlookupd::fields{archive}(each.magic, each.producer, each.next, each.body_of, each.body_size,
                              each.announcement, each.fatal_error);
}

}  // namespace nsqlookupd::protocol

namespace nsqlookupd::net {

template <class Archive>
void serialize(Archive& archive, saved_client& each, unsigned) {
  nsqlookupd::fields{archive}(each.kind, each.descriptor, each.remote_address, each.input,
                              each.output, each.is_closing, each.session);
}

}  // namespace nsqlookupd::net

namespace nsqlookupd {

template <class Archive>
void serialize(Archive& archive, saved_listener& each, unsigned) {
  fields{archive}(each.flag, each.address, each.descriptor, each.is_shared);
}
template <class Archive>
void serialize(Archive& archive, handover_state& all, unsigned) {
  fields{archive}(all.began, all.listeners, all.data_path, all.data_lock, all.cluster_lease,
                  all.registry, all.clients);
}

memory_file::memory_file(std::string_view content)
    : descriptor_{::memfd_create("nsqlookupd hand-over", MFD_CLOEXEC)} {
  if (descriptor_ < 0) {
    fail(errno, "memfd_create");
  }
  while (!content.empty()) {
    auto const count = ::write(descriptor_, content.data(), content.size());
    if (count < 0) {
      int const error = errno;
      ::close(descriptor_);
      fail(error, "write");
    }
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

memory_file::~memory_file() {
  ::close(descriptor_);
}

std::string format(handover_state const& state) {
  std::ostringstream text;
  text << first_line << version << '\n';
  boost::archive::binary_oarchive archive{text, boost::archive::no_tracking};
  archive << state;
  return std::move(text).str();
}

handover_state read_handover(int descriptor) {
  std::istringstream text{read_whole(descriptor)};
  std::string line;
  std::getline(text, line);
  if (!line.starts_with(first_line)) {
    throw std::runtime_error{"the state of the hand-over is none"};
  }
  if (auto const found = line.substr(first_line.size()); found != std::to_string(version)) {
    throw std::runtime_error{"the state of the hand-over has version " + found +
                             "; this program reads " + std::to_string(version)};
  }
  handover_state state;
  try {
    boost::archive::binary_iarchive archive{text, boost::archive::no_tracking};
    archive >> state;
  } catch (std::exception const& error) {
    throw std::runtime_error{std::string{"the state of the hand-over cannot be read - "} +
                             error.what()};
  }
  return state;
}

std::optional<handover_state> take_handover(int descriptor) {
  if (descriptor < 0) {
    return std::nullopt;
  }
  auto state = read_handover(descriptor);
  ::close(descriptor);
  return state;
}

std::vector<registry::producer_id> resume(registry::registration_db& db, handover_state& state,
                                          registry::time_point back_until) {
  // The present ids of those that have a session.
  boost::unordered_flat_map<registry::producer_id, registry::producer_id> present;
  for (auto const& client : state.clients) {
    if (client.session && client.session->producer) {
      present.emplace(*client.session->producer, registry::producer_id{});
    }
  }
  std::vector<registry::producer_id> before;
  for (auto& producer : state.registry.producers) {
    before.push_back(producer.id);
    using registry::origin;
    if (producer.known_by == origin::connection && !present.contains(producer.id)) {
      producer.known_by = origin::store;
      state.registry.back_until = back_until;
      for (auto& registration : producer.registrations) {
        registration.is_confirmed = 0;
      }
    }
  }
  auto ids = db.resume(std::move(state.registry));
  for (std::size_t index = 0; index < ids.size(); ++index) {
    if (auto const found = present.find(before[index]); found != present.end()) {
      found->second = ids[index];
    }
  }
  for (auto& client : state.clients) {
    if (client.session && client.session->producer) {
      client.session->producer = present.at(*client.session->producer);
    }
  }
  return ids;
}

}  // namespace nsqlookupd
