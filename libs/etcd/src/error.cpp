// SPDX-License-Identifier: MIT
#include <nsqlookupd/etcd/error.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace nsqlookupd::etcd {
namespace {

struct description {
  std::string_view name;
  std::string_view message;
};

// In the order of errc.
constexpr std::array<description, 13> descriptions{
    {{"ok", "no error"},
     {"unreachable", "etcd cannot be reached"},
     {"timed_out", "etcd did not answer in time"},
     {"tls_failed", "TLS failed"},
     {"unavailable", "etcd is not available"},
     {"bad_answer", "the answer is none of etcd's"},
     {"refused", "etcd refused the user, the password or the access"},
     {"compacted", "etcd has compacted the revision"},
     {"future_revision", "etcd does not have the revision yet"},
     {"lease_not_found", "etcd does not have the lease"},
     {"exhausted", "etcd's database is full or it has too many requests"},
     {"too_old", "etcd is older than 3.4"},
     {"rejected", "etcd rejected the request"}}};

description const& description_of(int value) noexcept {
  auto const index = static_cast<std::size_t>(value);
  return descriptions[index < descriptions.size() ? index
                                                  : static_cast<std::size_t>(errc::rejected)];
}

class etcd_category final : public boost::system::error_category {
 public:
  [[nodiscard]] char const* name() const noexcept override { return "etcd"; }
  [[nodiscard]] std::string message(int value) const override {
    return std::string{description_of(value).message};
  }
};

}  // namespace

boost::system::error_category const& category() noexcept {
  static etcd_category const instance;
  return instance;
}

boost::system::error_code make_error_code(errc error) noexcept {
  return {static_cast<int>(error), category()};
}

std::string_view code_name(boost::system::error_code error) noexcept {
  if (error && error.category() != category()) {
    return "cancelled";
  }
  return description_of(error.value()).name;
}

bool is_fault_of_endpoint(boost::system::error_code error) noexcept {
  return error.category() == category() && error.value() >= static_cast<int>(errc::unreachable) &&
         error.value() <= static_cast<int>(errc::bad_answer);
}

}  // namespace nsqlookupd::etcd
