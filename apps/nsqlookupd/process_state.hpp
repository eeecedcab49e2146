// SPDX-License-Identifier: MIT
//
// The state of the process that the server runs in: what it has from its parent, and how it ends.
#pragma once

#include <nsqlookupd/log/level.hpp>

#include <sys/types.h>

#include <cstddef>
#include <string_view>

namespace nsqlookupd {

/// Makes the process the same whatever it inherits, before it does anything else:
/// - The descriptors 0, 1 and 2 are open, on /dev/null where they were closed. So no client's
///   socket gets their number, and with it the text that others write to stderr.
/// - Signals that have no meaning here are ignored. Those that mean the end of the process, a fault
///   or job control do what they do by default, even if they were ignored. No signal is blocked,
///   but where a program before has handed over: see unblock_signals().
/// - Files that it makes are for its own user.
///
/// The working directory stays, for relative paths in the settings; nothing else depends on it.
void shed_inherited_state() noexcept;

/// Hears signals from now on. Where a program before has handed over, those that it would have
/// handled have waited until then.
void unblock_signals() noexcept;

/// The descriptor of the state that the program before has left in this process, or beside it for a
/// trial; -1: there is none. The environment does not name it any more.
[[nodiscard]] int inherited_handover() noexcept;

/// The umask that the process had before that.
[[nodiscard]] mode_t inherited_umask() noexcept;

/// Raises the process's limit of open files as far as it may. Returns how many connections there
/// may be then: `wanted`, or as many as there are descriptors for, if those are fewer or `wanted`
/// is 0. At least 1.
[[nodiscard]] std::size_t connection_limit(std::size_t wanted) noexcept;

/// From now on memory that cannot be had ends the process, whether operator new or OpenSSL asks for
/// it: the new-handler writes `FATAL: out of memory …` to standard error, if that takes it at once,
/// and exits with 1. It allocates and destroys nothing.
///
/// `format`, `prefix`: of the log. To be called before anything else, by one thread; and again when
/// the settings of the log are known.
void end_when_out_of_memory(log::line_format format, std::string_view prefix);

/// Lets the process end with its own exit code, whatever signals come from now on: those that the
/// server handled while it ran wait for ever. For the main thread, when the server has stopped and
/// before it is destroyed.
void hold_signals_until_exit() noexcept;

}  // namespace nsqlookupd
