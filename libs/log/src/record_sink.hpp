// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/log/level.hpp>

#include "line_writer.hpp"
#include <boost/log/attributes/attribute_name.hpp>
#include <boost/log/sinks/sink.hpp>

#include <memory>
#include <string_view>

namespace nsqlookupd::log {

/// What a Boost.Log record of ours carries. One attribute is cheaper than two.
struct entry {
  level severity;
  std::string_view message;
};

/// The name under which a record carries its entry.
[[nodiscard]] boost::log::attribute_name const& entry_name();

/// Hands Boost.Log's records to a line_writer. It is no sink front-end with a back-end because
/// those lock and filter once more.
class record_sink final : public boost::log::sinks::sink {
 public:
  explicit record_sink(std::shared_ptr<line_writer> writer);

  bool will_consume(boost::log::attribute_value_set const& attributes) override;
  void consume(boost::log::record_view const& record) override;
  void flush() override;

 private:
  std::shared_ptr<line_writer> const writer_;
};
}  // namespace nsqlookupd::log
