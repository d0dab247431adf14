// FNV-1a, 64 bits: tells contents apart. No protection against who wants two to look alike.
#pragma once

#include <cstdint>

#include "common/base/bytes.h"

namespace muxlab::server::site {

class Fnv1a64 {
 public:
  void add(Bytes bytes) {
    for (const std::uint8_t byte : bytes) state_ = (state_ ^ byte) * 0x100000001b3u;
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

inline std::uint64_t fnv1a64(Bytes bytes) {
  Fnv1a64 hash;
  hash.add(bytes);
  return hash.value();
}

}  // namespace muxlab::server::site
