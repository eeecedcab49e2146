// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace nsqlookupd::profiling {

/// The names of the process's functions: of the program itself as long as it was not stripped, of
/// libraries those that they export.
class symbol_table {
 public:
  /// Reads the program's file; without it, only libraries' names are known.
  symbol_table();
  symbol_table(symbol_table const&) = delete;
  symbol_table& operator=(symbol_table const&) = delete;
  ~symbol_table();

  /// The function at an address, demangled; empty when that is not known.
  [[nodiscard]] std::string name_of(std::uintptr_t address) const;

 private:
  class program;
  std::unique_ptr<program> program_;
};

}  // namespace nsqlookupd::profiling
