// The local certificates: a certificate authority that may only vouch for this machine and its
// private networks, and a server certificate from it. Made by OpenSSL's API on first start; keys
// never leave the folder.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace muxlab::tls {

struct CertificateFiles {
  std::filesystem::path authority;      // ca.pem
  std::filesystem::path authority_key;  // ca-key.pem, 0600
  std::filesystem::path server;         // server.pem: the leaf (the CA is not sent)
  std::filesystem::path server_key;     // server-key.pem, 0600

  static CertificateFiles in(const std::filesystem::path& folder);
};

// The names and addresses that a server certificate always holds.
std::vector<std::string> always_named();

// The name of this host, in lower case; none when a certificate can't hold it.
std::optional<std::string> host_name();

// Makes what is missing in `folder`, and the folder: the CA (P-256, 10 years, name constraints),
// the leaf key, the leaf (397 days). The leaf is renewed with the same key, so that its SPKI stays,
// when it has less than 30 days left, is not valid yet, lacks one of `names`, or is not from this
// CA or of this key. Those of `names` that the CA may not vouch for, a public address say, are left
// out: with one of them clients would refuse the whole certificate. What the certificate holds says
// which. What is there and cannot be used is never replaced: people may trust that CA. Several
// processes may do this at once. `now` is the wall clock. Gives the files; a failure is one line
// that names the file and the cure.
Result<CertificateFiles> ensure_certificates(const std::filesystem::path& folder,
                                             const std::vector<std::string>& names,
                                             std::chrono::system_clock::time_point now);

}  // namespace muxlab::tls
