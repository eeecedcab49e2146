// SPDX-License-Identifier: MIT
//
// libs/admin/openapi.json has every route and no other, with the arguments and rights that each
// needs.
#include "openapi_document.hpp"
#include "openapi_tour.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

namespace json = boost::json;
using strings = std::set<std::string>;

// The methods of `Allow` that have an operation of their own: OPTIONS, which every path has, and
// HEAD, which is GET without a body, are told of in the description.
strings methods_of(route const& entry) {
  strings methods;
  std::string word;
  for (char const c : std::string{allow_of(entry.allowed)} + ',') {
    if (c == ',') {
      methods.insert(std::exchange(word, {}));
    } else if (c != ' ') {
      word += c;
    }
  }
  methods.erase("OPTIONS");
  methods.erase("HEAD");
  return methods;
}

strings routed() {
  strings found;
  for (auto const& entry : all_routes()) {
    for (auto const& method : methods_of(entry)) {
      found.insert(method + ' ' + std::string{entry.path});
    }
  }
  return found;
}

std::vector<json::value const*> required_arguments(json::value const& operation) {
  std::vector<json::value const*> found;
  if (auto const* const parameters = operation.as_object().if_contains("parameters")) {
    for (auto const& reference : parameters->as_array()) {
      auto const& parameter = resolve(reference);
      auto const* const required = parameter.as_object().if_contains("required");
      if (required && required->as_bool()) found.push_back(&parameter);
    }
  }
  return found;
}

// Everything that a `$ref` somewhere in `part` names.
void collect_references(json::value const& part, strings& into) {
  if (part.is_array()) {
    for (auto const& element : part.as_array()) collect_references(element, into);
  }
  if (!part.is_object()) return;
  for (auto const& [name, value] : part.as_object()) {
    if (name == "$ref") into.insert(value.as_string().c_str());
    collect_references(value, into);
  }
}

TEST(openapi, is_served_with_the_servers_version) {
  world here;
  auto const answer = here.get("/openapi.json");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content, content_type::json);
  EXPECT_EQ(openapi_document().at("openapi").as_string(), "3.1.0");
  EXPECT_EQ(openapi_document().at("info").at("version").as_string(), EXPECTED_VERSION);
}

TEST(openapi, describes_every_route_and_no_other) {
  strings described;
  for_each_operation([&](std::string const& name, json::value const&) { described.insert(name); });
  auto const existing = routed();
  for (auto const& name : existing) {
    EXPECT_TRUE(described.contains(name))
        << "a table of routes answers " << name
        << ", which libs/admin/openapi.json does not describe: "
        << "add its path and method to \"paths\" there, and requests that get each of its answers "
        << "to tests/unit/admin/openapi_tour.cpp";
  }
  for (auto const& name : described) {
    EXPECT_TRUE(existing.contains(name))
        << "libs/admin/openapi.json describes " << name << ", which no table of routes "
        << "answers: take it out of \"paths\"";
  }
}

TEST(openapi, says_where_head_is_answered) {
  std::string const text = openapi_document().at("info").at("description").as_string().c_str();
  auto const begin = text.find("HEAD is answered");
  ASSERT_NE(begin, std::string::npos);
  auto const said = text.substr(begin, text.find('\n', begin) - begin);
  for (auto const& entry : all_routes()) {
    auto const quoted = '`' + std::string{entry.path} + '`';
    EXPECT_EQ(said.find(quoted) != std::string::npos, includes(entry.allowed, methods::head))
        << entry.path;
  }
}

TEST(openapi, has_arguments_where_a_route_reads_them) {
  for (auto const& entry : all_routes()) {
    for (auto const& method : methods_of(entry)) {
      auto const* const operation = find_operation(method, entry.path);
      if (!operation) continue;
      bool const reads = entry.input == takes::arguments;
      EXPECT_TRUE(reads || required_arguments(*operation).empty()) << method << ' ' << entry.path;
      EXPECT_TRUE(!reads || operation->as_object().contains("parameters"))
          << method << ' ' << entry.path;
    }
  }
}

TEST(openapi, needs_each_argument_that_it_says_is_required) {
  for_each_operation([](std::string const& name, json::value const& operation) {
    auto const space = name.find(' ');
    world here;
    std::string target = name.substr(space + 1) + '?';
    for (auto const* const argument : required_arguments(operation)) {
      std::string const called = argument->at("name").as_string().c_str();
      auto const answer = here.ask(name.substr(0, space), target);
      EXPECT_EQ(code_of(answer), "MISSING_ARG_" + upper_case(called)) << name << ' ' << target;
      target += called + '=' + argument->at("example").as_string().c_str() + '&';
    }
  });
}

// The alternatives of `security` for a request of this method and path.
json::array rights_for(std::string_view method, std::string_view path) {
  world here;
  using auth::right;
  asking asked{.method = method, .target = path, .granted = right::nothing, .is_known = false};
  if (here.ask(asked).status != 401) return {};
  asked.granted = right::read;
  auto const* const role = here.ask(asked).status == 401 ? "write" : "read";
  return {json::object{}, json::object{{"bearer", json::array{role}}},
          json::object{{"basic", json::array{role}}}, json::object{{"certificate", json::array{}}}};
}

TEST(openapi, asks_for_the_rights_that_are_needed) {
  for (auto const& entry : all_routes()) {
    for (auto const& method : methods_of(entry)) {
      auto const* const operation = find_operation(method, entry.path);
      if (!operation) continue;
      auto const* const own = operation->as_object().if_contains("security");
      auto const& security = own ? *own : openapi_document().at("security");
      EXPECT_EQ(security, rights_for(method, entry.path)) << method << ' ' << entry.path;
      bool const is_for_all = entry.needed == access::open || entry.needed == access::anybody;
      EXPECT_EQ(security.as_array().empty(), is_for_all) << entry.path;
    }
  }
}

TEST(openapi, has_a_scheme_for_each_requirement) {
  auto const& schemes = openapi_document().at("components").at("securitySchemes").as_object();
  strings named;
  for (auto const& alternative : openapi_document().at("security").as_array()) {
    for (auto const& [name, roles] : alternative.as_object()) named.insert(std::string{name});
  }
  strings existing;
  for (auto const& [name, scheme] : schemes) existing.insert(std::string{name});
  EXPECT_EQ(existing, named);
}

// Calls `check` with each schema that has an example beside it, and with the example.
template <class Function>
void for_each_example(json::value const& part, Function const& check) {
  if (part.is_array()) {
    for (auto const& element : part.as_array()) for_each_example(element, check);
  }
  if (!part.is_object()) return;
  auto const& members = part.as_object();
  if (members.contains("schema") && members.contains("example")) {
    check(members.at("schema"), members.at("example"));
  }
  for (auto const& [name, value] : members) for_each_example(value, check);
}

TEST(openapi, has_examples_that_are_good) {
  int count = 0;
  for_each_example(openapi_document(), [&](json::value const& schema, json::value const& example) {
    ++count;
    EXPECT_EQ(violation(example, schema), "") << example;
  });
  EXPECT_GT(count, 10);
}

TEST(openapi, has_no_dangling_reference_and_no_unused_component) {
  strings used;
  collect_references(openapi_document(), used);
  for (auto const& reference : used) {
    EXPECT_TRUE(resolve(json::object{{"$ref", reference}}).is_object());
  }
  for (auto const& [kind, components] : openapi_document().at("components").as_object()) {
    // These are named, not referred to.
    if (kind == "securitySchemes") continue;
    for (auto const& [name, component] : components.as_object()) {
      auto const reference = "#/components/" + std::string{kind} + '/' + std::string{name};
      EXPECT_TRUE(used.contains(reference)) << reference;
    }
  }
}

TEST(openapi, gives_each_operation_its_own_name) {
  strings names;
  for_each_operation([&](std::string const& name, json::value const& operation) {
    EXPECT_TRUE(names.insert(operation.at("operationId").as_string().c_str()).second) << name;
  });
}

}  // namespace
}  // namespace nsqlookupd::admin
