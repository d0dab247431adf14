// What must hold for any bytes that a client may send, one check for the fuzzer and for the tests.
#pragma once

#include <cstddef>
#include <string>

#include "common/base/bytes.h"

namespace muxlab::test {

// Empty when `input` is read the same whole and cut at `cut`, and each request that we accept is
// accepted by llhttp too, with the same target, fields and content. Else what does not hold.
std::string fault_in_reading(Bytes input, std::size_t cut);

// A place in the input, or its end, that depends on all of its bytes: which cut the fuzzer tries.
std::size_t cut_for(Bytes input);

}  // namespace muxlab::test
