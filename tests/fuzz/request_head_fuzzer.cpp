// libFuzzer's target: any bytes, as a client's requests. script/fuzz builds and runs it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/request_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  const muxlab::Bytes input{bytes, count};
  const std::string fault = muxlab::test::fault_in_reading(input, muxlab::test::cut_for(input));
  if (!fault.empty()) {
    std::fprintf(stderr, "%s\n", fault.c_str());
    std::abort();
  }
  return 0;
}
