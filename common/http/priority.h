// How urgent a response is, and whether it is of use in parts (RFC 9218 section 4).
#pragma once

namespace muxlab::http {

struct Priority {
  int urgency = 3;           // 0 is the most urgent, 7 the least
  bool incremental = false;  // true: shares the connection with its equals
};

}  // namespace muxlab::http
