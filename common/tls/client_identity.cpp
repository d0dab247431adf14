#include "common/tls/client_identity.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cassert>
#include <new>

#include "common/base/bytes.h"
#include "common/tls/groups.h"
#include "common/tls/openssl_error.h"
#include "common/tls/openssl_handles.h"
#include "common/tls/tls_channel.h"

namespace muxlab::tls {
namespace {

// The latest ticket's session. Owned by the SSL_CTX, because a channel, to which tickets come, may
// outlive the ClientIdentity. No connection ever holds it, but copies: OpenSSL spoils the session
// of a connection that is freed without a close_notify.
using Session = std::unique_ptr<SSL_SESSION, Freeing<SSL_SESSION_free>>;

void free_session(void*, void* session, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Session*>(session);
}

int session_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_session);
  return slot;
}

// Null: this identity resumes nothing.
Session* kept_session(const SSL_CTX* context) {
  return static_cast<Session*>(SSL_CTX_get_ex_data(context, session_slot()));
}

int keep_session(SSL* ssl, SSL_SESSION* session) {
  kept_session(SSL_get_SSL_CTX(ssl))->reset(SSL_SESSION_dup(session));
  return 0;  // the original stays the library's
}

void offer_kept_session(SSL* ssl) {
  const Session* const kept = kept_session(SSL_get_SSL_CTX(ssl));
  if (kept == nullptr || !*kept) return;
  const Session offered{SSL_SESSION_dup(kept->get())};
  SSL_set_session(ssl, offered.get());
}

bool set_resumption(SSL_CTX* context, Resumption resumption) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (resumption == Resumption::never) return true;
  auto none_yet = std::make_unique<Session>();
  if (SSL_CTX_set_ex_data(context, session_slot(), none_yet.get()) != 1) return false;
  none_yet.release();  // the context's now
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  return true;
}

bool set_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
         offer_groups(context, comparable_groups());
}

// Each name after a byte of its length (RFC 7301 section 3.1).
bool set_protocols(SSL_CTX* context, const std::vector<std::string>& protocols) {
  if (protocols.empty()) return true;
  std::string list;
  for (const std::string& protocol : protocols) {
    assert(!protocol.empty() && protocol.size() <= 255);
    list += static_cast<char>(protocol.size());
    list += protocol;
  }
  const Bytes bytes = bytes_of(list);
  // 0 is success, of this function alone.
  return SSL_CTX_set_alpn_protos(context, bytes.data(), static_cast<unsigned>(bytes.size())) == 0;
}

// A numeric address is held against the certificate's addresses and is never said in SNI (RFC 6066
// section 3).
bool set_server_name(SSL* ssl, const std::string& name) {
  const bool numeric = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  if (numeric) return true;
  ERR_clear_error();
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

}  // namespace

void ClientIdentity::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

Result<ClientIdentity> ClientIdentity::make(const std::optional<std::filesystem::path>& authority,
                                            const std::vector<std::string>& protocols,
                                            Resumption resumption) {
  ERR_clear_error();
  SslContext context{SSL_CTX_new(TLS_client_method())};
  if (!context || !set_rules(context.get()) || !set_protocols(context.get(), protocols) ||
      !set_resumption(context.get(), resumption)) {
    return Failure{"OpenSSL cannot set up TLS (" + take_openssl_error() +
                   "); is it version 3.0 with its default provider?"};
  }
  if (!authority) return ClientIdentity{std::move(context)};
  if (SSL_CTX_load_verify_file(context.get(), authority->c_str()) != 1) {
    return Failure{authority->string() + ": OpenSSL finds no authority to trust in it (" +
                   take_openssl_error() + "); give the authority's certificate in PEM form"};
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return ClientIdentity{std::move(context)};
}

std::unique_ptr<Channel> ClientIdentity::connect(const std::string& server_name) const {
  ERR_clear_error();
  TlsChannel::Ssl ssl{SSL_new(context_.get())};
  if (!ssl || !set_server_name(ssl.get(), server_name)) throw std::bad_alloc{};
  offer_kept_session(ssl.get());
  SSL_set_connect_state(ssl.get());
  return std::make_unique<TlsChannel>(std::move(ssl));
}

}  // namespace muxlab::tls
