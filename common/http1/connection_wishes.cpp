#include "common/http1/connection_wishes.h"

#include <string_view>

#include "common/http1/characters.h"

namespace muxlab::http1 {
namespace {

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
};

// Connection = #connection-option; a name's case does not matter (RFC 9110 section 7.6.1).
void read_options(std::string_view list, ConnectionOptions& options) {
  while (!list.empty()) {
    const std::string_view option = http::take_member(list, ',');
    options.close |= equals_ignoring_case(option, "close");
    options.keep_alive |= equals_ignoring_case(option, "keep-alive");
  }
}

}  // namespace

ConnectionWishes connection_wishes(const http::Headers& headers, int minor_version) {
  ConnectionOptions options;
  ConnectionWishes wishes;
  for (const http::Field field : headers) {
    if (field.name == "connection") read_options(field.value, options);
    // HTTP/1.0 does not know it: ignored there.
    if (field.name == "expect" && minor_version > 0) wishes.expectations.read(field.value);
  }
  wishes.persistent = !options.close && (minor_version > 0 || options.keep_alive);
  return wishes;
}

}  // namespace muxlab::http1
