// SPDX-License-Identifier: MIT
#include <nsqlookupd/etcd/values.hpp>

#include <utility>

namespace nsqlookupd::etcd {

std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty()) {
    auto const last = static_cast<unsigned char>(prefix.back());
    prefix.pop_back();
    if (last != 0xff) {
      prefix += static_cast<char>(last + 1);
      return prefix;
    }
  }
  // For etcd the end of all keys.
  prefix.assign(1, '\0');
  return prefix;
}

operation operation::put(std::string key, std::string value, std::int64_t lease) {
  return {type::put, std::move(key), std::move(value), lease, {}};
}

operation operation::remove(std::string key) {
  return {type::remove, std::move(key)};
}

operation operation::remove_prefix(std::string prefix) {
  auto end = end_of_prefix(prefix);
  return {type::remove, std::move(prefix), {}, 0, std::move(end)};
}

}  // namespace nsqlookupd::etcd
