#include "common/tls/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <stdexcept>
#include <string>

#include "common/tls/openssl_error.h"

namespace muxlab::tls {
namespace {

// A copy, owned by the SSL_CTX: a handshake may outlive whoever read the keys.
void free_keys(void*, void* keys, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<TicketKeys*>(keys);
}

int keys_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_keys);
  return slot;
}

bool set_authentication(EVP_MAC_CTX* mac, const TicketKey& key) {
  auto secret = key.authentication;  // the library's signature lacks the const
  char digest[] = "SHA256";
  const OSSL_PARAM with[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret.data(), secret.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  return EVP_MAC_CTX_set_params(mac, with) == 1;
}

// What SSL_CTX_set_tlsext_ticket_key_evp_cb is to be told.
struct KeyOutcome {
  static constexpr int failed = -1;
  static constexpr int unknown = 0;
  static constexpr int usable = 1;
  static constexpr int usable_and_renewed = 2;
};

int seal_with(const TicketKey& key, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
              EVP_MAC_CTX* mac) {
  std::copy(key.name.begin(), key.name.end(), name);
  const EVP_CIPHER* const aes = EVP_aes_256_cbc();
  const bool ready = RAND_bytes(iv, EVP_CIPHER_get_iv_length(aes)) == 1 &&
                     EVP_EncryptInit_ex(cipher, aes, nullptr, key.encryption.data(), iv) == 1 &&
                     set_authentication(mac, key);
  return ready ? KeyOutcome::usable : KeyOutcome::failed;
}

// RFC 8446 appendix C.4: a client uses a ticket once, so one of TLS 1.3 needs another for the next
// time. OpenSSL gives it one by itself only where it keeps the keys.
bool wants_new_ticket(const SSL* ssl) {
  return SSL_version(ssl) == TLS1_3_VERSION;
}

int open_with(const TicketKeys& keys, bool renew, const unsigned char* name,
              const unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  const auto& all = keys.newest_first;
  const auto key = std::find_if(all.begin(), all.end(), [name](const TicketKey& each) {
    return std::equal(each.name.begin(), each.name.end(), name);
  });
  if (key == all.end()) return KeyOutcome::unknown;
  const bool ready =
      EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->encryption.data(), iv) == 1 &&
      set_authentication(mac, *key);
  if (!ready) return KeyOutcome::failed;
  const bool newest = key == all.begin();
  return newest && !renew ? KeyOutcome::usable : KeyOutcome::usable_and_renewed;
}

int use_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
            EVP_MAC_CTX* mac, int sealing) {
  const auto& keys =
      *static_cast<const TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_slot()));
  return sealing == 1 ? seal_with(keys.newest_first.front(), name, iv, cipher, mac)
                      : open_with(keys, wants_new_ticket(ssl), name, iv, cipher, mac);
}

}  // namespace

TicketKeys TicketKeys::random() {
  TicketKey key{};
  const auto fill = [](auto& bytes) {
    if (RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1) return;
    throw std::runtime_error("OpenSSL has no randomness: " + take_openssl_error());
  };
  fill(key.name);
  fill(key.authentication);
  fill(key.encryption);
  return {{key}};
}

bool use_ticket_keys(SSL_CTX* context, const TicketKeys& keys) {
  assert(!keys.newest_first.empty());
  auto owned = std::make_unique<TicketKeys>(keys);
  if (SSL_CTX_set_ex_data(context, keys_slot(), owned.get()) != 1) return false;
  owned.release();  // the context's now
  return SSL_CTX_set_tlsext_ticket_key_evp_cb(context, use_key) == 1;
}

}  // namespace muxlab::tls
