#include "server/say.h"

#include <fmt/format.h>

#include <cstdio>

#include "common/base/printable.h"

namespace muxlab::server {

void say(std::string_view what) {
  fmt::print(stderr, "muxlab: {}\n", printable(what));
}

}  // namespace muxlab::server
