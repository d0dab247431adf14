// A connected TCP socket that never blocks. Owns the descriptor; moves bytes, understands none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/byte_queue.h"
#include "common/base/bytes.h"

namespace muxlab::net {

// A descriptor with one owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct Transfer {
  enum class Kind {
    moved,    // `bytes` bytes, at least one
    blocked,  // not now
    ended,    // reading only: the peer has closed its direction
    failed,   // the connection is gone
  };
  Kind kind;
  std::size_t bytes = 0;
};

class Socket {
 public:
  explicit Socket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  int descriptor() const { return descriptor_.number(); }

  Transfer read(MutableBytes room);
  // Sends from the front of `bytes` in one system call; drops nothing from it.
  Transfer write(const ByteQueue& bytes);
  // Bytes written that the peer's kernel has not acknowledged: they wait here, or are on their way.
  std::size_t unacknowledged_bytes() const;
  // When closed, resets the connection: our kernel does not go on with what it still holds.
  void abandon_output();
  // Says that nothing more will be sent, and goes on receiving.
  void end_output();

 private:
  Descriptor descriptor_;
};

}  // namespace muxlab::net
