// SPDX-License-Identifier: MIT
#include "openapi_document.hpp"

#include "world.hpp"
#include <boost/json/parse.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace nsqlookupd::admin {
namespace {

namespace json = boost::json;

std::string lower_case(std::string_view text) {
  std::string lowered{text};
  std::ranges::transform(lowered, lowered.begin(), [](unsigned char c) { return std::tolower(c); });
  return lowered;
}

}  // namespace

json::value const& openapi_document() {
  static json::value const parsed = [] {
    http_api::world here;
    return json::parse(here.get("/openapi.json").body);
  }();
  return parsed;
}

json::value const& resolve(json::value const& part) {
  auto const* const reference = part.is_object() ? part.as_object().if_contains("$ref") : nullptr;
  if (!reference) return part;
  std::string_view const text = reference->as_string();
  boost::system::error_code error;
  auto const* const found =
      text.starts_with('#') ? openapi_document().find_pointer(text.substr(1), error) : nullptr;
  if (!found) throw std::runtime_error{"there is nothing at " + std::string{text}};
  return resolve(*found);
}

std::string violation(json::value const& value, json::value const& schema) {
  using adapter = valijson::adapters::BoostJsonAdapter;
  // A schema's references are looked up in itself.
  json::value const whole = json::object{{"allOf", json::array{schema}},
                                         {"components", openapi_document().at("components")}};
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

json::value const* find_operation(std::string_view method, std::string_view path) {
  auto const* const entry = openapi_document().at("paths").as_object().if_contains(path);
  return entry ? entry->as_object().if_contains(lower_case(method)) : nullptr;
}

std::string range_of(std::string_view status) {
  return std::string{status.substr(0, 1)} + "XX";
}

std::string response_key(json::value const& operation, unsigned status) {
  auto const& responses = operation.at("responses").as_object();
  auto const exact = std::to_string(status);
  for (auto const& key : {exact, range_of(exact)}) {
    if (responses.contains(key)) return key;
  }
  return {};
}

std::string upper_case(std::string_view text) {
  std::string raised{text};
  std::ranges::transform(raised, raised.begin(), [](unsigned char c) { return std::toupper(c); });
  return raised;
}

}  // namespace nsqlookupd::admin
