// Input that waits: the beginning of a head, or requests behind the one being answered. Owns no
// memory while it is empty. The session bounds it by not wanting more.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/bytes.h"

namespace muxlab::server::http1 {

class InputBuffer {
 public:
  Bytes bytes() const { return Bytes{kept_}.subspan(begin_); }
  bool empty() const { return kept_.empty(); }

  void append(Bytes bytes) {
    if (bytes.empty()) return;
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
  }

  // Drops the first `count` bytes; there must be that many.
  void consume(std::size_t count) {
    assert(count <= bytes().size());
    begin_ += count;
    if (begin_ == kept_.size()) clear();
  }

  void clear() {
    kept_ = {};
    begin_ = 0;
  }

 private:
  std::vector<std::uint8_t> kept_;
  std::size_t begin_ = 0;
};

}  // namespace muxlab::server::http1
