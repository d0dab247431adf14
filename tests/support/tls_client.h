// A TLS client on byte queues, against which the server's channel is tested. It shares no code with
// the channel: its OpenSSL session works on OpenSSL's own memory BIOs. Knows no socket and no HTTP.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/byte_queue.h"

struct ssl_ctx_st;
struct ssl_st;
struct ssl_session_st;

namespace muxlab::test {

enum class TlsVersion { tls11, tls12, tls13 };

struct TlsClientOptions {
  std::vector<std::string> protocols;  // ALPN; none are offered when empty
  TlsVersion lowest = TlsVersion::tls12;
  TlsVersion highest = TlsVersion::tls13;
  std::string server_name = "localhost";    // SNI, and the name the certificate must hold
  std::filesystem::path authority;          // the CA to verify with; nothing is verified without
  std::shared_ptr<ssl_session_st> session;  // to resume
  std::string groups = "x25519:secp256r1";  // offered, the preferred first; OpenSSL's form
  std::string tls12_ciphers = "DEFAULT@SECLEVEL=0";  // so that even TLS 1.1 can be offered
};

class TlsClient {
 public:
  explicit TlsClient(const TlsClientOptions& options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Takes all of `from_server`, goes as far as that allows, and appends what it has to say to
  // `to_server`.
  void advance(ByteQueue& from_server, ByteQueue& to_server);

  // Both need a finished handshake; what they say leaves with the next advance().
  void say(std::string_view plaintext);
  void close();

  const std::string& heard() const { return heard_; }
  bool connected() const;
  bool server_closed() const;  // by close_notify
  std::optional<int> alert() const {
    return alert_;
  }  // the last fatal one received (RFC 8446 section 6)
  const std::string& failure() const { return failure_; }

  std::string version() const;   // "TLSv1.3"
  std::string protocol() const;  // by ALPN
  bool resumed() const;
  std::shared_ptr<ssl_session_st> session() const { return session_; }  // the latest ticket's

 private:
  struct Free {
    void operator()(ssl_ctx_st*) const;
    void operator()(ssl_st*) const;
  };

  static int keep_session(ssl_st* ssl, ssl_session_st* session);
  static void note_alert(const ssl_st* ssl, int where, int value);
  void offer(const std::vector<std::string>& protocols);
  bool shake_hands();
  void hear();

  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
  std::string heard_;
  std::string failure_;
  std::optional<int> alert_;
  std::shared_ptr<ssl_session_st> session_;
};

}  // namespace muxlab::test
