// The access log: a line for each finished exchange, gathered by one worker and written in whole
// lines.
//
//   2026-11-20T09:30:00.123Z 127.0.0.1 c17 3 5 h2 GET /mosaic/tile/4.png 200 2311 0.412
//   time client connection nth stream protocol method target status bytes milliseconds
//
// The stream is "-" on HTTP/1. The status has a "!" behind it when the exchange was cut short.
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/http/service.h"
#include "common/net/socket.h"

namespace muxlab::server::logs {

class AccessLog {
 public:
  // Appends to `file`; "-" is standard output.
  static Result<AccessLog> open(const std::string& file);

  void add(const http::FinishedExchange& exchange);

  // Writes what was gathered. A line that can't be written is dropped: the log must not stop the
  // server.
  void flush();

 private:
  explicit AccessLog(net::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  net::Descriptor descriptor_;
  std::string lines_;
};

}  // namespace muxlab::server::logs
