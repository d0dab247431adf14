// Makes certificates, with what browsers demand in them: the authority's own, limited to this
// machine and private networks, and server certificates signed by it. Knows no file, no clock.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "common/tls/openssl_handles.h"
#include "common/tls/subject_name.h"

namespace muxlab::tls {

struct Validity {
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;
};

// A certificate authority: the certificate that people trust, and the key that belongs to it.
struct Authority {
  Certificate certificate;
  PrivateKey key;
};

// A new P-256 key.
Result<PrivateKey> make_key();

// A certificate for the authority that `key` is, signed by itself. It may vouch for localhost,
// muxlab.local, `host` and what lies below them, and for loopback, private and link-local
// addresses; for nothing else (RFC 5280 section 4.2.1.10), so that trusting it costs a person no
// safety elsewhere.
Result<Certificate> issue_authority(EVP_PKEY& key, const std::optional<SubjectName>& host,
                                    const Validity& validity);

// A server certificate for `key`, signed by `authority`. Every certificate gets a serial number of
// its own (159 random bits): browsers refuse two that share issuer and serial number.
Result<Certificate> issue_server_certificate(const Authority& authority, EVP_PKEY& key,
                                             const std::vector<SubjectName>& names,
                                             const Validity& validity);

Validity validity_of(const X509& certificate);

// Whether `authority` may vouch for every name in `certificate`.
bool permits(const X509& authority, X509& certificate);

}  // namespace muxlab::tls
