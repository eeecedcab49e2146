// SPDX-License-Identifier: MIT
#include <nsqlookupd/cluster/key_space.hpp>
#include <nsqlookupd/text/number.hpp>

#include <charconv>

namespace nsqlookupd::cluster {
namespace {

// Takes what stands before the next slash, or all.
std::string_view take(std::string_view& rest) {
  auto const end = rest.find('/');
  auto const part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

std::optional<parsed_key> parse_producer(std::string_view rest) {
  parsed_key result{.kind = key_kind::producer};
  auto const all = rest;
  auto const until_here = [&] { return all.substr(0, all.size() - rest.size() - 1); };
  result.node = take(rest);
  auto const life = take(rest);
  if (result.node.empty() || life.empty() || rest.empty()) {
    return std::nullopt;
  }
  result.life = until_here();
  auto const id = take(rest);
  result.producer = rest.empty() ? all : until_here();
  auto const part = rest.empty() ? std::optional{0U} : text::parse_number<std::uint32_t>(rest);
  if (!text::parse_number<std::uint32_t>(id) || !part) {
    return std::nullopt;
  }
  result.part = *part;
  return result;
}

}  // namespace

key_space::key_space(std::string_view cluster_name) : prefix_{"/"} {
  prefix_.append(cluster_name).push_back('/');
}

std::string key_space::key(std::string_view kind,
                           std::initializer_list<std::string_view> parts) const {
  auto result = prefix_;
  result.append(kind);
  for (auto const part : parts) {
    result.append("/").append(part);
  }
  return result;
}

std::string key_space::producer(std::string_view life, std::uint32_t id, std::uint32_t part) const {
  auto result = key("producers", {life});
  result.push_back('/');
  text::append_number(result, id);
  if (part != 0) {
    result.push_back('/');
    text::append_number(result, part);
  }
  return result;
}

std::string key_space::life_of(std::string_view node, std::int64_t lease) {
  char digits[sizeof lease * 2];
  auto const end =
      std::to_chars(digits, digits + sizeof digits, static_cast<std::uint64_t>(lease), 16).ptr;
  return std::string{node}.append("/").append(digits, end);
}

std::optional<parsed_key> key_space::parse(std::string_view key) const {
  if (!key.starts_with(prefix_)) {
    return std::nullopt;
  }
  auto rest = key.substr(prefix_.size());
  auto const kind = take(rest);
  if (kind == "cluster" && rest.empty()) {
    return parsed_key{.kind = key_kind::marker};
  }
  if (kind == "producers") {
    return parse_producer(rest);
  }
  auto const first = take(rest);
  if (first.empty()) {
    return std::nullopt;
  }
  if (kind == "members" && rest.empty()) {
    return parsed_key{.kind = key_kind::member, .node = first};
  }
  if (kind == (rest.empty() ? "topics" : "channels")) {
    return parsed_key{.kind = key_kind::name, .topic = first, .channel = rest};
  }
  if (kind == "deletions") {
    return parsed_key{.kind = key_kind::deletion, .topic = first, .channel = rest};
  }
  if (kind == "tombstones" && !rest.empty()) {
    return parsed_key{.kind = key_kind::tombstone, .topic = first, .address = rest};
  }
  return std::nullopt;
}

}  // namespace nsqlookupd::cluster
