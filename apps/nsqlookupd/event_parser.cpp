// SPDX-License-Identifier: MIT
#include "event_parser.hpp"

#include <nsqlookupd/text/number.hpp>

#include <cstdint>
#include <utility>

namespace nsqlookupd {

std::optional<stream_event> event_parser::take_line(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (!line.empty()) {
    auto const colon = line.find(':');
    auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) {
      value.remove_prefix(1);
    }
    take_field(line.substr(0, colon), value);
    return std::nullopt;
  }
  last_id_ = id_;
  auto whole = std::exchange(event_, {});
  if (whole.data.empty()) {
    return std::nullopt;
  }
  // Each line of data has added its line end.
  whole.data.pop_back();
  return whole;
}

// A comment is a field without a name.
void event_parser::take_field(std::string_view name, std::string_view value) {
  if (name == "event") {
    event_.name = value;
  } else if (name == "data") {
    event_.data.append(value).push_back('\n');
  } else if (name == "id" && value.find('\0') == value.npos) {
    id_ = value;
  } else if (name == "retry") {
    if (auto const number = text::parse_number<std::uint32_t>(value)) {
      retry_ = std::chrono::milliseconds{*number};
    }
  }
}

std::optional<std::chrono::milliseconds> event_parser::take_retry() {
  return std::exchange(retry_, std::nullopt);
}

}  // namespace nsqlookupd
