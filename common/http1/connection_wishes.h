// What a request's fields say about its connection: whether it may carry another request, whether
// the client waits before it sends content, and whether it expects what nobody can give.
#pragma once

#include "common/http/expectations.h"
#include "common/http/headers.h"

namespace muxlab::http1 {

struct ConnectionWishes {
  bool persistent = true;  // RFC 9112 section 9.3
  http::Expectations expectations;
};

ConnectionWishes connection_wishes(const http::Headers& headers, int minor_version);

}  // namespace muxlab::http1
