// SPDX-License-Identifier: MIT
#include "profiles.hpp"

#include <nsqlookupd/http_api/protocol_error.hpp>
#include <nsqlookupd/profiling/cpu_profile.hpp>
#include <nsqlookupd/profiling/heap_profile.hpp>
#include <nsqlookupd/profiling/heap_samples.hpp>
#include <nsqlookupd/profiling/symbol_table.hpp>

#include "dress.hpp"

#include <charconv>
#include <cstdint>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace nsqlookupd::http_api {
namespace {

reply page(std::string body, content_type content) {
  return std::get<reply>(dress(style::tool, {.body = std::move(body), .content = content}));
}

class cpu_answer final : public long_answer {
 public:
  cpu_answer(std::unique_ptr<profiling::cpu_profile> taken, std::chrono::seconds how_long)
      : taken_{std::move(taken)}, how_long_{how_long} {}

  bool write_some(registry::registration_db const&, registry::time_point, std::size_t) override {
    return true;
  }
  [[nodiscard]] std::chrono::seconds pause() const noexcept override { return how_long_; }
  reply finish() override {
    try {
      return page(taken_->finish(), content_type::binary);
    } catch (std::bad_alloc const&) {
      return internal_error();
    }
  }

 private:
  std::unique_ptr<profiling::cpu_profile> taken_;
  std::chrono::seconds how_long_;
};

// An address costs about as much as this many channels.
constexpr std::size_t cost_of_name = 16;

class names_answer final : public long_answer {
 public:
  explicit names_answer(std::string addresses) : addresses_{std::move(addresses)} {}

  bool write_some(registry::registration_db const&, registry::time_point,
                  std::size_t budget) override {
    if (!table_) {
      table_.emplace();
    }
    for (std::size_t spent = 0; spent < budget; spent += cost_of_name) {
      if (begin_ >= addresses_.size()) {
        return true;
      }
      append_name(next());
    }
    return false;
  }

  reply finish() override { return page(std::move(out_), content_type::text); }

 private:
  std::string_view next() {
    auto const rest = std::string_view{addresses_}.substr(begin_);
    auto const found = rest.substr(0, rest.find('+'));
    begin_ += found.size() + 1;
    return found;
  }

  void append_name(std::string_view address) {
    auto const digits = address.substr(address.starts_with("0x") ? 2 : 0);
    std::uintptr_t value = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [stop, error] = std::from_chars(digits.data(), end, value, 16);
    if (error != std::errc{} || stop != end) {
      return;
    }
    if (auto const name = table_->name_of(value); !name.empty()) {
      out_.append("0x").append(digits).append("\t").append(name).append("\n");
    }
  }

  std::string const addresses_;
  std::size_t begin_ = 0;
  std::optional<profiling::symbol_table> table_;
  // How many there are is not the question: none would mean that it is no use asking.
  std::string out_ = "num_symbols: 1\n";
};

}  // namespace

std::unique_ptr<long_answer> profile_of_cpu(std::chrono::seconds how_long) {
  auto taken = profiling::cpu_profile::start();
  return taken == nullptr ? nullptr : std::make_unique<cpu_answer>(std::move(taken), how_long);
}

std::string profile_of_heap(std::string remarks) {
  remarks += profiling::is_heap_sampled()
                 ? "# A C++ process of this build remembers one allocation in 512 KiB.\n"
                 : "# A C++ process of this build samples no allocations; use heaptrack.\n";
  return profiling::heap_profile(remarks);
}

std::unique_ptr<long_answer> names_of_addresses(std::string addresses) {
  return std::make_unique<names_answer>(std::move(addresses));
}

}  // namespace nsqlookupd::http_api
