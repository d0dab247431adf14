// The row between a link and a session: opens wire bytes into plaintext, seals plaintext into wire
// bytes. Works on byte queues alone: no socket, no clock.
#pragma once

#include <cstddef>
#include <optional>

#include "common/base/byte_queue.h"
#include "common/base/bytes.h"
#include "common/base/connection_facts.h"
#include "common/base/result.h"

namespace muxlab::tls {

class Channel {
 public:
  enum class State {
    handshaking,  // no plaintext yet in either direction
    open,
    input_ended,  // the peer said it will send no more (close_notify)
    failed,       // beyond repair; an alert may wait in the wire queue
    cleartext,    // the peer speaks text and no TLS: its bytes are left in the wire queue. Final; a
                  // server's only, and before anything was said
  };

  virtual ~Channel() = default;

  // Opens what `wire` holds, at most `room.size()` bytes of plaintext, and drops it from `wire`.
  // Answers of its own (handshake flights, alerts) go to `wire_out`.
  // Gives the bytes of plaintext written; 0 means that there is no more to give now. Call until
  // then: a channel may hold plaintext that found no room although `wire` is empty. Needs some
  // room. A failure names what the peer did; state() is `failed` then. Plaintext that came before a
  // failure or a close_notify is given first, with the new state already set.
  virtual Result<std::size_t> open(ByteQueue& wire, MutableBytes room, ByteQueue& wire_out) = 0;

  // Seals all of `plaintext` into `wire_out`, at most `record_bytes` to a record. Needs state()
  // `open` or `input_ended`, before close().
  virtual Status seal(ByteQueue& plaintext, ByteQueue& wire_out, std::size_t record_bytes) = 0;

  // Says that nothing more will be sent (close_notify). Harmless in every state, said once.
  virtual void close(ByteQueue& wire_out) = 0;

  virtual State state() const = 0;

  // What the handshake settled; none in cleartext, and none before the channel is open.
  virtual std::optional<TlsFacts> facts() const = 0;
};

}  // namespace muxlab::tls
