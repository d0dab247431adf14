// What a listener decides about its HTTP/1.1 connections.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/time.h"

namespace muxlab::server::http1 {

// A client that heeds the time announced may send its next request at the last moment; that request
// is then still on its way. The margin covers a slow round trip: what a simulated line delays is
// not counted at all.
inline constexpr Duration keep_alive_margin = 1s;

struct Options {
  // False: every response says "Connection: close" and is the last of its connection.
  bool keep_alive = true;

  // How long a connection may lie between two requests, or before its first: what Keep-Alive
  // announces. The session keeps it for keep_alive_margin longer.
  Duration idle_timeout = 60s;

  // How many requests one connection may carry; none: as many as come.
  std::optional<std::uint64_t> max_requests = std::nullopt;

  // For a whole head from its first byte: a client that sends one byte at a time holds a connection
  // no longer than that.
  Duration head_timeout = 10s;

  // How long a request body may pause; pace.h says how slow it may be all in all.
  Duration body_timeout = 30s;

  // How much of a request body nobody wants is read so that the connection can go on. Above it a
  // new connection is cheaper than the rest of the body.
  std::uint64_t discard_limit_bytes = 64 * 1024;
};

}  // namespace muxlab::server::http1
