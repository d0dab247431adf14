// The channel of a TLS connection: an OpenSSL session between byte queues, in either role.
// Owns the session; knows neither sockets nor certificates (whoever makes the session chose those).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/tls/channel.h"
#include "common/tls/queue_bio.h"

struct ssl_st;

namespace muxlab::tls {

class TlsChannel final : public Channel {
 public:
  struct Free {
    void operator()(ssl_st*) const;
  };
  using Ssl = std::unique_ptr<ssl_st, Free>;

  // Needs a session whose role is set (SSL_set_accept_state or SSL_set_connect_state), without a
  // BIO.
  explicit TlsChannel(Ssl ssl);

  // The session's BIO points into this object.
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  Result<std::size_t> open(ByteQueue& wire, MutableBytes room, ByteQueue& wire_out) override;
  Status seal(ByteQueue& plaintext, ByteQueue& wire_out, std::size_t record_bytes) override;
  void close(ByteQueue& wire_out) override;
  State state() const override { return state_; }
  std::optional<TlsFacts> facts() const override;

 private:
  bool is_text(std::uint8_t first) const;
  void shake_hands();
  std::size_t read_into(MutableBytes room);
  void fail(std::string message);

  WireQueues queues_;  // before ssl_, whose BIO uses it
  Ssl ssl_;
  State state_ = State::handshaking;
  bool heard_ = false;                     // the first byte
  bool closed_ = false;                    // our close_notify is said
  std::uint64_t handshake_bytes_[2] = {};  // read and written until it was done
  Failure failure_;                        // why state_ is failed
};

}  // namespace muxlab::tls
