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
  // By its places on the connection. The connection outlives it.
  PlainBytes(const ConnectionTrace& connection, Direction direction);
  // As a capture has it: from 0 on, behind frames that were made up, which outlive it too.
  PlainBytes(const ConnectionTrace& connection, Direction direction,
             const std::vector<Plaintext>& made_up);

  // Appends those from `begin` to `end`. Gives false where not all of them were kept.
  bool append(std::uint64_t begin, std::uint64_t end, std::string& out) const;

  struct Piece {
    std::uint64_t begin, end;  // places
    std::size_t index;         // among the made-up ones, then the connection's
  };
  const Plaintext& plaintext(const Piece& piece) const;
  // Where what was made up ends.
  std::uint64_t made_up_end() const { return made_up_end_; }
  const std::vector<Piece>& pieces() const { return pieces_; }  // in order, without empty ones

 private:
  void add(const Plaintext& plaintext, Direction direction, std::size_t index);

  const ConnectionTrace& connection_;
  const std::vector<Plaintext>* made_up_ = nullptr;
  std::uint64_t end_ = 0;  // of the last piece so far
  std::uint64_t made_up_end_ = 0;
  std::vector<Piece> pieces_;
};

}  // namespace muxlab::trace
