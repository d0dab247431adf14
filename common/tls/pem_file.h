// Certificates and private keys in PEM files. Reading never asks for a passphrase; writing replaces
// the file whole. A failure is one line that names the file and what is wrong; the cure is the
// caller's to add.
#pragma once

#include <filesystem>

#include "common/base/result.h"
#include "common/tls/openssl_handles.h"

namespace muxlab::tls {

// The first certificate of the file.
Result<Certificate> read_certificate(const std::filesystem::path& file);
Result<PrivateKey> read_private_key(const std::filesystem::path& file);

// Readable by all, and by its owner alone.
Status write_certificate(const std::filesystem::path& file, const X509& certificate);
Status write_private_key(const std::filesystem::path& file, const EVP_PKEY& key);

}  // namespace muxlab::tls
