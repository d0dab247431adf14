// Who a TLS client trusts, what it speaks, and whether it resumes: the other end of ServerIdentity.
// Makes the channel of each connection. TLS 1.2 and 1.3.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/tls/channel.h"

struct ssl_ctx_st;

namespace muxlab::tls {

// Whether a connection offers the ticket that an earlier one of the same identity was given.
enum class Resumption {
  never,       // every handshake is a whole one
  reuse_last,  // the latest ticket is kept and offered
};

class ClientIdentity {
 public:
  // With a file of authorities (PEM) a server must show a certificate of one of them for the name
  // asked for; without one anybody is believed: for a server in the same process. Offers
  // `protocols` by ALPN in that order, or no ALPN if there are none, and comparable_groups(). Fails
  // with one line that names the file and the cure.
  static Result<ClientIdentity> make(const std::optional<std::filesystem::path>& authority,
                                     const std::vector<std::string>& protocols,
                                     Resumption resumption = Resumption::never);

  // A channel for one connection to `server_name`, a host name or a numeric address without a port
  // and brackets. Its first open() says the client's hello. May outlive this object.
  std::unique_ptr<Channel> connect(const std::string& server_name) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st*) const;
  };
  using SslContext = std::unique_ptr<ssl_ctx_st, Free>;

  explicit ClientIdentity(SslContext context) : context_(std::move(context)) {}

  SslContext context_;  // shared with the channels by OpenSSL's own reference count
};

}  // namespace muxlab::tls
