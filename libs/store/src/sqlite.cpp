// SPDX-License-Identifier: MIT
#include "sqlite.hpp"

#include <nsqlookupd/text/ascii.hpp>

#include <sqlite3.h>

#include <new>
#include <system_error>

namespace nsqlookupd::store {
namespace {

// How long somebody who looks at the file may lock it.
constexpr int busy_milliseconds = 2000;

fault kind_of(int code) noexcept {
  int const primary = code & 0xff;
  bool const is_broken = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
                         code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS;
  return is_broken ? fault::damage : fault::passing;
}

[[noreturn]] void fail(sqlite3* opened) {
  int const code = ::sqlite3_extended_errcode(opened);
  int const primary = code & 0xff;
  if (opened == nullptr || primary == SQLITE_NOMEM) {
    // SQLite takes its memory by malloc(), which does not call the new-handler.
    if (auto const handler = std::get_new_handler()) {
      handler();
    }
    throw std::bad_alloc{};
  }
  std::string reason = ::sqlite3_errmsg(opened);
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) {
    // The system's error is not known after a commit.
    int const system = ::sqlite3_system_errno(opened);
    reason += system != 0 ? ": " + std::generic_category().message(system)
                          : " (SQLite's code " + std::to_string(code) + ')';
  }
  throw file_error{kind_of(code), reason};
}

// SQLite reads some characters of an address as its own.
std::string address_to_read(std::string_view path) {
  std::string address = "file:";
  for (char const each : path) {
    if (each == '%' || each == '?' || each == '#') {
      text::append_hex(address += '%', static_cast<unsigned char>(each));
    } else {
      address += each;
    }
  }
  return address + "?immutable=1";
}

}  // namespace

void connection::closer::operator()(sqlite3* opened) const noexcept {
  ::sqlite3_close(opened);
}

connection::connection(std::string const& path, opening how) {
  sqlite3* opened = nullptr;
  int const result =
      how == opening::to_write
          ? ::sqlite3_open_v2(path.c_str(), &opened,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                              nullptr)
          : ::sqlite3_open_v2(address_to_read(path).c_str(), &opened,
                              SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                              nullptr);
  handle_.reset(opened);
  if (result != SQLITE_OK) {
    fail(opened);
  }
  ::sqlite3_extended_result_codes(opened, 1);
  ::sqlite3_busy_timeout(opened, busy_milliseconds);
  ::sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void connection::tidy_up() noexcept {
  ::sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void connection::execute(char const* sql) {
  if (::sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(handle());
  }
}

bool connection::has_moved() const noexcept {
  int moved = 0;
  ::sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

void statement::closer::operator()(sqlite3_stmt* prepared) const noexcept {
  ::sqlite3_finalize(prepared);
}

statement::statement(connection& owner, std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  int const result = ::sqlite3_prepare_v3(owner.handle(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  handle_.reset(prepared);
  if (result == SQLITE_ERROR) {
    // A table is not there, or has other columns.
    throw file_error{fault::damage, ::sqlite3_errmsg(owner.handle())};
  }
  if (result != SQLITE_OK) {
    fail(owner.handle());
  }
}

bool statement::step() {
  switch (::sqlite3_step(handle_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      ::sqlite3_reset(handle_.get());
      return false;
    default:
      fail(::sqlite3_db_handle(handle_.get()));
  }
}

void statement::bind(int at, std::string_view value) {
  // Without an address it would be NULL.
  auto const* const text = value.data() == nullptr ? "" : value.data();
  if (::sqlite3_bind_text64(handle_.get(), at, text, value.size(), SQLITE_STATIC, SQLITE_UTF8) !=
      SQLITE_OK) {
    fail(::sqlite3_db_handle(handle_.get()));
  }
}

void statement::bind(int at, std::int64_t value) {
  if (::sqlite3_bind_int64(handle_.get(), at, value) != SQLITE_OK) {
    fail(::sqlite3_db_handle(handle_.get()));
  }
}

std::int64_t statement::number(int column) const {
  if (::sqlite3_column_type(handle_.get(), column) != SQLITE_INTEGER) {
    throw file_error{fault::damage, "a value is no number"};
  }
  return ::sqlite3_column_int64(handle_.get(), column);
}

std::string_view statement::text(int column) const {
  if (::sqlite3_column_type(handle_.get(), column) != SQLITE_TEXT) {
    throw file_error{fault::damage, "a value is no text"};
  }
  auto const* const bytes = ::sqlite3_column_text(handle_.get(), column);
  if (bytes == nullptr) {
    fail(::sqlite3_db_handle(handle_.get()));
  }
  return {reinterpret_cast<char const*>(bytes),
          static_cast<std::size_t>(::sqlite3_column_bytes(handle_.get(), column))};
}

}  // namespace nsqlookupd::store
