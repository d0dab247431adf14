// A lane: a port with rules. The same site, the same bytes, the same certificate stand behind each;
// only the protocol and its rules differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/link/line_profile.h"
#include "server/dispatch/dispatch.h"

namespace muxlab::server::lab {

struct Lane {
  std::string name;
  dispatch::Rules rules;
  bool secure = true;      // TLS
  std::uint16_t port = 0;  // known once it listens
  // What its clients' access lines are like, unless a client chose its own. None: as they are.
  std::optional<link::LineProfile> line = {};
  bool tap = true;     // its connections are watched: recorded for runs, shown live
  bool in_lab = true;  // false: the site's own ports, and the console

  // "h2, http/1.1", with the names that ALPN has for them; in cleartext "http/1.1, h2c".
  std::string protocol() const;
  // "https://localhost:8453/"
  std::string url(std::string_view host = "localhost") const;
};

// The site over TLS and in cleartext, under the names "site" and "plain".
Lane site_lane();
Lane plain_lane();

// The console's own port, under the name "console": no lane of the lab, but described in the same
// terms.
Lane console_lane();

// h1-close: a new connection for every request, as before HTTP/1.1. h1: keep-alive with the limits
// that a busy server sets, 15 s and 1000 requests, so that they can be seen at work. h2: one
// connection.
std::vector<Lane> lab_lanes();

}  // namespace muxlab::server::lab
