// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// How far things are, on stderr. On a terminal it is one line that moves; elsewhere each step is a
/// line of its own, and what is smaller than a step is left out. For one thread.
namespace bench::progress {

/// Something new begins.
void begin_step(std::string step);
/// A part of the step begins.
void begin_part(std::string part);
/// How far it is.
void show(std::string const& detail);
/// Takes the moving line away, so that something else can be printed.
void clear();

}  // namespace bench::progress
