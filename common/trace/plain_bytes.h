// One direction of a connection's plaintext, by its places: as far as it was kept. The trace may go
// on growing; what comes after this was made is not in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/trace/connection_trace.h"

namespace muxlab::trace {

class PlainBytes {
 public:
  // The connection outlives it.
  PlainBytes(const ConnectionTrace& connection, Direction direction);

  // Appends those from `begin` to `end`. Gives false where not all of them were kept.
  bool append(std::uint64_t begin, std::uint64_t end, std::string& out) const;

  struct Piece {
    std::uint64_t begin, end;  // places
    std::size_t index;         // in the connection's plaintext
  };
  const std::vector<Piece>& pieces() const { return pieces_; }  // in order, without empty ones

 private:
  const ConnectionTrace& connection_;
  std::vector<Piece> pieces_;
};

}  // namespace muxlab::trace
