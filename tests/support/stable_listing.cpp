// SPDX-License-Identifier: MIT
#include "stable_listing.hpp"

#include "registry_comparison.hpp"
#include "registry_lines.hpp"

#include <algorithm>

namespace nsqlookupd::test_support {

using namespace registry;

namespace {

std::string name_in(std::string const& line) {
  return line.substr(0, line.find_first_of("@:"));
}

// The remote address changes when a connection takes over a restored producer.
std::string hostname_in(std::string const& line) {
  auto const name = name_in(line);
  return name.substr(name.find('/') + 1);
}

}  // namespace

std::array<stable_listing, 6> stable_listings(registration_db& db, time_point now) {
  return {{{[&db](paging const& pages) { return list_topics(db, pages); }, name_in},
           {[&db](paging const& pages) { return list_channels(db, "a", pages); }, name_in},
           {[&db](paging const& pages) { return list_registrations(db, pages); }, name_in},
           {[&db](paging const& pages) { return list_clients(db, pages); }, hostname_in},
           {[&db, now](paging const& pages) { return list_nodes(db, now, pages); }, hostname_in},
           {[&db, now](paging const& pages) { return list_lookup(db, "a", now, pages); },
            hostname_in}}};
}

void expect_stable(stable_listing const& listing, std::size_t page_size, int pages,
                   std::function<void()> const& change) {
  auto const read = [&](paging const& how) {
    auto keys = listing.list(how);
    std::ranges::transform(keys, keys.begin(), listing.key_of);
    return keys;
  };
  auto const before = read({});
  auto const listed = read({page_size, [&] {
                              if (pages-- == 0) {
                                change();
                              }
                            }});
  auto const after = read({});
  auto all = before;
  all.insert(all.end(), listed.begin(), listed.end());
  for (auto const& key : all) {
    // Two producers may have one hostname.
    auto const [least, most] =
        std::minmax({std::ranges::count(before, key), std::ranges::count(after, key)});
    auto const times = std::ranges::count(listed, key);
    if (times < least || times > most) {
      throw registry_difference(key + " was listed " + std::to_string(times) +
                                " times across a change, but was there " + std::to_string(least) +
                                " to " + std::to_string(most) + " times");
    }
  }
}

}  // namespace nsqlookupd::test_support
