// What must hold of the reading of a PROXY header whatever bytes come, one check for the fuzzer and
// for the tests. An input is a byte that says how the rest is cut, and the connection's bytes.
#pragma once

#include <string>

#include "common/base/bytes.h"

namespace muxlab::test {

// Empty when the reader reads the bytes alike whole and cut, takes none that are not the header's,
// and agrees with a second reading of the protocol that has all bytes before it. Else what does not
// hold.
std::string fault_in_proxy_header(Bytes input);

}  // namespace muxlab::test
