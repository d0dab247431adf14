// What a person wants to know of a certificate file, as text. Judges nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace muxlab::tls {

struct CertificateSummary {
  std::string subject;
  std::string issuer;
  std::string not_after;           // "2027-12-22"
  std::vector<std::string> names;  // subject alternative names, as text
  std::string sha256_fingerprint;  // "AB:CD:..."
  std::string spki_sha256_base64;  // for Chromium's --ignore-certificate-errors-spki-list
};

// Fails with one line that names the file and what is wrong with it.
Result<CertificateSummary> summarize(const std::filesystem::path& certificate);

}  // namespace muxlab::tls
