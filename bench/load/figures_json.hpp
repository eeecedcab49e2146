// SPDX-License-Identifier: MIT
#pragma once

#include "figures.hpp"
#include <boost/json/object.hpp>

namespace bench {

[[nodiscard]] boost::json::object to_object(figures const& found);

}  // namespace bench
