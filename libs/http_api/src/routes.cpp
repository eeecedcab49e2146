// SPDX-License-Identifier: MIT
#include <nsqlookupd/http_api/routes.hpp>

#include "handlers.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace nsqlookupd::http_api {
namespace {

struct method_name {
  methods method;
  std::string_view name;
};

// In the order of `Allow`.
constexpr std::array method_names{
    method_name{methods::get, "GET"}, method_name{methods::head, "HEAD"},
    method_name{methods::none, "OPTIONS"}, method_name{methods::post, "POST"},
    method_name{methods::put, "PUT"}};

/// The row of a handler that may use what was answered before.
template <class Handler>
handler with(answer_cache& cache, Handler run) {
  return [&cache, run](request const& asked, registration_db& db, time_point now) {
    return run(asked, db, now, cache);
  };
}

/// The row of a change, whose answers have one of two forms.
template <class Change>
route changing(std::string_view path, Change run, style how = style::v1) {
  return {path,
          how == style::v1 ? methods::post : methods::get_or_post,
          access::write,
          takes::arguments,
          [run, how](request const& asked, registration_db& db, time_point now) {
            return run(asked, db, now, how);
          },
          how};
}

}  // namespace

methods method_of(std::string_view name) noexcept {
  auto const found = std::ranges::find(method_names, name, &method_name::name);
  return found == method_names.end() ? methods::none : found->method;
}

std::string allow_of(methods set) {
  std::string allowed;
  for (auto const& [method, name] : method_names) {
    if (method == methods::none || includes(set, method)) {
      allowed.append(allowed.empty() ? "" : ", ").append(name);
    }
  }
  return allowed;
}

route_table::route_table(std::vector<route> routes, std::vector<route> others)
    : routes_{std::move(routes)} {
  std::ranges::move(others, std::back_inserter(routes_));
  std::ranges::transform(routes_, std::back_inserter(labels_), &route::path);
  labels_.emplace_back("other");
}

route const* route_table::find(std::string_view path) const noexcept {
  auto const found = std::ranges::find_if(routes_, [path](route const& each) {
    return each.path == path || (each.is_folder && path.starts_with(each.path));
  });
  return found == routes_.end() ? nullptr : &*found;
}

std::vector<route> nsq_routes(std::string version, answer_cache& cache) {
  using enum access;
  using enum takes;
  auto const get = methods::get;
  auto const show_version = [version = std::move(version)](auto const&...) {
    return info(version);
  };
  return {
      {"/lookup", get, read, arguments, with(cache, lookup)},
      {"/nodes", get, read, nothing, with(cache, nodes)},
      {"/topics", get, read, nothing, with(cache, topics)},
      {"/channels", get, read, arguments, with(cache, channels)},
      {"/ping", get, open, nothing, ping},
      {"/info", get, read, nothing, show_version},
      {"/debug", get, write, nothing, with(cache, debug)},
      {"/watch", methods::get_or_head, read, arguments, with(cache, watch)},
      {"/events", methods::get_or_head, read, arguments, events},
      {"/explain", methods::get_or_head, read, arguments, with(cache, explain)},

      changing("/topic/create", create_topic),
      changing("/topic/delete", delete_topic),
      changing("/topic/tombstone", tombstone_producer),
      changing("/channel/create", create_channel),
      changing("/channel/delete", delete_channel),

      changing("/create_topic", create_topic, style::envelope),
      changing("/delete_topic", delete_topic, style::envelope),
      changing("/create_channel", create_channel, style::envelope),
      changing("/delete_channel", delete_channel, style::envelope),
      changing("/tombstone_topic_producer", tombstone_producer, style::envelope),
  };
}

}  // namespace nsqlookupd::http_api
