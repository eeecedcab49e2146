// SPDX-License-Identifier: MIT
#include "http_head_count.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace nsqlookupd::fuzz {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  });
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  auto const first = text.find_first_not_of(blank);
  return first == text.npos ? std::string_view{}
                            : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

}  // namespace

bool is_ambiguous(std::string_view stream) {
  auto const end = stream.find("\r\n\r\n");
  if (end == stream.npos) {
    return false;
  }
  auto head = stream.substr(0, end);
  std::set<std::string, std::less<>> lengths;
  bool has_coding = false;
  while (!head.empty()) {
    auto const line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    auto const colon = std::min(line.find(':'), line.size());
    auto const name = lower(line.substr(0, colon));
    if (name == "transfer-encoding") {
      has_coding = true;
    } else if (name == "content-length") {
      lengths.emplace(trimmed(line.substr(std::min(colon + 1, line.size()))));
    }
  }
  return lengths.size() > 1 || (has_coding && !lengths.empty());
}

}  // namespace nsqlookupd::fuzz
