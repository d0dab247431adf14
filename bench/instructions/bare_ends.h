// What the libraries cost by themselves: the least that answers a load with the same bytes, by
// nghttp2 for HTTP/2, by OpenSSL for TLS. No limits, no timers, no routes, no log.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "bench/instructions/end.h"
#include "bench/instructions/load.h"

struct ssl_ctx_st;

namespace muxlab::bench {

// What all connections of a bare server share.
class BareServer {
 public:
  // `http1_answer`: a whole answer to a load of HTTP/1.1. There is no library for it, so nothing
  // is parsed and nothing put together: what is counted of it is TLS.
  BareServer(const Load& load, const std::filesystem::path& certificate,
             const std::filesystem::path& key, std::string http1_answer);

  // Outlived by the server.
  std::unique_ptr<End> accept() const;

 private:
  std::unique_ptr<End> accept_cleartext() const;

  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };

  Load load_;
  std::shared_ptr<const std::string> content_;
  std::string http1_answer_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace muxlab::bench
