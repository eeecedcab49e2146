// SPDX-License-Identifier: MIT
#include "field.hpp"

#include <nsqlookupd/config/duration.hpp>

#include "text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace nsqlookupd::config {
namespace {

template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};

// clang 16 does not deduce the arguments of an aggregate without it.
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

/// Go's strconv.ParseBool.
std::optional<bool> parse_bool(std::string_view text) {
  constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> no{"0", "f", "F", "false", "FALSE", "False"};
  if (std::ranges::find(yes, text) != yes.end()) return true;
  if (std::ranges::find(no, text) != no.end()) return false;
  return std::nullopt;
}

std::string bounds(count_field const& of) {
  return "must be from " + std::to_string(of.least) + " to " + std::to_string(of.most);
}

std::optional<rejection> set(text_field const& to, values& target, std::string_view text) {
  target.*to.member = text;
  return std::nullopt;
}

std::optional<rejection> set(switch_field const& to, values& target, std::string_view text) {
  auto const parsed = parse_bool(text);
  if (!parsed) return rejection{"must be true or false", true};
  target.*to.member = *parsed;
  return std::nullopt;
}

std::optional<rejection> set(duration_field const& to, values& target, std::string_view text) {
  auto const parsed = parse_duration(text);
  if (!parsed) return rejection{parsed.error().reason, true};
  if (*parsed < to.least) return rejection{"must not be negative"};
  target.*to.member = *parsed;
  return std::nullopt;
}

std::optional<rejection> set(count_field const& to, values& target, std::string_view text) {
  std::int64_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::invalid_argument || stop != end) {
    return rejection{"must be a whole number", true};
  }
  if (error != std::errc{} || number < to.least || number > to.most) {
    return rejection{bounds(to)};
  }
  target.*to.member = static_cast<std::size_t>(number);
  return std::nullopt;
}

template <class Enum>
std::optional<rejection> set(choice_field<Enum> const& to, values& target, std::string_view text) {
  auto const wanted = lower_case(text);
  std::string names;
  for (auto const& [name, value] : to.choices) {
    auto const lowered = lower_case(name);
    if (lowered == wanted) {
      target.*to.member = value;
      return std::nullopt;
    }
    names += (names.empty() ? "" : ", ") + lowered;
  }
  return rejection{"invalid " + std::string{to.what} + " '" + std::string{text} + "' (" + names +
                   ')'};
}

std::string_view what_the_file_may_say(field const& of) {
  return std::visit(
      overloaded{
          [](switch_field const&) { return "true or false"; },
          [](duration_field const&) {
            return "a duration in quotes, such as \"1m30s\", or an integer of milliseconds";
          },
          [](count_field const&) { return "an integer"; },
          [](auto const&) { return "a string in quotes"; },
      },
      of);
}

template <class Field>
bool holds(field const& of) {
  return std::holds_alternative<Field>(of);
}

bool takes(field const& of, file_value::kind type) {
  switch (type) {
    case file_value::kind::string:
      return true;
    case file_value::kind::integer:
      return holds<duration_field>(of) || holds<count_field>(of);
    case file_value::kind::boolean:
      return holds<switch_field>(of);
    case file_value::kind::other:
      break;
  }
  return false;
}

}  // namespace

std::optional<rejection> assign(field const& to, values& target, std::string_view text) {
  return std::visit([&](auto const& kind) { return set(kind, target, text); }, to);
}

std::optional<rejection> assign(field const& to, values& target, file_value const& value) {
  if (!takes(to, value.type)) {
    return rejection{"must be " + std::string{what_the_file_may_say(to)}, true};
  }
  bool const milliseconds = holds<duration_field>(to) && value.type == file_value::kind::integer;
  return assign(to, target, milliseconds ? value.text + "ms" : value.text);
}

std::string_view type_name(field const& of) {
  return std::visit(overloaded{
                        [](text_field const&) { return "string"; },
                        [](switch_field const&) { return ""; },
                        [](duration_field const&) { return "duration"; },
                        [](count_field const&) { return "int"; },
                        [](auto const&) { return "value"; },
                    },
                    of);
}

std::string shown(field const& of, values const& source) {
  return std::visit(
      overloaded{
          [&](text_field const& text) {
            auto const& value = source.*text.member;
            return value.empty() ? std::string{} : quote(value);
          },
          [&](switch_field const& toggle) -> std::string {
            return source.*toggle.member ? "true" : "";
          },
          [&](duration_field const& duration) { return format_duration(source.*duration.member); },
          [&](count_field const& count) { return std::to_string(source.*count.member); },
          [&](auto const& choice) {
            auto const chosen =
                std::ranges::find(choice.choices, source.*choice.member,
                                  [](auto const& candidate) { return candidate.value; });
            return std::string{chosen->name};
          },
      },
      of);
}

bool is_switch(field const& asked) {
  return holds<switch_field>(asked);
}

}  // namespace nsqlookupd::config
