// SPDX-License-Identifier: MIT
#include "handlers.hpp"

#include <map>
#include <memory>
#include <utility>

namespace nsqlookupd::admin {
namespace {

using http_api::request;

constexpr std::string_view folder = "/ui/";

// The page runs its own scripts and talks with this server alone, and stands in no other page.
constexpr std::string_view page_headers =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cache-Control: no-cache\r\n";

struct served_file {
  std::string_view content_type;
  std::string tag;
  http::shared_text text;
};

using served_files = std::map<std::string_view, served_file>;

std::string_view content_type_of(std::string_view name) {
  auto const extension = name.substr(name.rfind('.') + 1);
  if (extension == "js") {
    return "text/javascript; charset=utf-8";
  }
  if (extension == "css") {
    return "text/css; charset=utf-8";
  }
  return extension == "svg" ? "image/svg+xml" : html;
}

served_files serve_all() {
  served_files all;
  for (auto const& [name, hash, gzip] : page_files()) {
    all[name] = {content_type_of(name), '"' + std::string{hash} + '"',
                 std::make_shared<std::string const>(gzip)};
  }
  return all;
}

http::reply send_file(served_files const& files, request const& asked) {
  auto const name = asked.target.path().substr(folder.size());
  auto const found = files.find(name.empty() ? "index.html" : name);
  if (found == files.end()) {
    return http_api::error_reply(404, "NOT_FOUND");
  }
  auto const& [content_type, tag, text] = found->second;
  auto result = tool_reply(content_type, text);
  if (asked.if_none_match.find(tag) != std::string_view::npos) {
    result = {.status = 304, .logged = false};
  } else {
    result.headers.append("Content-Encoding: gzip\r\n").append(page_headers);
  }
  result.headers.append("ETag: ").append(tag).append("\r\n");
  return result;
}

}  // namespace

http_api::route page_route() {
  auto const run = [files = std::make_shared<served_files const>(serve_all())](
                       request const& asked, auto const&...) { return send_file(*files, asked); };
  return {.path = folder,
          .allowed = http_api::methods::get_or_head,
          .needed = http_api::access::anybody,
          .input = http_api::takes::nothing,
          .run = run,
          .is_folder = true};
}

}  // namespace nsqlookupd::admin
