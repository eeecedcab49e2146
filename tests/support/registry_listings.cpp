// SPDX-License-Identifier: MIT
#include "registry_listings.hpp"

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace nsqlookupd::test_support {

using namespace registry;

namespace {

constexpr int most_pages = 100'000;

// Calls `read(position, listed)`, which adds one page and returns the next position, to the end.
template <class Position, class Read>
lines read_pages(paging const& pages, Position position, Read read) {
  lines listed;
  for (int page = 0; page < most_pages; ++page) {
    auto const before = listed.size();
    auto next = read(position, listed);
    if (listed.size() - before > pages.size) {
      throw std::runtime_error("a page of " + std::to_string(pages.size) + " holds " +
                               std::to_string(listed.size() - before));
    }
    if (!next) {
      return listed;
    }
    position = std::move(*next);
    if (pages.between) {
      pages.between();
    }
  }
  throw std::runtime_error("a listing does not end");
}

name_sink into(lines& listed) {
  return [&listed](std::string_view name) { listed.emplace_back(name); };
}

}  // namespace

lines list_topics(registration_db const& db, paging const& pages) {
  return read_pages(pages, std::string{}, [&](std::string const& after, lines& listed) {
    return db.list_topics(after, pages.size, into(listed));
  });
}

lines list_channels(registration_db const& db, std::string_view topic, paging const& pages) {
  return read_pages(pages, std::string{}, [&](std::string const& after, lines& listed) {
    return db.list_channels(topic, after, pages.size, into(listed));
  });
}

lines list_all_channels(registration_db const& db, paging const& pages) {
  return read_pages(pages, registration_position{},
                    [&](registration_position const& after, lines& listed) {
                      return db.list_all_channels(after, pages.size, into(listed));
                    });
}

lines list_lookup(registration_db const& db, std::string_view topic, time_point now) {
  lines listed;
  auto const note = [&listed](peer_info const& peer) { listed.push_back(peer_line(peer)); };
  static_cast<void>(db.list_lookup_producers(topic, now, note));
  return listed;
}

lines list_lookup(registration_db const& db, std::string_view topic, time_point now,
                  paging const& pages) {
  using position = std::optional<producer_position>;
  return read_pages(pages, position{}, [&](position const& after, lines& listed) {
    return db.list_lookup_producers(
        topic, after, pages.size, now,
        [&listed](peer_info const& peer) { listed.push_back(peer_line(peer)); });
  });
}

lines list_nodes(registration_db const& db, time_point now, paging const& pages) {
  using position = std::optional<producer_position>;
  return read_pages(pages, position{}, [&](position const& after, lines& listed) {
    auto const sink = [&listed](listed_node const& node) {
      listed.push_back(node_line(node.peer(), node.topics().list));
    };
    return db.list_nodes(after, pages.size, now, sink);
  });
}

lines list_clients(registration_db const& db, paging const& pages) {
  using position = std::optional<producer_position>;
  return read_pages(pages, position{}, [&](position const& after, lines& listed) {
    auto const sink = [&listed](registered_producer const& who) {
      listed.push_back(entry_line(who));
    };
    return db.list_clients(after, pages.size, sink);
  });
}

lines list_registrations(registration_db const& db, paging const& pages) {
  return read_pages(pages, registration_position{},
                    [&](registration_position const& after, lines& listed) {
                      auto const sink = [&listed](std::string_view topic, std::string_view channel,
                                                  std::span<registered_producer const> who) {
                        listed.push_back(registration_line(topic, channel, who));
                      };
                      return db.list_registrations(after, pages.size, sink);
                    });
}

}  // namespace nsqlookupd::test_support
