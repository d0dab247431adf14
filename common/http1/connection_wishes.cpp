#include "common/http1/connection_wishes.h"

#include <algorithm>
#include <string_view>

#include "common/http1/characters.h"

namespace muxlab::http1 {
namespace {

// Calls `take` with each element of a list (RFC 9110 section 5.6.1); empty ones count for nothing.
template <typename Take>
void for_each_element(std::string_view list, Take take) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view element = trimmed(list.substr(0, end));
    if (!element.empty()) take(element);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
};

// Connection = #connection-option; a name's case does not matter (RFC 9110 section 7.6.1).
void read_options(std::string_view list, ConnectionOptions& options) {
  for_each_element(list, [&options](std::string_view option) {
    options.close |= equals_ignoring_case(option, "close");
    options.keep_alive |= equals_ignoring_case(option, "keep-alive");
  });
}

// Expect = #expectation, of which only 100-continue is defined (RFC 9110 section 10.1.1).
void read_expectations(std::string_view list, ConnectionWishes& wishes) {
  for_each_element(list, [&wishes](std::string_view expectation) {
    const bool is_continue = equals_ignoring_case(expectation, "100-continue");
    wishes.expects_continue |= is_continue;
    wishes.expects_the_unknown |= !is_continue;
  });
}

}  // namespace

ConnectionWishes connection_wishes(const http::Headers& headers, int minor_version) {
  ConnectionOptions options;
  ConnectionWishes wishes;
  for (const http::Field field : headers) {
    if (field.name == "connection") read_options(field.value, options);
    // HTTP/1.0 does not know it: ignored there.
    if (field.name == "expect" && minor_version > 0) read_expectations(field.value, wishes);
  }
  wishes.persistent = !options.close && (minor_version > 0 || options.keep_alive);
  return wishes;
}

}  // namespace muxlab::http1
