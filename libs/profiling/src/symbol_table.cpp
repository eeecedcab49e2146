// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/symbol_table.hpp>

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

namespace nsqlookupd::profiling {
namespace {

// The first that is listed is the program itself.
std::uintptr_t place_of_program() {
  std::uintptr_t place = 0;
  auto const take_first = [](dl_phdr_info* info, std::size_t, void* into) {
    *static_cast<std::uintptr_t*>(into) = info->dlpi_addr;
    return 1;
  };
  ::dl_iterate_phdr(take_first, &place);
  return place;
}

std::string demangle(char const* name) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> const readable{
      abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free};
  return status == 0 ? readable.get() : name;
}

}  // namespace

/// The functions in an ELF file's table of symbols.
class symbol_table::program {
 public:
  explicit program(std::string file) : file_{std::move(file)}, place_{place_of_program()} {
    auto const all = sections();
    for (auto const& one : all) {
      if (one.sh_type == SHT_SYMTAB && one.sh_link < all.size()) {
        take_functions(one, all[one.sh_link]);
      }
    }
    std::ranges::sort(functions_, {}, &function::begin);
  }

  [[nodiscard]] char const* name_of(std::uintptr_t address) const {
    auto const wanted = address - place_;
    auto const after = std::ranges::upper_bound(functions_, wanted, {}, &function::begin);
    if (after == functions_.begin()) {
      return nullptr;
    }
    auto const& found = *std::prev(after);
    return wanted < found.end ? file_.data() + found.name : nullptr;
  }

 private:
  struct function {
    std::uintptr_t begin;
    std::uintptr_t end;
    std::size_t name;
  };
  using section = ElfW(Shdr);
  using symbol = ElfW(Sym);

  template <class Entry>
  [[nodiscard]] std::vector<Entry> entries(std::size_t begin, std::size_t count) const {
    if (begin > file_.size() || count > (file_.size() - begin) / sizeof(Entry)) {
      return {};
    }
    std::vector<Entry> all(count);
    std::memcpy(all.data(), file_.data() + begin, count * sizeof(Entry));
    return all;
  }

  [[nodiscard]] std::vector<section> sections() const {
    auto const head = entries<ElfW(Ehdr)>(0, 1);
    return head.empty() ? std::vector<section>{}
                        : entries<section>(head[0].e_shoff, head[0].e_shnum);
  }

  void take_functions(section const& symbols, section const& names) {
    for (auto const& one : entries<symbol>(symbols.sh_offset, symbols.sh_size / sizeof(symbol))) {
      auto const name = names.sh_offset + one.st_name;
      // Of both widths of ELF the type stands in the same bits.
      if (ELF64_ST_TYPE(one.st_info) == STT_FUNC && one.st_size != 0 && name < file_.size()) {
        functions_.push_back({one.st_value, one.st_value + one.st_size, name});
      }
    }
  }

  std::string const file_;
  std::uintptr_t const place_;
  std::vector<function> functions_;
};

symbol_table::symbol_table() {
  std::ifstream file{"/proc/self/exe", std::ios::binary};
  program_ = std::make_unique<program>(std::string{std::istreambuf_iterator<char>{file}, {}});
}

symbol_table::~symbol_table() = default;

std::string symbol_table::name_of(std::uintptr_t address) const {
  if (auto const* const name = program_->name_of(address)) {
    return demangle(name);
  }
  Dl_info found{};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address comes from the wire, as a number.
  auto const* const place = reinterpret_cast<void const*>(address);
  bool const is_known = ::dladdr(place, &found) != 0 && found.dli_sname != nullptr;
  return is_known ? demangle(found.dli_sname) : std::string{};
}

}  // namespace nsqlookupd::profiling
