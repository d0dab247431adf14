// Owners for OpenSSL's certificate objects. Included by the .cpp files of this room and by its
// headers that no other room includes.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace muxlab::tls {

template <auto free_function>
struct Freeing {
  template <typename Object>
  void operator()(Object* object) const {
    free_function(object);
  }
};

using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;

}  // namespace muxlab::tls
