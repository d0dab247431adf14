#include "tests/support/tls_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

#include "common/base/bytes.h"

namespace muxlab::test {
namespace {

int number_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls11:
      return TLS1_1_VERSION;
    case TlsVersion::tls12:
      return TLS1_2_VERSION;
    case TlsVersion::tls13:
      return TLS1_3_VERSION;
  }
  return 0;
}

void require(bool done, const char* what) {
  if (!done) throw std::logic_error(what);
}

std::string take_reason() {
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "no reason given";
}

TlsClient& client_of(const ssl_st* ssl) {
  return *static_cast<TlsClient*>(SSL_get_app_data(ssl));
}

}  // namespace

void TlsClient::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}
void TlsClient::Free::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

TlsClient::TlsClient(const TlsClientOptions& options) : context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, number_of(options.lowest));
  SSL_CTX_set_max_proto_version(context, number_of(options.highest));
  require(SSL_CTX_set1_groups_list(context, options.groups.c_str()) == 1, "groups");
  require(SSL_CTX_set_cipher_list(context, options.tls12_ciphers.c_str()) == 1, "cipher list");
  if (!options.authority.empty()) {
    require(SSL_CTX_load_verify_file(context, options.authority.c_str()) == 1, "authority");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  SSL_CTX_set_info_callback(context, note_alert);

  ssl_.reset(SSL_new(context));
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_connect_state(ssl_.get());
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_tlsext_host_name(ssl_.get(), options.server_name.c_str());
  SSL_set1_host(ssl_.get(), options.server_name.c_str());
  if (options.session) SSL_set_session(ssl_.get(), options.session.get());
  offer(options.protocols);
}

TlsClient::~TlsClient() = default;

void TlsClient::offer(const std::vector<std::string>& protocols) {
  if (protocols.empty()) return;
  std::string list;
  for (const std::string& protocol : protocols) {
    list += static_cast<char>(protocol.size()) + protocol;
  }
  const Bytes bytes = bytes_of(list);
  require(SSL_set_alpn_protos(ssl_.get(), bytes.data(), static_cast<unsigned>(bytes.size())) == 0,
          "ALPN list");
}

void TlsClient::advance(ByteQueue& from_server, ByteQueue& to_server) {
  BIO* const in = SSL_get_rbio(ssl_.get());
  while (!from_server.empty()) {
    const Bytes piece = from_server.front();
    BIO_write(in, piece.data(), static_cast<int>(piece.size()));
    from_server.consume(piece.size());
  }
  if (failure_.empty() && shake_hands()) hear();

  char* said = nullptr;
  BIO* const out = SSL_get_wbio(ssl_.get());
  const long size = BIO_get_mem_data(out, &said);
  to_server.append(bytes_of({said, static_cast<std::size_t>(size)}));
  BIO_reset(out);
}

bool TlsClient::shake_hands() {
  ERR_clear_error();
  const int outcome = SSL_do_handshake(ssl_.get());
  if (outcome == 1) {
    // Of the ticket that comes with a resumed TLS 1.2 session OpenSSL tells nobody.
    const bool untold = resumed() && SSL_version(ssl_.get()) == TLS1_2_VERSION;
    if (untold && !session_) session_ = {SSL_get1_session(ssl_.get()), SSL_SESSION_free};
    return true;
  }
  if (SSL_get_error(ssl_.get(), outcome) != SSL_ERROR_WANT_READ) failure_ = take_reason();
  return false;
}

void TlsClient::hear() {
  std::array<char, 4096> room;
  while (true) {
    std::size_t read = 0;
    ERR_clear_error();
    const int outcome = SSL_read_ex(ssl_.get(), room.data(), room.size(), &read);
    heard_.append(room.data(), read);
    if (outcome == 1) continue;
    const int error = SSL_get_error(ssl_.get(), outcome);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_ZERO_RETURN) failure_ = take_reason();
    return;
  }
}

void TlsClient::say(std::string_view plaintext) {
  std::size_t written = 0;
  require(SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &written) == 1, "say");
  require(written == plaintext.size(), "say all");
}

void TlsClient::close() {
  SSL_shutdown(ssl_.get());
}

bool TlsClient::connected() const {
  return SSL_is_init_finished(ssl_.get()) == 1;
}

bool TlsClient::server_closed() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0 && !alert_;
}

std::string TlsClient::version() const {
  return SSL_get_version(ssl_.get());
}

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return std::string{text_of({name, size})};
}

bool TlsClient::resumed() const {
  return SSL_session_reused(ssl_.get()) == 1;
}

int TlsClient::keep_session(ssl_st* ssl, ssl_session_st* session) {
  client_of(ssl).session_ = {session, SSL_SESSION_free};
  return 1;  // the reference is ours now
}

void TlsClient::note_alert(const ssl_st* ssl, int where, int value) {
  constexpr int fatal = 2;
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || value >> 8 != fatal) return;
  client_of(ssl).alert_ = value & 0xff;
}

}  // namespace muxlab::test
