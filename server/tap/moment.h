// When some plaintext went and came, and where on the wire: that of the piece it lay in.
#pragma once

#include <cstdint>

#include "common/base/connection_observer.h"
#include "common/base/time.h"

namespace muxlab::server::tap {

struct Moment {
  Instant sent;
  Instant received;  // at the server; down, where landings tell, as sent
  std::uint64_t wire_end = 0;
};

inline Moment moment_of(const PlaintextPiece& piece) {
  return {piece.sent, piece.received, piece.wire_end};
}

}  // namespace muxlab::server::tap
