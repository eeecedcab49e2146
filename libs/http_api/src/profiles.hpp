// SPDX-License-Identifier: MIT
//
// The pages under `/debug/pprof` that the pprof tools read.
#pragma once

#include <nsqlookupd/http_api/answer.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace nsqlookupd::http_api {

/// What the process computes from now on for so long; null when another is being taken.
[[nodiscard]] std::unique_ptr<long_answer> profile_of_cpu(std::chrono::seconds how_long);

/// What is allocated, with lines of `remarks`.
[[nodiscard]] std::string profile_of_heap(std::string remarks);

/// Which functions are at these addresses, written as pprof asks: `0x1a2b+0x3c4d`.
[[nodiscard]] std::unique_ptr<long_answer> names_of_addresses(std::string addresses);

}  // namespace nsqlookupd::http_api
