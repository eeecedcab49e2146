// SPDX-License-Identifier: MIT
//
// How the parsers of this room answer: the value, or why the text is not one.
#pragma once

#include <boost/system/result.hpp>

#include <string>

namespace nsqlookupd::config {

/// Why a text was refused: one line, without the name of the setting it was meant for.
struct bad_value {
  std::string reason;
};

/// A `T`, or the bad_value that says why there is none.
template <class T>
using result = boost::system::result<T, bad_value>;

}  // namespace nsqlookupd::config
