// SPDX-License-Identifier: MIT
#include "record_sink.hpp"

#include <boost/log/attributes/attribute_value_set.hpp>
#include <boost/log/attributes/value_extraction.hpp>
#include <boost/log/core/record_view.hpp>

#include <chrono>
#include <utility>

namespace nsqlookupd::log {

boost::log::attribute_name const& entry_name() {
  static boost::log::attribute_name const name("Entry");
  return name;
}

record_sink::record_sink(std::shared_ptr<line_writer> writer)
    : sink(false), writer_(std::move(writer)) {}

bool record_sink::will_consume(boost::log::attribute_value_set const&) {
  return true;
}

void record_sink::consume(boost::log::record_view const& record) {
  auto const found = record.attribute_values()[entry_name()].extract<entry>();
  if (found) writer_->add(found->severity, found->message);
}

void record_sink::flush() {
  static_cast<void>(
      writer_->queue().wait_written(line_queue::clock::now() + std::chrono::seconds(1)));
}
}  // namespace nsqlookupd::log
