// Groups of the key exchange (RFC 8446 section 4.2.7), by the names of IANA's registry: which are
// offered, and which was agreed on.
#pragma once

#include <optional>
#include <string>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace muxlab::tls {

// What a server takes where nobody chooses. The first is the hybrid with ML-KEM-768 that browsers
// send a share for today (draft-ietf-tls-ecdhe-mlkem), where the linked OpenSSL has it: from 3.5
// on. It adds 1,184 bytes to a client's hello and 1,088 to a server's.
std::vector<std::string> usual_groups();

// What loads agree on that are compared across machines: the same in every version of the library.
std::vector<std::string> comparable_groups();

// The first of them that the linked library does not have; none: it has them all.
std::optional<std::string> unknown_group(const std::vector<std::string>& groups);

// Whether the library takes them. None is taken for usual_groups().
bool offer_groups(ssl_ctx_st* context, const std::vector<std::string>& groups);

// Of a finished handshake; empty where none was agreed on (a session resumed in TLS 1.2).
std::string agreed_group(ssl_st* ssl);

}  // namespace muxlab::tls
