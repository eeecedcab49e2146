// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace nsqlookupd::test_support {

/// Reads `bytes` as commands, gives each to a registration_db and to its naive_registry, and
/// compares all that both answer after each one. Any bytes will do: they are the input of a fuzzer
/// as well as of a random generator.
///
/// Throws registry_difference, which names the command and shows both answers, when they differ;
/// std::logic_error or std::runtime_error when the registry broke its word in another way.
void run_registry_model(std::span<std::uint8_t const> bytes);

}  // namespace nsqlookupd::test_support
