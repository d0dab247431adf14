// One end of a connection in memory: takes the other end's bytes, and holds what it has to say to
// them. Servers and clients, ours and bare ones, are measured and joined as this.
#pragma once

#include <cstddef>

#include "common/base/byte_queue.h"
#include "common/base/bytes.h"

namespace muxlab::bench {

class End {
 public:
  virtual ~End() = default;

  // All are taken. May have something to say afterwards.
  virtual void receive(Bytes bytes) = 0;

  virtual const ByteQueue& output() const = 0;

  // The other end has taken the first `count` bytes of the output: there is room for more.
  virtual void sent(std::size_t count) = 0;
};

// The most that any server here holds ready: what link::DirectLink lets a connection of ours.
inline constexpr std::size_t output_limit_bytes = 32 * 1024;

// An end that fills its output whenever there is room.
class ProducingEnd : public End {
 public:
  const ByteQueue& output() const final { return output_; }
  void sent(std::size_t count) final {
    output_.consume(count);
    produce();
  }

 protected:
  // Appends to output_ up to about output_limit_bytes, if there is more to say.
  virtual void produce() = 0;

  ByteQueue output_;
};

}  // namespace muxlab::bench
