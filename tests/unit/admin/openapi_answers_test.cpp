// SPDX-License-Identifier: MIT
//
// The answers are as libs/admin/openapi.json describes them.
#include "openapi_document.hpp"
#include "openapi_tour.hpp"
#include "world.hpp"
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

namespace json = boost::json;
using strings = std::set<std::string>;

// Adds the codes that a schema allows: of the member `message`, or in 2012's form `status_txt`.
void collect_codes(json::value const& reference, strings& into) {
  auto const& schema = resolve(reference).as_object();
  if (auto const* const alternatives = schema.if_contains("anyOf")) {
    for (auto const& one : alternatives->as_array()) collect_codes(one, into);
  }
  auto const* const properties = schema.if_contains("properties");
  for (auto const* const member : {"message", "status_txt"}) {
    auto const* const code = properties ? properties->as_object().if_contains(member) : nullptr;
    if (!code) continue;
    auto const& allowed = resolve(*code).as_object();
    if (auto const* const only = allowed.if_contains("const")) {
      into.insert(only->as_string().c_str());
    }
    if (auto const* const several = allowed.if_contains("enum")) {
      for (auto const& one : several->as_array()) into.insert(one.as_string().c_str());
    }
  }
}

// The codes of a response; one is empty when an answer may have none.
strings codes_in(json::value const& response) {
  strings codes;
  auto const* const content = response.as_object().if_contains("content");
  if (!content) return {""};
  for (auto const& [type, media] : content->as_object()) {
    strings own;
    collect_codes(media.at("schema"), own);
    if (own.empty()) own.insert("");
    codes.merge(own);
  }
  return codes;
}

std::string media_type(answered const& answer) {
  return answer.content.substr(0, answer.content.find(';'));
}

void expect_header_as_described(std::string_view name, answered const& answer,
                                json::value const& response) {
  auto const value = answer.field(name);
  auto const* const headers = response.as_object().if_contains("headers");
  auto const* const reference = headers ? headers->as_object().if_contains(name) : nullptr;
  if (!reference) {
    EXPECT_EQ(value, "") << name << " is not described";
    return;
  }
  auto const& header = resolve(*reference).as_object();
  if (!value.empty()) {
    EXPECT_EQ(violation(json::string{value}, header.at("schema")), "") << name << ": " << value;
  } else {
    EXPECT_FALSE(header.contains("required")) << name << " is absent";
  }
}

void expect_as_described(answered const& answer, json::value const& response) {
  for (auto const* const header :
       {"X-Nsq-Content-Type", "X-Nsq-Index", "ETag", "Retry-After", "X-Content-Type-Options",
        "WWW-Authenticate", "Allow", "Content-Encoding", "Content-Security-Policy"}) {
    expect_header_as_described(header, answer, response);
  }
  auto const* const content = response.as_object().if_contains("content");
  auto const type = media_type(answer);
  if (!content) {
    EXPECT_EQ(type, "");
    EXPECT_EQ(answer.body, "");
    return;
  }
  auto const* const described = content->as_object().if_contains(type);
  ASSERT_TRUE(described) << "not described as " << type;
  auto const body =
      answer.content == content_type::json ? json::parse(answer.body) : json::value(answer.body);
  EXPECT_EQ(violation(body, described->at("schema")), "");
}

TEST(openapi, describes_the_answers_as_they_are) {
  for (auto const& [method, target, answer] : tour_of_all_answers()) {
    SCOPED_TRACE(std::string{method} + ' ' + std::string{target} + ": " +
                 std::to_string(answer.status) + ' ' + answer.body.substr(0, 200));
    auto const path = target.substr(0, target.find('?'));
    auto const* const operation = find_operation(method, path);
    ASSERT_TRUE(operation) << "openapi_tour.cpp asks for what openapi.json does not describe";
    auto const key = response_key(*operation, answer.status);
    ASSERT_FALSE(key.empty()) << "libs/admin/openapi.json has no such answer there";
    auto const& response = resolve(operation->at("responses").at(key));
    expect_as_described(answer, response);
    // The description of a range names each of its statuses.
    auto const status = std::to_string(answer.status);
    if (key != status) {
      std::string_view const text = response.at("description").as_string();
      EXPECT_NE(text.find(status), std::string_view::npos) << key << " does not name it";
    }
  }
}

TEST(openapi, promises_no_answer_that_never_comes) {
  strings seen;
  for (auto const& [method, target, answer] : tour_of_all_answers()) {
    auto const path = target.substr(0, target.find('?'));
    auto const name = std::string{method} + ' ' + std::string{path} + ": ";
    auto const status = std::to_string(answer.status);
    // Operations share the response to a range, also those with an exact status within it.
    for (auto const& key : {status, range_of(status)}) {
      seen.insert(name + key + ' ' + code_of(answer));
    }
  }
  for_each_operation([&](std::string const& name, json::value const& operation) {
    for (auto const& [status, reference] : operation.at("responses").as_object()) {
      for (auto const& code : codes_in(resolve(reference))) {
        EXPECT_TRUE(seen.contains(name + ": " + std::string{status} + ' ' + code))
            << "libs/admin/openapi.json promises " << status << ' ' << code << " for " << name
            << ", and no request in tests/unit/admin/openapi_tour.cpp gets it: add one there";
      }
    }
  });
}

}  // namespace
}  // namespace nsqlookupd::admin
