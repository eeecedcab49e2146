// SPDX-License-Identifier: MIT
//
// The tables of the file: store/file.hpp describes them. Every function throws file_error; after
// one of write() or touch() it is of no more use.
#pragma once

#include <nsqlookupd/rows/batch.hpp>
#include <nsqlookupd/store/state.hpp>

#include "sqlite.hpp"

#include <string>

namespace nsqlookupd::store {

class database {
 public:
  /// Opens the file, and makes the tables where there are none.
  explicit database(std::string const& path);

  [[nodiscard]] state read();

  /// Adds the rows to the transaction, which it begins if there is none, and ends that if the batch
  /// is complete.
  void write(rows::batch const& rows, registry::time_point now);

  /// Notes the moment, unless a transaction goes on.
  void touch(registry::time_point now);

  /// Moves everything into the file itself, so that it needs none beside it.
  void finish();

 private:
  void begin();
  void write_topic(rows::batch const& rows, rows::topic_row const& row);
  void write_producer(rows::batch const& rows, rows::producer_row const& row);

  connection connection_;
  statement put_meta_;
  statement put_topic_;
  statement drop_topic_;
  statement put_producer_;
  statement drop_producer_;
  bool in_transaction_ = false;
};

/// Reads a file that cannot be written. Only for one without a log beside it.
[[nodiscard]] state read_alone(std::string const& path);

}  // namespace nsqlookupd::store
