// SPDX-License-Identifier: MIT
#include <nsqlookupd/net/http_date.hpp>

#include <array>
#include <ctime>

namespace nsqlookupd::net {

std::string_view http_date(registry::time_point now) {
  constexpr std::size_t size = 64;
  thread_local std::array<char, size> text{};
  thread_local std::time_t made_for = -1;
  thread_local std::size_t length = 0;

  auto const second =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second != made_for) {
    std::tm parts{};
    ::gmtime_r(&second, &parts);
    length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_for = second;
  }
  return {text.data(), length};
}

}  // namespace nsqlookupd::net
