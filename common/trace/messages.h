// Finds the messages of a connection's exchanges among its frames: their header blocks and their
// content. Prepared in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/trace/connection_trace.h"
#include "common/trace/plain_bytes.h"

namespace muxlab::trace {

// Of a request or a final response; null: it was not seen or not kept.
struct Heads {
  const HeaderBlock* request = nullptr;
  const HeaderBlock* response = nullptr;
};

// Whether a field's name is this one, which is in lower case.
bool has_name(std::string_view name, std::string_view lower_case);

// The value of the first field of this name, in lower case; empty: none.
std::string_view value_of(const HeaderBlock* block, std::string_view name);

class Messages {
 public:
  // The connection outlives it.
  explicit Messages(const ConnectionTrace& connection);

  Heads heads_of(const Exchange& exchange) const;
  // Content of the response (down) or the request as it was sent, coded where it was; none: it was
  // not kept whole.
  std::optional<std::string> content_of(const Exchange& exchange, Direction direction) const;

  // So much of the response's content has landed at once.
  struct Chunk {
    Instant landed;
    std::uint64_t bytes;
  };
  std::vector<Chunk> chunks_of(const Exchange& exchange) const;

 private:
  struct Found {
    Heads heads;
    std::vector<std::size_t> content[2];  // frames, by Direction
  };

  void find_heads(const Frame& frame);
  std::string_view content_in(const Frame& frame, std::string& buffer) const;

  const ConnectionTrace& connection_;
  std::unordered_map<std::uint32_t, Found> by_stream_;
  const PlainBytes plain_[2];  // by Direction
};

}  // namespace muxlab::trace
