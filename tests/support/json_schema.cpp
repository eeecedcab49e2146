// SPDX-License-Identifier: MIT
#include "json_schema.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace nsqlookupd::test_support {
namespace {

namespace json = boost::json;

bool is_of_type(json::value const& what, std::string_view type) {
  return (type == "object" && what.is_object()) || (type == "array" && what.is_array()) ||
         (type == "string" && what.is_string()) || (type == "boolean" && what.is_bool()) ||
         (type == "integer" && (what.is_int64() || what.is_uint64())) ||
         (type == "number" && what.is_number()) || (type == "null" && what.is_null());
}

// Keywords that say nothing about what is valid.
bool is_annotation(std::string_view keyword) {
  constexpr std::string_view known[] = {"description", "format", "example", "title", "default"};
  return std::ranges::find(known, keyword) != std::end(known);
}

std::size_t length_of(json::value const& what) {
  return what.as_string().size();
}

class check {
 public:
  explicit check(json::value const& document) : document_{document} {}

  std::string violation(json::value const& what, json::value const& schema,
                        std::string const& place) const {
    for (auto const& [keyword, wanted] : resolve(schema, document_).as_object()) {
      if (auto found = violation(what, keyword, wanted, schema, place); !found.empty()) {
        return found;
      }
    }
    return {};
  }

 private:
  std::string violation(json::value const& what, std::string_view keyword,
                        json::value const& wanted, json::value const& schema,
                        std::string const& place) const {
    if (keyword == "properties" || keyword == "required" || keyword == "additionalProperties") {
      return what.is_object() ? members(what.as_object(), keyword, wanted, schema, place) : "";
    }
    if (keyword == "items") {
      return what.is_array() ? elements(what.as_array(), wanted, place) : "";
    }
    if (is_annotation(keyword) || holds(what, keyword, wanted)) {
      return {};
    }
    return place + ": " + json::serialize(what) + " is against " + std::string{keyword} + " " +
           json::serialize(wanted);
  }

  bool holds(json::value const& what, std::string_view keyword, json::value const& wanted) const {
    if (keyword == "type") {
      return is_of_type(what, wanted.as_string());
    }
    if (keyword == "const") {
      return what == wanted;
    }
    if (keyword == "enum") {
      return std::ranges::find(wanted.as_array(), what) != wanted.as_array().end();
    }
    if (keyword == "not") {
      return !violation(what, wanted, "").empty();
    }
    if (keyword == "minLength") {
      return !what.is_string() || length_of(what) >= wanted.to_number<std::size_t>();
    }
    if (keyword == "maxLength") {
      return !what.is_string() || length_of(what) <= wanted.to_number<std::size_t>();
    }
    if (keyword == "pattern") {
      return !what.is_string() ||
             std::regex_search(what.as_string().c_str(), std::regex{wanted.as_string().c_str()});
    }
    throw std::runtime_error{"json_schema.cpp does not know the keyword " + std::string{keyword}};
  }

  std::string members(json::object const& what, std::string_view keyword, json::value const& wanted,
                      json::value const& schema, std::string const& place) const {
    if (keyword == "required") {
      for (auto const& name : wanted.as_array()) {
        if (!what.contains(name.as_string())) {
          return place + " lacks " + name.as_string().c_str();
        }
      }
      return {};
    }
    auto const* const properties = resolve(schema, document_).as_object().if_contains("properties");
    for (auto const& [name, value] : what) {
      auto const* const known = properties ? properties->as_object().if_contains(name) : nullptr;
      auto const* const its_schema = keyword == "properties" ? known : known ? nullptr : &wanted;
      auto found = its_schema ? member(value, *its_schema, place + "/" + std::string{name}) : "";
      if (!found.empty()) {
        return found;
      }
    }
    return {};
  }

  std::string member(json::value const& what, json::value const& schema,
                     std::string const& place) const {
    if (schema.is_bool()) {
      return schema.as_bool() ? "" : place + " is not described";
    }
    return violation(what, schema, place);
  }

  std::string elements(json::array const& what, json::value const& schema,
                       std::string const& place) const {
    for (std::size_t index = 0; index < what.size(); ++index) {
      auto found = violation(what[index], schema, place + "/" + std::to_string(index));
      if (!found.empty()) {
        return found;
      }
    }
    return {};
  }

  json::value const& document_;
};

}  // namespace

json::value const& resolve(json::value const& what, json::value const& document) {
  auto const* const reference = what.is_object() ? what.as_object().if_contains("$ref") : nullptr;
  if (!reference) {
    return what;
  }
  std::string_view const text = reference->as_string();
  boost::system::error_code error;
  auto const* const found =
      text.starts_with('#') ? document.find_pointer(text.substr(1), error) : nullptr;
  if (!found) {
    throw std::runtime_error{"there is nothing at " + std::string{text}};
  }
  return resolve(*found, document);
}

std::string violation(json::value const& what, json::value const& schema,
                      json::value const& document) {
  return check{document}.violation(what, schema, "");
}

}  // namespace nsqlookupd::test_support
