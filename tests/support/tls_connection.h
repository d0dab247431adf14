// A client and the server's channel joined in memory: no socket, no clock, no waiting. With the
// identity that all tests of one suite share, since certificates take a while to make.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/byte_queue.h"
#include "common/tls/certificate.h"
#include "common/tls/channel.h"
#include "common/tls/server_identity.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/tls_client.h"

namespace muxlab::test {

inline constexpr std::size_t whole = std::numeric_limits<std::size_t>::max();

inline std::string text_in(const ByteQueue& queue) {
  std::vector<Bytes> pieces(queue.size() / ByteQueue::block_bytes + 2);
  pieces.resize(queue.gather(pieces));
  std::string text;
  for (const Bytes piece : pieces) text += text_of(piece);
  return text;
}

// The server's end of one connection: a channel, and what it has heard.
class TlsServer {
 public:
  explicit TlsServer(const tls::ServerIdentity& identity, tls::TicketEpochs epochs = {})
      : channel(identity.accept(epochs)) {}

  void receive(ByteQueue& wire, ByteQueue& wire_out, std::size_t room_bytes = 4096) {
    std::vector<std::uint8_t> room(room_bytes);
    while (failure.empty()) {
      const auto opened = channel->open(wire, room, wire_out);
      if (!opened.ok()) failure = opened.failure().message;
      if (!opened.ok() || opened.value() == 0) return;
      heard += text_of(Bytes{room}.first(opened.value()));
    }
  }

  void say(std::string_view plaintext, ByteQueue& wire_out) {
    ByteQueue queue;
    queue.append(bytes_of(plaintext));
    EXPECT_TRUE(channel->seal(queue, wire_out, whole).ok());
    EXPECT_TRUE(queue.empty());
  }

  std::unique_ptr<tls::Channel> channel;
  std::string heard;
  std::string failure;
};

// A client and a server with the wire between them.
struct TlsConnection {
  TlsConnection(const tls::ServerIdentity& identity, const TlsClientOptions& options,
                tls::TicketEpochs epochs = {})
      : client(options), server(identity, epochs) {}

  // Carries bytes, `step` at a time, until neither end has anything to say.
  void run(std::size_t step = whole) {
    do {
      ByteQueue arrived;
      carry(to_client, arrived, step);
      client.advance(arrived, to_server);
      carry(to_server, arrived, step);
      server.receive(arrived, to_client);
    } while (!to_client.empty() || !to_server.empty());
  }

  ByteQueue to_client;
  ByteQueue to_server;
  TlsClient client;
  TlsServer server;
};

class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<ScratchFolder>();
    const auto made =
        tls::ensure_certificates(folder_->path(), {}, std::chrono::system_clock::now());
    ASSERT_TRUE(made.ok()) << made.failure().message;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static tls::CertificateFiles files() { return tls::CertificateFiles::in(folder_->path()); }

  static tls::ServerIdentity identity(const tls::TicketKeys& tickets = tls::TicketKeys::random(),
                                      std::vector<std::string> protocols = {"h2", "http/1.1"},
                                      const std::vector<std::string>& groups = {}) {
    auto loaded = tls::ServerIdentity::load(files().server, files().server_key,
                                            std::move(protocols), tickets, nullptr, groups);
    EXPECT_TRUE(loaded.ok()) << loaded.failure().message;
    return std::move(loaded.value());
  }

  static TlsClientOptions options(TlsVersion version = TlsVersion::tls13) {
    TlsClientOptions options;
    options.protocols = {"h2", "http/1.1"};
    options.lowest = options.highest = version;
    options.authority = files().authority;
    return options;
  }

 private:
  static inline std::unique_ptr<ScratchFolder> folder_;
};

}  // namespace muxlab::test
