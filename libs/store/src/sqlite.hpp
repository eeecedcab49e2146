// SPDX-License-Identifier: MIT
//
// SQLite's handles, which close themselves, and its errors as exceptions. For one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace nsqlookupd::store {

/// The reason why a file cannot be used.
enum class fault : std::uint8_t {
  /// It may be used later: a disk that is full, a lock that somebody has.
  passing,
  /// It is broken, or none of ours.
  damage,
  /// A later version of the program wrote it.
  newer
};

class file_error : public std::runtime_error {
 public:
  file_error(fault kind, std::string const& reason) : runtime_error{reason}, kind_{kind} {}
  [[nodiscard]] fault kind() const noexcept { return kind_; }

 private:
  fault kind_;
};

enum class opening : std::uint8_t {
  /// A file that is not there is made.
  to_write,
  /// The file alone, without its log, which may be where nothing can be written.
  to_read
};

/// An open file. Its functions, and those of its statements, throw file_error.
class connection {
 public:
  explicit connection(std::string const& path, opening how = opening::to_write);

  /// Executes one or several statements.
  void execute(char const* sql);

  /// Has the write-ahead log moved into the file when that is closed. By default it stays as it is:
  /// nothing is written any more after an error.
  void tidy_up() noexcept;

  /// True when the file is not at its path any more.
  [[nodiscard]] bool has_moved() const noexcept;

  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

 private:
  struct closer {
    void operator()(sqlite3* opened) const noexcept;
  };
  std::unique_ptr<sqlite3, closer> handle_;
};

/// A prepared statement. Its connection must outlive it.
class statement {
 public:
  statement(connection& owner, std::string_view sql);

  /// Executes it with these values, to its end.
  template <class... Values>
  void run(Values const&... values) {
    int at = 0;
    (bind(++at, values), ...);
    while (step()) {
    }
  }

  /// Moves to the next row. False at the end, where it begins anew.
  bool step();

  /// Columns of the row, from 0 on. A value of another type is damage.
  [[nodiscard]] std::int64_t number(int column) const;
  /// Good until the next step.
  [[nodiscard]] std::string_view text(int column) const;

 private:
  // The text must stay until the statement's end.
  void bind(int at, std::string_view value);
  void bind(int at, std::int64_t value);

  struct closer {
    void operator()(sqlite3_stmt* prepared) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, closer> handle_;
};

}  // namespace nsqlookupd::store
