// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace nsqlookupd::test_support {

/// What `$ref` points to in `document`, or `what` itself when it is no reference. Throws
/// std::runtime_error when it points nowhere.
[[nodiscard]] boost::json::value const& resolve(boost::json::value const& what,
                                                boost::json::value const& document);

/// Holds `what` against a JSON Schema, whose references are looked up in `document`. Returns where
/// and how they differ, or nothing when they agree. Throws std::runtime_error on a keyword that it
/// does not know, so that none is passed over in silence.
[[nodiscard]] std::string violation(boost::json::value const& what,
                                    boost::json::value const& schema,
                                    boost::json::value const& document);

}  // namespace nsqlookupd::test_support
