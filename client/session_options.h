// How the client's sessions of either dialect ask.
#pragma once

#include <string>

#include "common/base/time.h"
#include "common/http/headers.h"

namespace muxlab::client {

struct SessionOptions {
  std::string scheme = "http";  // "https" under TLS
  std::string authority = {};   // "localhost:8443"
  http::Headers fields = {};    // sent with every request, behind those that the dialect needs

  // How long a server that owes an answer may send nothing at all. A line that loses much is silent
  // for a minute at most: there TCP's retransmission timer stops doubling (RFC 6298 section 2.5).
  Duration silence_timeout = 120s;

  // Each HTTP/2 request is handed to the connection by itself, as libcurl does it, instead of as
  // many as there is room for.
  bool one_by_one = false;
};

}  // namespace muxlab::client
