// One HTTP dialect on one connection: plaintext in, plaintext out. Owns its protocol's state; has
// no socket, no clock, no thread. Time is passed in, output is pulled.
#pragma once

#include <cstddef>
#include <optional>

#include "common/base/byte_queue.h"
#include "common/base/result.h"
#include "common/base/time.h"

namespace muxlab::http {

class Session {
 public:
  virtual ~Session() = default;

  // Takes plaintext, cut anywhere. All of it is taken. Call only while wants_input().
  // A failure means that the peer can't even be told what was wrong: close the connection. What it
  // can be told (400, GOAWAY) the session says itself, and is finished() after that.
  virtual Status receive(Bytes plaintext, Instant now) = 0;

  // False while what was received waits to be answered: more input would only pile up.
  virtual bool wants_input() const = 0;

  // True once nothing that comes will be answered any more: it is taken even while output waits,
  // for a peer that sends all before it reads.
  virtual bool drops_input() const { return false; }

  // The peer will send no more. Requests already received are still answered.
  virtual void input_ended(Instant now) = 0;

  // Appends what the session has to say, stopping at about `limit` bytes: no frame and no head is
  // cut, so the last one may lie above it. Gives the bytes appended; 0 means nothing to say now.
  virtual std::size_t produce(ByteQueue& out, std::size_t limit, Instant now) = 0;

  // Its own timeouts: what was due by `now` happens.
  virtual void advance(Instant now) = 0;
  virtual std::optional<Instant> next_event() const = 0;

  // What delayed the peer is not held against it: each wait for it that is under way, and none of
  // our own times, ends so much later. Negative: sooner, for it had been excused for too much.
  virtual void excuse(Duration /*delay*/) {}

  // Drain: takes no new work, finishes what was begun (GOAWAY, Connection: close).
  virtual void shut_down(Instant now) = 0;

  // Nothing is left to say or to await: once produced bytes are sent, close.
  virtual bool finished() const = 0;
};

}  // namespace muxlab::http
