// The channel of a cleartext connection: bytes pass as they are.
#pragma once

#include "common/tls/channel.h"

namespace muxlab::tls {

class PlainChannel final : public Channel {
 public:
  Result<std::size_t> open(ByteQueue& wire, MutableBytes room, ByteQueue& wire_out) override;
  Status seal(ByteQueue& plaintext, ByteQueue& wire_out, std::size_t record_bytes) override;
  void close(ByteQueue& wire_out) override;
  State state() const override { return State::open; }
  std::optional<TlsFacts> facts() const override { return std::nullopt; }
};

}  // namespace muxlab::tls
