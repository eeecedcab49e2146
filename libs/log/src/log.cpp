// SPDX-License-Identifier: MIT
#include <nsqlookupd/log/log.hpp>

#include "line_queue.hpp"
#include "record_sink.hpp"
#include "records.hpp"
#include <boost/log/attributes/attribute_set.hpp>
#include <boost/log/attributes/attribute_value_impl.hpp>
#include <boost/log/core/core.hpp>
#include <boost/log/core/record.hpp>

#include <mutex>
#include <shared_mutex>
#include <utility>

namespace nsqlookupd::log {
namespace {

/// Shared by threads that hand over a line, so that disconnect() can wait for them.
std::shared_mutex gate;

/// Boost.Log's parts that every record needs, looked up once.
struct record_maker {
  boost::log::core_ptr core = boost::log::core::get();
  boost::log::attribute_set no_attributes;
  boost::log::attribute_name name = entry_name();
};

/// Never destroyed: other threads may still make lines while the program exits.
record_maker const& records() {
  static record_maker const& immortal = *new record_maker;
  return immortal;
}

void push_record(entry const& what) {
  auto const& [core, no_attributes, name] = records();
  std::shared_lock const lock(gate);
  auto record = core->open_record(no_attributes);
  if (!record) return;
  record.attribute_values().insert(name, boost::log::attributes::make_attribute_value(what));
  core->push_record(std::move(record));
}
}  // namespace

void connect(boost::shared_ptr<record_sink> const& sink) {
  std::lock_guard const lock(gate);
  records().core->add_sink(sink);
}

void disconnect(boost::shared_ptr<record_sink> const& sink) noexcept {
  std::lock_guard const lock(gate);
  records().core->remove_sink(sink);
}

void write(level severity, std::string_view message) noexcept {
  if (!enabled(severity)) return;
  try {
    push_record({severity, message});
  } catch (...) {
    dropped_total.fetch_add(1, std::memory_order_relaxed);
  }
}
}  // namespace nsqlookupd::log
