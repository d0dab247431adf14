#include "common/tls/pem_file.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <string>
#include <utility>

#include "common/base/bytes.h"
#include "common/tls/openssl_error.h"
#include "common/tls/replaced_file.h"

namespace muxlab::tls {
namespace {

Failure cannot(const char* verb, const std::filesystem::path& file, const std::string& reason) {
  return {file.string() + ": cannot be " + verb + " (" + reason + ")"};
}

Result<Bio> open_to_read(const std::filesystem::path& file) {
  ERR_clear_error();
  Bio bio{BIO_new_file(file.c_str(), "r")};
  if (!bio) return cannot("read", file, take_openssl_error());
  return bio;
}

// OpenSSL would otherwise ask for a passphrase on the terminal.
int refuse_passphrase(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

Bytes held_by(const Bio& memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return bytes_of({text, static_cast<std::size_t>(size)});
}

}  // namespace

Result<Certificate> read_certificate(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened.ok()) return opened.failure();
  Certificate certificate{PEM_read_bio_X509(opened.value().get(), nullptr, nullptr, nullptr)};
  if (!certificate) {
    return Failure{file.string() + ": holds no readable certificate (" + take_openssl_error() +
                   ")"};
  }
  return certificate;
}

Result<PrivateKey> read_private_key(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened.ok()) return opened.failure();
  bool passphrase_wanted = false;
  PrivateKey key{PEM_read_bio_PrivateKey(opened.value().get(), nullptr, refuse_passphrase,
                                         &passphrase_wanted)};
  if (!key) {
    const std::string reason = take_openssl_error();
    return Failure{file.string() + ": holds no readable private key (" +
                   (passphrase_wanted ? "it is locked by a passphrase" : reason) + ")"};
  }
  return key;
}

Status write_certificate(const std::filesystem::path& file, const X509& certificate) {
  const Bio memory{BIO_new(BIO_s_mem())};
  if (!memory || PEM_write_bio_X509(memory.get(), &certificate) != 1) {
    return cannot("written", file, take_openssl_error());
  }
  return replace_file(file, 0644, held_by(memory));
}

Status write_private_key(const std::filesystem::path& file, const EVP_PKEY& key) {
  const Bio memory{BIO_new(BIO_s_secmem())};  // cleansed when freed
  if (!memory ||
      PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return cannot("written", file, take_openssl_error());
  }
  return replace_file(file, 0600, held_by(memory));
}

}  // namespace muxlab::tls
