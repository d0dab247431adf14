// Who a TLS server is and what it speaks: certificate, key, ALPN list, ticket keys. Makes the
// channel of each accepted connection. TLS 1.2 and 1.3 without renegotiation; sessions live in
// tickets alone, so that nothing is kept for a client that has left.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/tls/channel.h"
#include "common/tls/key_log.h"
#include "common/tls/ticket_epoch.h"
#include "common/tls/ticket_keys.h"

struct ssl_ctx_st;

namespace muxlab::tls {

class ServerIdentity {
 public:
  // Needs `certificate` to hold the server's certificate, followed by any intermediate ones, and
  // `protocols` in the server's order of preference. A client that offers ALPN without any of them
  // is refused with the alert no_application_protocol (RFC 7301 section 3.2); one that offers none
  // is served. Fails with one line that names the file and the cure: missing, unreadable, no
  // certificate in it, the key is not the certificate's; or the library lacks one of the `groups`
  // (none: usual_groups()). With a key log the secrets of every connection are written there.
  static Result<ServerIdentity> load(const std::filesystem::path& certificate,
                                     const std::filesystem::path& key,
                                     std::vector<std::string> protocols, const TicketKeys& tickets,
                                     std::shared_ptr<const KeyLog> key_log = nullptr,
                                     const std::vector<std::string>& groups = {});

  // A channel for one accepted connection. May outlive this object.
  std::unique_ptr<Channel> accept(TicketEpochs epochs = {}) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st*) const;
  };
  using SslContext = std::unique_ptr<ssl_ctx_st, Free>;

  explicit ServerIdentity(SslContext context) : context_(std::move(context)) {}

  SslContext context_;  // shared with the channels by OpenSSL's own reference count
};

// The linked library's version, "OpenSSL 3.0.17".
std::string openssl_library_version();

}  // namespace muxlab::tls
