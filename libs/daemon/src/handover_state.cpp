// SPDX-License-Identifier: MIT
#include "handover_state.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/pfr/core.hpp>
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

// Writes or reads a member. The archives know neither std::optional nor the clock's moments, and
// enumerations by their numbers alone.
template <class Archive>
struct field_archive {
  Archive& archive;

  template <class T>
  void operator()(T& value) const {
    if constexpr (std::is_enum_v<T>) {
      auto number = static_cast<std::underlying_type_t<T>>(value);
      archive & number;
      value = static_cast<T>(number);
    } else {
      archive & value;
    }
  }
  void operator()(registry::time_point& moment) const {
    auto count = std::int64_t{moment.time_since_epoch().count()};
    archive & count;
    moment = registry::time_point{registry::time_point::duration{count}};
  }
  template <class T>
  void operator()(std::optional<T>& value) const {
    bool has_value = value.has_value();
    archive & has_value;
    if (has_value) {
      (*this)(value ? *value : value.emplace());
    }
  }
};

// A structure, but for std::array: it is written as its members, in their order.
template <class T>
concept structure =
    std::is_class_v<T> && std::is_aggregate_v<T> && !requires { std::tuple_size<T>::value; };

}  // namespace
}  // namespace nsqlookupd

BOOST_IS_BITWISE_SERIALIZABLE(nsqlookupd::registry::snapshot::record)
BOOST_IS_BITWISE_SERIALIZABLE(nsqlookupd::registry::snapshot::registration)

namespace boost::serialization {

template <class Archive, nsqlookupd::structure T>
void serialize(Archive& archive, T& value, unsigned const /*version*/) {
  pfr::for_each_field(value, nsqlookupd::field_archive<Archive>{archive});
}

}  // namespace boost::serialization

namespace nsqlookupd {

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
  boost::unordered_flat_map<registry::producer_id, protocol::saved_session*> sessions;
  for (auto& client : state.clients) {
    if (client.session && client.session->producer) {
      sessions.emplace(*client.session->producer, &*client.session);
    }
  }
  // In the order of the producers; null where one has no session.
  std::vector<protocol::saved_session*> owners;
  for (auto& producer : state.registry.producers) {
    auto const found = sessions.find(producer.id);
    owners.push_back(found == sessions.end() ? nullptr : found->second);
    using registry::origin;
    if (producer.known_by == origin::connection && owners.back() == nullptr) {
      producer.known_by = origin::store;
      state.registry.back_until = back_until;
      for (auto& registration : producer.registrations) {
        registration.is_confirmed = 0;
      }
    }
  }
  auto ids = db.resume(std::move(state.registry));
  for (std::size_t index = 0; index < ids.size(); ++index) {
    if (owners[index] != nullptr) {
      owners[index]->producer = ids[index];
    }
  }
  return ids;
}

}  // namespace nsqlookupd
