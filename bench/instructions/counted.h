// Tells callgrind what counts. Run without it, or built where valgrind's headers are not, the
// program does the same and counts nothing.
#pragma once

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name) static_cast<void>(name)
#endif

namespace muxlab::bench {

// The instructions of `work`, and of nothing else, count (callgrind --collect-atstart=no).
template <typename Work>
decltype(auto) counted(Work work) {
  struct Toggled {
    Toggled() { CALLGRIND_TOGGLE_COLLECT; }
    ~Toggled() { CALLGRIND_TOGGLE_COLLECT; }
  };
  const Toggled toggled;
  return work();
}

// What was counted so far goes.
inline void forget_what_was_counted() {
  CALLGRIND_ZERO_STATS;
}

// callgrind writes a file of what was counted since it was forgotten, under this name.
inline void write_what_was_counted(const char* name) {
  CALLGRIND_DUMP_STATS_AT(name);
}

}  // namespace muxlab::bench
