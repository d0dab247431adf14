// Finds the messages of a connection's exchanges among its frames: their header blocks, and the
// content of the answers. Prepared in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/trace/connection_trace.h"

namespace muxlab::trace {

// Of a request or a final response; null: it was not seen or not kept.
struct Heads {
  const HeaderBlock* request = nullptr;
  const HeaderBlock* response = nullptr;
};

// The value of the first field of this name, in lower case; empty: none.
std::string_view value_of(const HeaderBlock* block, std::string_view name);

class Messages {
 public:
  // The connection outlives it.
  explicit Messages(const ConnectionTrace& connection);

  Heads heads_of(const Exchange& exchange) const;
  // The response's content as it was sent, coded where it was; none: it was not kept whole.
  std::optional<std::string> content_of(const Exchange& exchange) const;

 private:
  struct Found {
    Heads heads;
    std::vector<std::size_t> content;  // frames
  };
  // Where a piece begins among the plaintext that went down.
  struct Place {
    std::uint64_t begin;
    std::size_t piece;
  };

  void find_heads(const Frame& frame);
  std::string_view content_in(const Frame& frame, std::string& buffer) const;
  bool copy_down(std::uint64_t begin, std::uint64_t end, std::string& out) const;

  const ConnectionTrace& connection_;
  std::unordered_map<std::uint32_t, Found> by_stream_;
  std::vector<Place> places_;
};

}  // namespace muxlab::trace
