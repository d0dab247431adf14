#include "common/tls/tls_channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

#include "common/tls/groups.h"
#include "common/tls/openssl_error.h"

namespace muxlab::tls {
namespace {

// Lends the queues of one call to the BIO, and takes them back.
class Lent {
 public:
  Lent(WireQueues& queues, ByteQueue* in, ByteQueue* out) : queues_(queues) { queues_ = {in, out}; }
  ~Lent() { queues_ = {}; }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

 private:
  WireQueues& queues_;
};

std::string text_or_empty(const char* text) {
  return text != nullptr ? text : "";
}

}  // namespace

void TlsChannel::Free::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

TlsChannel::TlsChannel(Ssl ssl) : ssl_(std::move(ssl)) {
  BIO* const bio = new_queue_bio(queues_);
  if (bio == nullptr) throw std::bad_alloc{};
  SSL_set_bio(ssl_.get(), bio, bio);
}

Result<std::size_t> TlsChannel::open(ByteQueue& wire, MutableBytes room, ByteQueue& wire_out) {
  if (!heard_ && !wire.empty()) {
    heard_ = true;
    if (is_text(wire.front().front())) state_ = State::cleartext;
  }
  if (state_ == State::cleartext) return std::size_t{0};
  const Lent lent{queues_, &wire, &wire_out};
  if (state_ == State::handshaking) shake_hands();
  const std::size_t opened = state_ == State::open ? read_into(room) : 0;
  // What came before a failure is given first: no split of the stream changes what is heard.
  if (state_ == State::failed && opened == 0) return failure_;
  // RFC 8446 section 6.1: what follows a close_notify is ignored.
  if (state_ == State::input_ended) wire.clear();
  return opened;
}

// A handshake begins with the content type 22 (RFC 8446 section 5.1), HTTP with a letter of a
// method.
bool TlsChannel::is_text(std::uint8_t first) const {
  const bool letter = (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
  return letter && SSL_is_server(ssl_.get()) == 1;
}

// SSL_get_error looks into this thread's error queue, so it must be empty before each call: hence
// the ERR_clear_error below, although whoever failed before should have left none.

void TlsChannel::shake_hands() {
  ERR_clear_error();
  const int outcome = SSL_do_handshake(ssl_.get());
  if (outcome == 1) {
    state_ = State::open;
    handshake_bytes_[0] = BIO_number_read(SSL_get_rbio(ssl_.get()));
    handshake_bytes_[1] = BIO_number_written(SSL_get_wbio(ssl_.get()));
    return;
  }
  switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return;
    case SSL_ERROR_ZERO_RETURN:
      return fail("TLS handshake: the peer closed before it was done");
    default:
      return fail("TLS handshake: " + take_openssl_error());
  }
}

std::size_t TlsChannel::read_into(MutableBytes room) {
  std::size_t opened = 0;
  while (state_ == State::open && opened < room.size()) {
    const MutableBytes rest = room.subspan(opened);
    std::size_t read = 0;
    ERR_clear_error();
    const int outcome = SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &read);
    opened += read;
    if (outcome == 1) {
      // Asking once more would only learn that there is nothing; each question has its price.
      if (queues_.in->empty() && SSL_has_pending(ssl_.get()) == 0) return opened;
      continue;
    }
    switch (SSL_get_error(ssl_.get(), outcome)) {
      case SSL_ERROR_WANT_READ:
        return opened;
      case SSL_ERROR_ZERO_RETURN:
        state_ = State::input_ended;
        break;
      default:
        fail("TLS: " + take_openssl_error());
    }
  }
  return opened;
}

Status TlsChannel::seal(ByteQueue& plaintext, ByteQueue& wire_out, std::size_t record_bytes) {
  assert(state_ == State::open || state_ == State::input_ended);
  assert(!closed_);
  const Lent lent{queues_, nullptr, &wire_out};
  while (!plaintext.empty()) {
    // One piece lies in one block, and a block is at most one record.
    const Bytes front = plaintext.front();
    const Bytes piece = front.first(std::min(front.size(), record_bytes));
    std::size_t written = 0;
    ERR_clear_error();
    if (SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &written) != 1) {
      fail("TLS: " + take_openssl_error());
      return failure_;
    }
    plaintext.consume(written);
  }
  return Done{};
}

void TlsChannel::close(ByteQueue& wire_out) {
  // During the handshake there is nothing to close; OpenSSL takes the attempt for an error.
  const bool can_be_said = state_ == State::open || state_ == State::input_ended;
  if (!can_be_said || std::exchange(closed_, true)) return;
  const Lent lent{queues_, nullptr, &wire_out};
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::optional<TlsFacts> TlsChannel::facts() const {
  if (SSL_is_init_finished(ssl_.get()) == 0) return std::nullopt;
  const unsigned char* protocol = nullptr;
  unsigned int protocol_bytes = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &protocol_bytes);
  TlsFacts facts;
  facts.version = SSL_get_version(ssl_.get());
  facts.cipher = text_or_empty(SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl_.get())));
  facts.alpn = text_of({protocol, protocol_bytes});
  facts.server_name = text_or_empty(SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name));
  facts.resumed = SSL_session_reused(ssl_.get()) == 1;
  facts.group = agreed_group(ssl_.get());
  const bool server = SSL_is_server(ssl_.get()) == 1;
  facts.handshake_up_bytes = handshake_bytes_[server ? 0 : 1];
  facts.handshake_down_bytes = handshake_bytes_[server ? 1 : 0];
  return facts;
}

void TlsChannel::fail(std::string message) {
  state_ = State::failed;
  failure_.message = std::move(message);
}

}  // namespace muxlab::tls
