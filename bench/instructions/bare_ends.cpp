#include "bench/instructions/bare_ends.h"

#include <openssl/ssl.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "bench/instructions/bare_nghttp2.h"
#include "common/tls/queue_bio.h"

namespace muxlab::bench {
namespace {

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

// Says its answer at the end of each head.
class PreparedAnswer final : public ProducingEnd {
 public:
  explicit PreparedAnswer(std::string_view answer) : answer_(answer) {}

  void receive(Bytes bytes) override {
    require(text_of(bytes).ends_with("\r\n\r\n"), "one whole request was expected");
    rest_ = answer_;
    produce();
  }

 private:
  void produce() override {
    const std::string_view piece = rest_.substr(0, output_limit_bytes - output_.size());
    output_.append(bytes_of(piece));
    rest_.remove_prefix(piece.size());
  }

  std::string_view answer_;
  std::string_view rest_;
};

// OpenSSL, and above it an end that knows nothing of TLS, or none. Its bytes lie in queues like
// those of ours: whatever has no socket needs such a BIO, and OpenSSL's own in memory is slower.
class BareTls final : public ProducingEnd {
 public:
  BareTls(SSL_CTX* context, std::unique_ptr<End> above)
      : above_(std::move(above)), ssl_(SSL_new(context)) {
    BIO* const bio = tls::new_queue_bio(wire_);
    SSL_set_bio(ssl_, bio, bio);
    SSL_set_accept_state(ssl_);
  }
  ~BareTls() override { SSL_free(ssl_); }
  BareTls(const BareTls&) = delete;
  BareTls& operator=(const BareTls&) = delete;

  void receive(Bytes bytes) override {
    input_.append(bytes);
    std::array<std::uint8_t, ByteQueue::block_bytes> room;
    std::size_t count = 0;
    while (SSL_read_ex(ssl_, room.data(), room.size(), &count) == 1) {
      if (above_) above_->receive(Bytes{room}.first(count));
    }
    produce();
  }

 private:
  void produce() override {
    while (above_ && !above_->output().empty() && output_.size() < output_limit_bytes) {
      const Bytes piece = above_->output().front();
      std::size_t written = 0;
      require(SSL_write_ex(ssl_, piece.data(), piece.size(), &written) == 1, "SSL_write");
      above_->sent(written);
    }
  }

  std::unique_ptr<End> above_;
  ByteQueue input_;
  tls::WireQueues wire_{&input_, &output_};
  SSL* ssl_;
};

// The first that the client offers.
int select_protocol(SSL*, const unsigned char** selected, unsigned char* selected_bytes,
                    const unsigned char* offered, unsigned int, void*) {
  *selected_bytes = offered[0];
  *selected = offered + 1;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void BareServer::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

BareServer::BareServer(const Load& load, const std::filesystem::path& certificate,
                       const std::filesystem::path& key, std::string http1_answer)
    : load_(load),
      content_(content_of(load)),
      http1_answer_(std::move(http1_answer)),
      context_(SSL_CTX_new(TLS_server_method())) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets alone, as ours
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
  require(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") == 1 &&
              SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) == 1 &&
              SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1,
          "a bare server's certificate");
}

std::unique_ptr<End> BareServer::accept() const {
  if (!load_.tls) return accept_cleartext();
  const bool asks = load_.unit != Load::Unit::handshake;
  return std::make_unique<BareTls>(context_.get(), asks ? accept_cleartext() : nullptr);
}

std::unique_ptr<End> BareServer::accept_cleartext() const {
  if (load_.protocol == Protocol::http2) return bare_nghttp2(content_);
  return std::make_unique<PreparedAnswer>(http1_answer_);
}

}  // namespace muxlab::bench
