#include "common/tls/server_identity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cassert>
#include <new>
#include <string>
#include <utility>

#include "common/base/bytes.h"
#include "common/tls/groups.h"
#include "common/tls/openssl_error.h"
#include "common/tls/pem_file.h"
#include "common/tls/tls_channel.h"

namespace muxlab::tls {
namespace {

// For TLS 1.2 only what HTTP/2 allows (RFC 9113 section 9.2.2): ephemeral keys and authenticated
// encryption. AES-128 first: a device without it in hardware asks for ChaCha20 first, and gets it.
constexpr auto tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr auto tls13_ciphers =
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";

// Our ALPN list as it stands in a hello: each name after a byte of its length (RFC 7301
// section 3.1). Owned by the SSL_CTX, because a handshake may outlive the ServerIdentity.
using ProtocolList = std::string;

void free_protocols(void*, void* protocols, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<ProtocolList*>(protocols);
}

int protocols_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_protocols);
  return slot;
}

int select_protocol(SSL* ssl, const unsigned char** selected, unsigned char* selected_bytes,
                    const unsigned char* offered, unsigned int offered_bytes, void*) {
  const auto& ours = *static_cast<const ProtocolList*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), protocols_slot()));
  const Bytes known = bytes_of(ours);
  unsigned char* common = nullptr;  // points into `known`; the library's signature lacks the const
  const int outcome =
      SSL_select_next_proto(&common, selected_bytes, known.data(),
                            static_cast<unsigned int>(known.size()), offered, offered_bytes);
  // RFC 7301 section 3.2: without overlap the server sends the alert no_application_protocol.
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *selected = common;
  return SSL_TLSEXT_ERR_OK;
}

// The key log is owned by the SSL_CTX too, by a pointer on the heap.
using SharedKeyLog = std::shared_ptr<const KeyLog>;

void free_key_log(void*, void* key_log, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<SharedKeyLog*>(key_log);
}

int key_log_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_key_log);
  return slot;
}

void log_key(const SSL* ssl, const char* line) {
  const auto* key_log =
      static_cast<const SharedKeyLog*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), key_log_slot()));
  (*key_log)->add(line);
}

// Without a key log OpenSSL has no callback, and a handshake pays nothing.
bool set_key_log(SSL_CTX* context, SharedKeyLog key_log) {
  if (!key_log) return true;
  auto owned = std::make_unique<SharedKeyLog>(std::move(key_log));
  if (SSL_CTX_set_ex_data(context, key_log_slot(), owned.get()) != 1) return false;
  owned.release();  // the context's now
  SSL_CTX_set_keylog_callback(context, log_key);
  return true;
}

// One certificate serves all names. Accepting the name makes OpenSSL keep it in the session, so
// that a resumed TLS 1.2 connection knows it too.
int accept_server_name(SSL*, int*, void*) {
  return SSL_TLSEXT_ERR_OK;
}

Status present(SSL_CTX* context, const std::filesystem::path& certificate_file,
               const std::filesystem::path& key_file) {
  const auto certificate = read_certificate(certificate_file);
  if (!certificate.ok()) {
    return Failure{certificate.failure().message + "; give the server's certificate in PEM form"};
  }
  const auto key = read_private_key(key_file);
  if (!key.ok()) {
    return Failure{key.failure().message + "; give the certificate's key in PEM form, unlocked"};
  }
  if (X509_check_private_key(certificate.value().get(), key.value().get()) != 1) {
    ERR_clear_error();
    return Failure{key_file.string() + ": is not the key of " + certificate_file.string() +
                   "; give the two that belong together"};
  }
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.value().get()) != 1) {
    return Failure{certificate_file.string() + ": OpenSSL refuses to serve it (" +
                   take_openssl_error() + "); give a stronger or a complete certificate"};
  }
  return Done{};
}

bool set_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection gives its record buffers back; a write may end after a whole record.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, tls12_ciphers) == 1 &&
         SSL_CTX_set_ciphersuites(context, tls13_ciphers) == 1;
}

bool set_tickets(SSL_CTX* context, const TicketKeys& tickets) {
  // Tickets are only for sessions of this program; any of its listeners may resume them.
  const Bytes program = bytes_of("muxlab");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  return SSL_CTX_set_session_id_context(context, program.data(),
                                        static_cast<unsigned int>(program.size())) == 1 &&
         use_ticket_keys(context, tickets) && carry_ticket_epochs(context);
}

bool set_names(SSL_CTX* context, const std::vector<std::string>& protocols) {
  SSL_CTX_set_tlsext_servername_callback(context, accept_server_name);
  if (protocols.empty()) return true;  // no ALPN at all
  auto list = std::make_unique<ProtocolList>();
  for (const std::string& protocol : protocols) {
    assert(!protocol.empty() && protocol.size() <= 255);
    *list += static_cast<char>(protocol.size());
    *list += protocol;
  }
  if (SSL_CTX_set_ex_data(context, protocols_slot(), list.get()) != 1) return false;
  list.release();  // the context's now
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
  return true;
}

}  // namespace

void ServerIdentity::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

Result<ServerIdentity> ServerIdentity::load(const std::filesystem::path& certificate,
                                            const std::filesystem::path& key,
                                            std::vector<std::string> protocols,
                                            const TicketKeys& tickets,
                                            std::shared_ptr<const KeyLog> key_log,
                                            const std::vector<std::string>& groups) {
  ERR_clear_error();
  SslContext context{SSL_CTX_new(TLS_server_method())};
  if (!context || !set_rules(context.get()) || !set_tickets(context.get(), tickets) ||
      !set_names(context.get(), protocols) || !set_key_log(context.get(), std::move(key_log))) {
    return Failure{"OpenSSL cannot set up TLS (" + take_openssl_error() +
                   "); is it version 3.0 with its default provider?"};
  }
  if (!offer_groups(context.get(), groups)) {
    return Failure{"OpenSSL does not take these groups together: " +
                   fmt::format("{}", fmt::join(groups, ", "))};
  }
  if (const Status presented = present(context.get(), certificate, key); !presented.ok()) {
    return presented.failure();
  }
  return ServerIdentity{std::move(context)};
}

std::unique_ptr<Channel> ServerIdentity::accept(TicketEpochs epochs) const {
  TlsChannel::Ssl ssl{SSL_new(context_.get())};
  if (!ssl) throw std::bad_alloc{};
  if (epochs.issued != 0 || epochs.oldest != 0) set_ticket_epochs(ssl.get(), epochs);
  SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsChannel>(std::move(ssl));
}

std::string openssl_library_version() {
  const std::string text = OpenSSL_version(OPENSSL_VERSION);  // "OpenSSL 3.0.17 1 Jul 2025"
  return text.substr(0, text.find(' ', text.find(' ') + 1));
}

}  // namespace muxlab::tls
