// SPDX-License-Identifier: MIT
//
// Nothing: the target that precompiles the tests' common headers needs a source.
