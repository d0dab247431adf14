// What is known of a connection as a whole, for whoever answers or logs a request on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muxlab {

enum class Protocol { http10, http11, http2 };

// The protocol's name as ALPN and Resource Timing write it (RFC 7301): "http/1.0", "http/1.1",
// "h2".
std::string_view name_of(Protocol protocol);

// What a TLS handshake settled.
struct TlsFacts {
  std::string version;      // "TLSv1.3"
  std::string cipher;       // "TLS_AES_128_GCM_SHA256"
  std::string alpn;         // "h2", "http/1.1", or empty when the client offered none
  std::string server_name;  // SNI; empty when the client sent none
  bool resumed = false;     // by a ticket
  std::string group;        // of the key exchange, "X25519MLKEM768"; empty where there was none
  // On the wire until the handshake was done, the server's first tickets included.
  std::uint64_t handshake_up_bytes = 0;
  std::uint64_t handshake_down_bytes = 0;
};

struct ConnectionFacts {
  std::uint64_t id = 0;        // unique in this process; written "c17"
  std::string client_address;  // numeric, without the port
  std::uint16_t client_port = 0;
  std::string local_address = {};  // the one that the client reached; empty: not known
  std::uint16_t local_port = 0;
  std::optional<TlsFacts> tls;  // none in cleartext
  bool missed_tls = false;      // in cleartext on a port that speaks TLS
};

}  // namespace muxlab
