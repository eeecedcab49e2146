// SPDX-License-Identifier: MIT
//
// libs/admin/openapi.json says what is so: it has every route and no other, and the answers are
// what it says they are.
#include "openapi_tour.hpp"
#include "world.hpp"
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsqlookupd::admin {
namespace {

using namespace http_api;

namespace json = boost::json;
using strings = std::set<std::string>;

json::value const& document() {
  static json::value const parsed = [] {
    world here;
    return json::parse(here.get("/openapi.json").body);
  }();
  return parsed;
}

// The target of `$ref`, or `part` itself when it is no reference.
json::value const& resolve(json::value const& part) {
  auto const* const reference = part.is_object() ? part.as_object().if_contains("$ref") : nullptr;
  if (!reference) return part;
  std::string_view const text = reference->as_string();
  boost::system::error_code error;
  auto const* const found =
      text.starts_with('#') ? document().find_pointer(text.substr(1), error) : nullptr;
  if (!found) throw std::runtime_error{"there is nothing at " + std::string{text}};
  return resolve(*found);
}

// Where and how `value` differs from a schema of the document; nothing when they agree.
std::string violation(json::value const& value, json::value const& schema) {
  using adapter = valijson::adapters::BoostJsonAdapter;
  // A schema's references are looked up in itself.
  json::value const whole =
      json::object{{"allOf", json::array{schema}}, {"components", document().at("components")}};
  valijson::Schema parsed;
  valijson::SchemaParser{}.populateSchema(adapter{whole}, parsed);
  valijson::ValidationResults found;
  valijson::Validator{}.validate(parsed, adapter{value}, &found);
  std::string lines;
  for (valijson::ValidationResults::Error error; found.popError(error);) {
    for (auto const& step : error.context) lines += step;
    lines += ": " + error.description + '\n';
  }
  return lines;
}

std::string lower_case(std::string_view text) {
  std::string lowered{text};
  std::ranges::transform(lowered, lowered.begin(), [](unsigned char c) { return std::tolower(c); });
  return lowered;
}

std::string upper_case(std::string_view text) {
  std::string raised{text};
  std::ranges::transform(raised, raised.begin(), [](unsigned char c) { return std::toupper(c); });
  return raised;
}

json::value const* find_operation(std::string_view method, std::string_view path) {
  auto const* const entry = document().at("paths").as_object().if_contains(path);
  return entry ? entry->as_object().if_contains(lower_case(method)) : nullptr;
}

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

template <class Function>
void for_each_operation(Function function) {
  for (auto const& [path, methods] : document().at("paths").as_object()) {
    for (auto const& [method, operation] : methods.as_object()) {
      function(upper_case(method) + ' ' + std::string{path}, operation);
    }
  }
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

// The codes that an answer's schema allows: of the member `message`, or in 2012's form
// `status_txt`.
strings codes_in(json::value const& response) {
  strings codes;
  for (std::string const member : {"message", "status_txt"}) {
    boost::system::error_code error;
    auto const* const text =
        response.find_pointer("/content/application~1json/schema/properties/" + member, error);
    if (!text) continue;
    if (auto const* const only = text->as_object().if_contains("const")) {
      codes.insert(only->as_string().c_str());
    }
    if (auto const* const several = text->as_object().if_contains("enum")) {
      for (auto const& one : several->as_array()) codes.insert(one.as_string().c_str());
    }
  }
  return codes.empty() ? strings{""} : codes;
}

std::string code_of(answered const& answer) {
  if (answer.content != content_type::json) return {};
  auto const body = json::parse(answer.body);
  if (!body.is_object()) return {};
  for (auto const* const member : {"message", "status_txt"}) {
    if (auto const* const code = body.as_object().if_contains(member)) {
      return code->as_string().c_str();
    }
  }
  return {};
}

std::string media_type(answered const& answer) {
  return answer.content.substr(0, answer.content.find(';'));
}

bool promises(json::value const& response, std::string_view header) {
  auto const* const headers = response.as_object().if_contains("headers");
  return headers && headers->as_object().contains(header);
}

void expect_as_described(answered const& answer, json::value const& response) {
  EXPECT_EQ(promises(response, "X-Nsq-Content-Type"), answer.nsq_content_type);
  EXPECT_EQ(promises(response, "X-Content-Type-Options"), answer.no_sniff);
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

TEST(openapi, is_served_with_the_servers_version) {
  world here;
  auto const what = here.get("/openapi.json");
  EXPECT_EQ(what.status, 200U);
  EXPECT_EQ(what.content, content_type::json);
  EXPECT_EQ(document().at("openapi").as_string(), "3.1.0");
  EXPECT_EQ(document().at("info").at("version").as_string(), EXPECTED_VERSION);
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
  std::string const text = document().at("info").at("description").as_string().c_str();
  auto const begin = text.find("HEAD is answered");
  ASSERT_NE(begin, std::string::npos);
  auto const said = text.substr(begin, text.find(';', begin) - begin);
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
      EXPECT_EQ(!required_arguments(*operation).empty(), entry.input == takes::arguments)
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

TEST(openapi, describes_the_answers_as_they_are) {
  for (auto const& [method, target, answer] : tour_of_all_answers()) {
    SCOPED_TRACE(std::string{method} + ' ' + std::string{target});
    auto const path = target.substr(0, target.find('?'));
    auto const* const operation = find_operation(method, path);
    ASSERT_TRUE(operation) << "openapi_tour.cpp asks for what openapi.json does not describe";
    auto const status = std::to_string(answer.status);
    auto const* const response = operation->at("responses").as_object().if_contains(status);
    ASSERT_TRUE(response) << "libs/admin/openapi.json has no answer " << status << " there, but "
                          << "this came: " << answer.body;
    expect_as_described(answer, resolve(*response));
  }
}

TEST(openapi, promises_no_answer_that_never_comes) {
  strings seen;
  for (auto const& [method, target, answer] : tour_of_all_answers()) {
    auto const path = std::string{target.substr(0, target.find('?'))};
    seen.insert(std::string{method} + ' ' + path + ": " + std::to_string(answer.status) + ' ' +
                code_of(answer));
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

TEST(openapi, has_no_dangling_reference_and_no_unused_component) {
  strings used;
  collect_references(document(), used);
  for (auto const& reference : used) {
    EXPECT_TRUE(resolve(json::object{{"$ref", reference}}).is_object());
  }
  for (auto const& [kind, components] : document().at("components").as_object()) {
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
