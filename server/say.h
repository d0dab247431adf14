// What the program says to the person who runs it, beside what it was asked for: one line on
// standard error.
#pragma once

#include <string_view>

namespace muxlab::server {

// From any thread. `what` may hold file names and the like, and so any byte.
void say(std::string_view what);

}  // namespace muxlab::server
