// What was seen of one connection's bytes, decoded: HTTP/2 frames, and HTTP/1.1 messages in the
// same terms. Plain values; whoever decodes them is server/tap.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/direction.h"
#include "common/base/time.h"

namespace muxlab::trace {

// The frame types that are known by name: RFC 9113 section 6, RFC 9218 section 7.1, RFC 7838
// section 4, RFC 8336 section 2. Then what HTTP/1.1 has in their place.
enum class FrameType : std::uint8_t {
  data,
  headers,
  priority,
  rst_stream,
  settings,
  push_promise,
  ping,
  goaway,
  window_update,
  continuation,
  altsvc,
  origin,
  priority_update,
  unknown,  // of HTTP/2: Frame::code says which
  preface,  // the client's connection preface (RFC 9113 section 3.4)
  request_head,
  response_head,  // final or interim (1xx)
  body,           // by content-length or until the end: as much as one piece of plaintext holds
  chunk,          // with its size line; the last one with its trailers
};

// How a field line came (RFC 7541 section 6); text is HTTP/1.1's.
enum class Representation : std::uint8_t {
  indexed,
  literal_with_indexing,
  literal_without_indexing,
  literal_never_indexed,
  text,
};

struct FieldLine {
  std::string name;
  std::string value;
  Representation representation = Representation::text;
  bool huffman_name = false;
  bool huffman_value = false;
  std::uint32_t index = 0;          // of the table entry that gave the name or all; 0: none
  std::uint32_t encoded_bytes = 0;  // on the connection: HPACK's, or the line with its CRLF
  // Name and value alone, without separators: what is compared with encoded_bytes.
  std::uint32_t plain_bytes() const {
    return static_cast<std::uint32_t>(name.size() + value.size());
  }
};

// The dynamic table after a header block (RFC 7541 section 2.3.2). Entries are added in the order
// of the block's fields that are literal_with_indexing, each at index 62; the oldest are evicted.
// The whole table follows from the beginning and all blocks of a direction (dynamic_table.h).
struct TableState {
  std::uint32_t entries = 0;
  std::uint32_t bytes = 0;    // as RFC 7541 section 4.1 counts: 32 more for each entry
  std::uint32_t limit = 0;    // its maximum size in force
  std::uint32_t added = 0;    // by this block, those too that did not stay
  std::uint32_t evicted = 0;  // by this block, its own too
};

// A whole header block. With CONTINUATION it belongs to the frame that began it and is complete
// with the last of them.
struct HeaderBlock {
  std::vector<FieldLine> fields;
  std::vector<std::uint32_t> size_updates;  // dynamic table size updates at its start
  std::uint32_t encoded_bytes = 0;
  std::optional<TableState> table;  // HPACK only
  // The request line or the status line (HTTP/1.1 only), without its CRLF.
  std::string start_line;
};

struct DataDetail {
  std::uint32_t padding = 0;  // with the length byte
};
struct HeadersDetail {
  std::unique_ptr<HeaderBlock> block;  // null: not decoded (a CONTINUATION is still missing)
  std::uint32_t padding = 0;
  struct Dependency {  // RFC 9113 section 5.3.2, deprecated
    std::uint32_t stream;
    bool exclusive;
    std::uint16_t weight;  // 1 to 256
  };
  std::optional<Dependency> dependency;
  std::uint32_t promised_stream = 0;  // PUSH_PROMISE only
};
struct PriorityDetail {
  HeadersDetail::Dependency dependency;
};
struct ErrorDetail {  // RST_STREAM, GOAWAY
  std::uint32_t code;
  std::uint32_t last_stream = 0;  // GOAWAY only
  std::string debug;              // GOAWAY only: its debug data
};
struct SettingsDetail {
  std::vector<std::pair<std::uint16_t, std::uint32_t>> settings;  // in their order
};
struct PingDetail {
  std::array<std::uint8_t, 8> opaque;
};
struct WindowUpdateDetail {
  std::uint32_t increment;
};
struct PriorityUpdateDetail {
  std::uint32_t stream;
  std::string value;  // "u=1, i"
};
struct AltsvcDetail {
  std::string origin;
  std::string value;
};
struct OriginDetail {
  std::vector<std::string> origins;
};
struct BodyDetail {  // HTTP/1.1: body, chunk
  std::uint32_t content_bytes = 0;
  bool last = false;
  std::unique_ptr<HeaderBlock> trailers = nullptr;  // of the last chunk, where it has any
};

using FrameDetail = std::variant<std::monostate, DataDetail, HeadersDetail, PriorityDetail,
                                 ErrorDetail, SettingsDetail, PingDetail, WindowUpdateDetail,
                                 PriorityUpdateDetail, AltsvcDetail, OriginDetail, BodyDetail>;

struct Frame {
  Direction direction = Direction::down;
  FrameType type = FrameType::unknown;
  std::uint8_t code = 0;     // HTTP/2: the type's number
  std::uint8_t flags = 0;    // HTTP/2: as on the wire
  std::uint32_t stream = 0;  // HTTP/2; HTTP/1.1: the exchange's number on the connection, from 1
  // HTTP/2: of the payload, as the frame header says. HTTP/1.1: all its bytes.
  std::uint32_t length = 0;
  std::uint64_t plain_begin = 0;  // where it lies among the plaintext of its direction
  std::uint64_t plain_end = 0;
  std::uint64_t wire_end = 0;  // where the TLS record that holds its last byte ends on the wire
  Instant written;             // its first byte: by the server, or by the client
  // Its last byte: has arrived where it went. None: not yet, or never.
  std::optional<Instant> landed;
  FrameDetail detail;
};

// "DATA", "RESPONSE_HEAD"; "UNKNOWN" for an unknown one.
std::string_view name_of(FrameType type);
// The names of the flags that are set, in the order of their bits; "0x40" where one has no name.
std::vector<std::string> flag_names(const Frame& frame);
// "indexed", "literal with indexing", "literal without indexing", "literal never indexed", "text".
std::string_view name_of(Representation representation);
// "HEADER_TABLE_SIZE" (RFC 9113 section 6.5.2 and later ones), or "0x2b".
std::string setting_name(std::uint16_t identifier);
// "NO_ERROR" (RFC 9113 section 7), or "0x2b".
std::string error_name(std::uint32_t code);

}  // namespace muxlab::trace
