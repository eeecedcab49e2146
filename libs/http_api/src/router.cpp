// SPDX-License-Identifier: MIT
#include "router.hpp"

#include "config_handlers.hpp"
#include "legacy.hpp"
#include "metrics_page.hpp"
#include "openapi.hpp"
#include "pprof.hpp"
#include "probes.hpp"
#include "read_handlers.hpp"
#include "write_handlers.hpp"

#include <algorithm>
#include <array>

namespace nsqlookupd::http_api {
namespace {

using enum access;
using enum methods;
using enum takes;

// Those that are asked most stand first.
constexpr std::array routes = {
    route{"/lookup", get, read, style::v1, arguments, lookup},
    route{"/nodes", get, read, style::v1, nothing, nodes},
    route{"/topics", get, read, style::v1, nothing, topics},
    route{"/channels", get, read, style::v1, arguments, channels},
    route{"/ping", get, open, style::plain, nothing, ping},
    route{"/info", get, read, style::v1, nothing, info},
    route{"/debug", get, debug, style::v1, nothing, http_api::debug},

    route{"/livez", get, open, style::tool, nothing, livez},
    route{"/readyz", get, open, style::tool, nothing, readyz},
    route{"/openapi.json", get, read, style::tool, nothing, openapi},

    route{"/metrics", get, read, style::tool, nothing, metrics_page},
    route{"/config/log_level", get_or_put, read, style::v1, body, log_level},

    route{"/topic/create", post, write, style::v1, arguments, create_topic},
    route{"/topic/delete", post, write, style::v1, arguments, delete_topic},
    route{"/topic/tombstone", post, write, style::v1, arguments, tombstone_producer},
    route{"/channel/create", post, write, style::v1, arguments, create_channel},
    route{"/channel/delete", post, write, style::v1, arguments, delete_channel},

    route{"/create_topic", get_or_post, write, style::envelope, arguments, create_topic_2012},
    route{"/delete_topic", get_or_post, write, style::envelope, arguments, delete_topic},
    route{"/create_channel", get_or_post, write, style::envelope, arguments, create_channel},
    route{"/delete_channel", get_or_post, write, style::envelope, arguments, delete_channel_2012},
    route{"/tombstone_topic_producer", get_or_post, write, style::envelope, arguments,
          tombstone_producer},

    route{"/debug/pprof", get, debug, style::tool, nothing, pprof_index},
    route{"/debug/pprof/cmdline", get, debug, style::tool, nothing, pprof_cmdline},
    route{"/debug/pprof/symbol", get_or_post, debug, style::tool, body, pprof_symbol},
    route{"/debug/pprof/profile", get, debug, style::tool, nothing, pprof_profile},
    route{"/debug/pprof/heap", get, debug, style::tool, nothing, pprof_heap},
    route{"/debug/pprof/goroutine", get, debug, style::tool, nothing, pprof_goroutine},
    route{"/debug/pprof/block", get, debug, style::tool, nothing, pprof_block},
    route{"/debug/pprof/threadcreate", get, debug, style::tool, nothing, pprof_threadcreate},
};

constexpr auto labels = [] {
  std::array<std::string_view, routes.size() + 1> paths;
  std::ranges::transform(routes, paths.begin(), &route::path);
  paths.back() = "other";
  return paths;
}();

}  // namespace

methods method_of(std::string_view name) noexcept {
  if (name == "GET") {
    return get;
  }
  if (name == "POST") {
    return post;
  }
  return name == "PUT" ? put : none;
}

std::string_view allow_of(methods set) noexcept {
  switch (set) {
    case get:
      return "GET, OPTIONS";
    case post:
      return "OPTIONS, POST";
    case get_or_post:
      return "GET, OPTIONS, POST";
    case put:
      return "OPTIONS, PUT";
    case get_or_put:
      return "GET, OPTIONS, PUT";
    case none:
      break;
  }
  return {};
}

std::span<route const> all_routes() noexcept {
  return routes;
}

route const* find_route(std::string_view path) noexcept {
  auto const found = std::find_if(routes.begin(), routes.end(),
                                  [&](route const& entry) { return entry.path == path; });
  return found == routes.end() ? nullptr : &*found;
}

std::span<std::string_view const> route_labels() noexcept {
  return labels;
}

}  // namespace nsqlookupd::http_api
