// SPDX-License-Identifier: MIT
#pragma once

#include "record_sink.hpp"
#include <boost/smart_ptr/shared_ptr.hpp>

namespace nsqlookupd::log {

/// Lets Boost.Log hand its records to `sink`, from now on.
void connect(boost::shared_ptr<record_sink> const& sink);

/// Ends that and waits for the threads that are handing over a line: nobody uses `sink` afterwards.
void disconnect(boost::shared_ptr<record_sink> const& sink) noexcept;
}  // namespace nsqlookupd::log
