// SPDX-License-Identifier: MIT
//
// Requests, one a line (`GET /lookup?topic=t`, `PUT /config/log_level info`), to a registry with
// something in it; at `WAIT`, time passes. Every answer must be a legal reply, and nothing in it
// may be the client's to write.
#include "event_reader.hpp"
#include "http_reply_check.hpp"
#include "target.hpp"
#include "world.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace {

using namespace nsqlookupd;
using namespace nsqlookupd::fuzz;
using http_api::world;

constexpr std::size_t most_requests = 50;

void fill(world& here) {
  here.add_to("t", "a.example");
  here.add_to("t", "::1");
  auto const nasty = here.add_to("other", "<\"\\\r\n\x1b&\xff\xe2\x80\xa8>");
  here.db.register_producer(nasty, "t", "c#ephemeral");
  here.db.register_producer(nasty, "e#ephemeral", {});
  here.db.create_channel("empty", "c");
}

void ask(world& here, std::string_view method, std::string_view target, std::size_t budget) {
  auto const producers = here.db.count_all().producers;
  auto const topics = here.db.count_all().topics;
  auto const reply = here.ask(method, target, budget);
  require_legal(reply, method, target);
  if (reply.content == http_api::content_type::events) {
    test_support::read_events(*here.respond({method, target}).events, 1 + budget);
  }
  require(here.db.count_all().producers == producers, "HTTP takes no producer away", target);
  require(here.db.count_all().topics + 1 >= topics, "no request deletes more than one topic",
          target);

  if (auto const parsed = http::target::parse(target)) {
    std::string logged;
    parsed->append_logged(logged);
    require(!logged.empty(), "the access log shows a target", target);
    require_one_log_line(logged);
  }
  static_cast<void>(http_api::reads_body({method, target}));
  while (here.db.has_backlog()) {
    here.db.reclaim(1 + budget);
  }
}

// Answers that are kept from one request to the next are those that would be written anew.
void require_fresh_answers(world& here) {
  for (auto const* const target : {"/nodes", "/topics"}) {
    auto const cached = here.get(target).body;
    here.cache = {};
    require(here.get(target).body == cached, "the cached answer is true", cached);
  }
}

// Takes a PUT's body off the end of its target.
std::string_view take_body(std::string_view method, std::string_view& target) {
  auto const space = target.find(' ');
  if (method != "PUT" || space == target.npos) {
    return {};
  }
  auto const body = target.substr(space + 1);
  target = target.substr(0, space);
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto rest = as_text(data, size);
  world here;
  fill(here);
  for (std::size_t count = 1; !rest.empty() && count <= most_requests; ++count) {
    auto const line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    auto const space = std::min(line.find(' '), line.size());
    auto const method = line.substr(0, space);
    auto target = line.substr(std::min(space + 1, line.size()));
    here.body = take_body(method, target);
    if (method == "WAIT") {
      here.now += std::chrono::seconds{20};
    } else if (!target.empty()) {
      ask(here, method, target, count);
    }
    require_fresh_answers(here);
  }
  return 0;
}
