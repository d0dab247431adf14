// The row between a socket and a channel: wire bytes go in at one end and arrive at the other.
// Two ends, each with an input and an output: the client's, which a socket (or a client in memory)
// feeds and empties, and the server's, which the channel does. Knows neither sockets nor TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/base/byte_queue.h"
#include "common/base/bytes.h"
#include "common/base/time.h"

namespace muxlab::link {

class Link {
 public:
  virtual ~Link() = default;

  // What the line has delivered by now lies at its ends.
  virtual void collect(Instant now) = 0;

  // --- The client's end.

  // The client sends. All is taken; needs wants_input().
  virtual void receive(Bytes wire, Instant now) = 0;
  // False while more would only pile up.
  virtual bool wants_input() const = 0;
  // The client sends no more.
  virtual void end_input(Instant now) = 0;
  // The client is gone.
  virtual void reset_input(Instant now) = 0;

  // What has arrived for the client, and the news that it took the first `count` bytes of that.
  virtual const ByteQueue& output() const = 0;
  virtual void sent(std::size_t count, Instant now) = 0;
  // How many bytes have come to the client so far: arrived on a line, taken without one.
  virtual std::uint64_t landed_bytes() const = 0;
  // The server's last word has arrived and been taken: it has ended its output, or reset. Or the
  // server has heard that nobody is there to take it.
  virtual bool output_over() const = 0;
  // How far the client's own time lies behind ours, because of what the line delays: what a server
  // waits for it may take so much longer. Grows and shrinks; nothing without a line.
  virtual Duration client_lag(Instant now) const = 0;

  // --- The server's end.

  // What has arrived for the server; whoever opens it drops it from there, then says took().
  virtual ByteQueue& arrived() = 0;
  virtual void took(Instant now) = 0;
  // Behind what has arrived nothing will come.
  virtual bool input_over() const = 0;
  // The client is gone, and the news has arrived.
  virtual bool was_reset() const = 0;

  // How many bytes to put into departing() now: decide late what they are.
  virtual std::size_t room() const = 0;
  // Where to put them, then say depart(). Small answers that are not pulled, as a handshake's, may
  // exceed the room.
  virtual ByteQueue& departing() = 0;
  virtual void depart(Instant now) = 0;
  // So much has departed that not even a small answer should follow.
  virtual bool congested() const = 0;
  // The server has put in its last byte; or it wants no more of this connection.
  virtual void end_output(Instant now) = 0;
  virtual void reset_output(Instant now) = 0;
  // Some of what departed has not been taken by the client yet.
  virtual bool underway() const = 0;

  // The longest TLS record to depart now, in bytes of plaintext: on a slow line a long one takes
  // long to be whole, and can't be opened before.
  virtual std::size_t record_bytes(Instant now) const = 0;
};

}  // namespace muxlab::link
