// SPDX-License-Identifier: MIT
#include "assign.hpp"

#include <nsqlookupd/text/ascii.hpp>
#include <nsqlookupd/text/duration.hpp>
#include <nsqlookupd/text/number.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace nsqlookupd::config {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using problem = std::optional<rejection>;

/// The form that a value must have, and how the config file writes it beside a string.
struct form {
  std::string_view name;
  file_value::kind in_file;
};

// In the order of the alternatives of `field`.
constexpr std::array<form, 6> forms{{{"a string in quotes", file_value::kind::string},
                                     {"true or false", file_value::kind::boolean},
                                     {"a duration such as \"1m30s\"", file_value::kind::integer},
                                     {"a whole number", file_value::kind::integer},
                                     {"a string in quotes", file_value::kind::string},
                                     {"a list of strings in quotes", file_value::kind::list}}};

rejection malformed(setting const& of, std::string_view hint = {}) {
  return {"must be " + std::string{forms[of.field.index()].name}, true, hint};
}

/// Bytes, with or without a unit.
std::optional<std::int64_t> parse_size(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 3> units{
      {{"kib", 10}, {"mib", 20}, {"gib", 30}}};
  unsigned shift = 0;
  for (auto const& [name, power] : units) {
    if (text.size() > name.size() && text::lower_case(text).ends_with(name)) {
      text.remove_suffix(name.size());
      shift = power;
    }
  }
  auto const number = text::parse_number<std::int64_t>(text);
  bool const fits = number && *number <= std::numeric_limits<std::int64_t>::max() >> shift;
  return fits && *number >= 0 ? std::optional{*number << shift} : std::nullopt;
}

/// Go's strconv.ParseBool.
std::optional<bool> parse_bool(std::string_view text) {
  constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> no{"0", "f", "F", "false", "FALSE", "False"};
  if (std::ranges::find(yes, text) != yes.end()) return true;
  if (std::ranges::find(no, text) != no.end()) return false;
  return std::nullopt;
}

/// The texts between the commas; an empty text has none.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    auto const end = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, end));
    // A comma at the end has an empty part behind it.
    if (end + 1 == text.size()) parts.emplace_back();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

problem check_text(setting const& to, std::string_view text) {
  auto reason = to.rule == nullptr ? std::string{} : to.rule(text);
  return reason.empty() ? problem{} : rejection{std::move(reason)};
}

problem assign_parts(setting const& to, values& target, std::vector<std::string> parts) {
  for (auto const& part : parts) {
    if (auto refused = check_text(to, part)) return refused;
  }
  target.*std::get<std::vector<std::string> values::*>(to.field) = std::move(parts);
  return std::nullopt;
}

struct reader {
  setting const& to;
  values& target;
  std::string_view given;

  problem operator()(std::string values::* member) const {
    if (auto refused = check_text(to, given)) return refused;
    target.*member = given;
    return std::nullopt;
  }

  problem operator()(bool values::* member) const {
    auto const parsed = parse_bool(given);
    if (!parsed) return malformed(to);
    target.*member = *parsed;
    return std::nullopt;
  }

  problem operator()(nanoseconds values::* member) const {
    auto const parsed = text::parse_duration(given);
    bool const lacks_unit = !parsed && text::parse_number<std::int64_t>(given);
    if (!parsed) return malformed(to, lacks_unit ? ": missing unit, e.g. 5s" : "");
    if (auto refused = check_bounds(*parsed)) return refused;
    target.*member = *parsed;
    return std::nullopt;
  }

  problem operator()(std::size_t values::* member) const {
    bool const bytes = to.bounds.bytes;
    auto const parsed = bytes ? parse_size(given) : text::parse_number<std::int64_t>(given);
    if (!parsed || *parsed < to.bounds.least || *parsed > to.bounds.most) {
      return rejection{
          (bytes ? "must be a number of bytes from " : "must be a whole number from ") +
          std::to_string(to.bounds.least) + " to " + std::to_string(to.bounds.most) +
          (bytes ? ", such as 4096 or 64KiB" : "")};
    }
    target.*member = static_cast<std::size_t>(*parsed);
    return std::nullopt;
  }

  problem operator()(choice const& of) const {
    auto const wanted = text::lower_case(given);
    std::string known;
    for (std::size_t at = 0; at < of.names.size() && !of.names[at].empty(); ++at) {
      auto const name = text::lower_case(of.names[at]);
      if (name == wanted) {
        of.set(target, at);
        return std::nullopt;
      }
      known.append(known.empty() ? "" : ", ").append(name);
    }
    return rejection{"invalid " + std::string{of.subject} + " '" + std::string{given} + "' (" +
                     known + ')'};
  }

  problem operator()(std::vector<std::string> values::* /*member*/) const {
    return assign_parts(to, target, split(given));
  }

  [[nodiscard]] problem check_bounds(nanoseconds given_time) const {
    auto const& [least, most, bytes, whole_seconds] = to.bounds;
    bool const has_fraction = whole_seconds && given_time % 1s != 0ns;
    if (given_time.count() >= least && given_time.count() <= most && !has_fraction) {
      return std::nullopt;
    }
    return rejection{whole_seconds ? "must be whole seconds from " +
                                         text::format_duration(nanoseconds{least}) + " to " +
                                         text::format_duration(nanoseconds{most})
                                   : "must not be negative"};
  }
};

}  // namespace

problem assign(setting const& to, values& target, std::string_view text) {
  return std::visit(reader{to, target, text}, to.field);
}

problem assign(setting const& to, values& target, file_value const& value) {
  if (value.type == file_value::kind::string)
    return assign(to, target, std::string_view{value.text});
  if (value.type != forms[to.field.index()].in_file) return malformed(to);
  if (value.type == file_value::kind::list) return assign_parts(to, target, value.parts);
  bool const milliseconds = std::holds_alternative<nanoseconds values::*>(to.field);
  return assign(to, target, std::string_view{milliseconds ? value.text + "ms" : value.text});
}

}  // namespace nsqlookupd::config
