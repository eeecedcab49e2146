// SPDX-License-Identifier: MIT
#include "registry_listings.hpp"

#include <nsqlookupd/registry/names.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace nsqlookupd::test_support {

using namespace registry;

namespace {

constexpr int most_pages = 100'000;

// Calls `read(position, budget, listed)`, which adds one page and moves the position, until it
// returns true.
template <class Position, class Read>
lines read_pages(paging const& pages, Position position, Read read) {
  lines listed;
  for (int page = 0; page < most_pages; ++page) {
    auto const before = listed.size();
    auto budget = pages.size;
    bool const is_end = read(position, budget, listed);
    if (listed.size() - before > pages.size) {
      throw std::runtime_error("a page of " + std::to_string(pages.size) + " holds " +
                               std::to_string(listed.size() - before));
    }
    if (!is_end && pages.size > 1 && budget != 0) {
      throw std::runtime_error("a listing stops before its budget is used up");
    }
    if (is_end) {
      return listed;
    }
    if (pages.between) {
      pages.between();
    }
  }
  throw std::runtime_error("a listing does not end");
}

name_sink into(lines& listed) {
  return [&listed](std::string_view name) { listed.emplace_back(name); };
}

producer_sink entries_into(lines& listed) {
  return [&listed](listed_producer const& producer) {
    listed.push_back(entry_line(producer.peer, producer.last_update, producer.tombstoned_at));
  };
}

// All producers: one line for each that `line_of` gives one.
template <class LineOf>
lines list_producers(registration_db const& db, paging const& pages, LineOf line_of) {
  return read_pages(pages, producer_position{},
                    [&](producer_position& at, std::size_t& budget, lines& listed) {
                      return db.list_producers(at, budget, [&](listed_producer const& producer) {
                        if (std::string const line = line_of(producer); !line.empty()) {
                          listed.push_back(line);
                        }
                      });
                    });
}

}  // namespace

lines list_topics(registration_db const& db, paging const& pages) {
  return read_pages(pages, std::string{}, [&](std::string& at, std::size_t& budget, lines& listed) {
    return db.list_topics(at, budget, into(listed));
  });
}

lines list_channels(registration_db const& db, std::string_view topic, paging const& pages) {
  return read_pages(pages, std::string{}, [&](std::string& at, std::size_t& budget, lines& listed) {
    return db.list_channels(topic, at, budget, into(listed));
  });
}

lines list_all_channels(registration_db const& db, paging const& pages) {
  return read_pages({1, pages.between}, registration_name{},
                    [&](registration_name& at, std::size_t&, lines& listed) {
                      bool const is_end = !db.next_registration(at);
                      if (!is_end && !at.channel.empty()) {
                        listed.push_back(at.channel);
                      }
                      return is_end;
                    });
}

lines list_lookup(registration_db& db, std::string_view topic, time_point now,
                  paging const& pages) {
  db.advance(now);
  if (topic == any_topic) {
    return list_producers(db, pages, [&](listed_producer const& producer) {
      auto const offers_one = [](node_topic const& each) { return !each.tombstoned; };
      bool const is_listed =
          producer.is_active && std::ranges::any_of(db.topics_of(producer.id), offers_one);
      return is_listed ? peer_line(producer.peer) : std::string{};
    });
  }
  return read_pages(pages, producer_position{},
                    [&](producer_position& at, std::size_t& budget, lines& listed) {
                      auto const sink = [&](listed_producer const& producer) {
                        if (producer.is_active && !producer.tombstoned_until) {
                          listed.push_back(peer_line(producer.peer));
                        }
                      };
                      return db.list_registered(topic, {}, at, budget, sink);
                    });
}

lines list_nodes(registration_db& db, time_point now, paging const& pages) {
  db.advance(now);
  return list_producers(db, pages, [&](listed_producer const& producer) {
    return producer.is_active ? node_line(producer.peer, db.topics_of(producer.id)) : std::string{};
  });
}

lines list_empty_topics(registration_db const& db, paging const& pages) {
  return read_pages(pages, std::string{}, [&](std::string& at, std::size_t& budget, lines& listed) {
    return db.list_empty_topics(at, budget, [&](std::string_view topic, time_point since) {
      listed.push_back(empty_topic_line(topic, since));
    });
  });
}

lines list_clients(registration_db const& db, paging const& pages) {
  return list_producers(db, pages, [](listed_producer const& producer) {
    return entry_line(producer.peer, producer.last_update, producer.tombstoned_at);
  });
}

lines list_registered(registration_db const& db, registration_name const& name,
                      paging const& pages) {
  return read_pages(
      pages, producer_position{}, [&](producer_position& at, std::size_t& budget, lines& listed) {
        return db.list_registered(name.topic, name.channel, at, budget, entries_into(listed));
      });
}

lines list_registrations(registration_db const& db, paging const& pages) {
  lines listed;
  for (registration_name name; db.next_registration(name);) {
    if (auto const entries = list_registered(db, name, pages); !entries.empty()) {
      listed.push_back(registration_line(name.topic, name.channel, entries));
    }
    if (pages.between) {
      pages.between();
    }
  }
  return listed;
}

}  // namespace nsqlookupd::test_support
