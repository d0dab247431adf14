// libFuzzer's target: any two ends that say anything to each other, watched by a tap. script/fuzz
// builds and runs it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/tap_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  const std::string fault = muxlab::test::fault_in_tap({bytes, count});
  if (!fault.empty()) {
    std::fprintf(stderr, "%s\n", fault.c_str());
    std::abort();
  }
  return 0;
}
