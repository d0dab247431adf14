// Traces filled by hand, for tests of whoever reads them: a connection, and what happened on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "common/trace/connection_trace.h"
#include "server/tap/tap.h"

namespace muxlab::test {

using OwnTrace = std::shared_ptr<trace::ConnectionTrace>;

inline OwnTrace connection(std::uint64_t id, std::string lane = "h2",
                           std::optional<Protocol> protocol = Protocol::http2) {
  auto made = std::make_shared<trace::ConnectionTrace>();
  made->facts.id = id;
  made->facts.client_address = "127.0.0.1";
  made->lane = std::move(lane);
  made->protocol = protocol;
  return made;
}

// A frame of HTTP/2 with its header, or an HTTP/1.1 message's part. Gives its index.
inline std::size_t add_frame(trace::ConnectionTrace& on, trace::FrameType type, Direction direction,
                             std::uint32_t length, Duration written,
                             trace::FrameDetail detail = {}) {
  constexpr std::uint32_t frame_header_bytes = 9;
  trace::Frame frame;
  frame.type = type;
  frame.direction = direction;
  frame.stream = 1;
  frame.length = length;
  const bool http2 = on.protocol == Protocol::http2;
  frame.plain_end = frame.plain_begin + length + (http2 ? frame_header_bytes : 0);
  frame.written = Instant{} + written;
  frame.detail = std::move(detail);
  on.frames.push_back(std::move(frame));
  return on.frames.size() - 1;
}

inline std::size_t add_data(trace::ConnectionTrace& on, std::uint32_t length, Duration written) {
  return add_frame(on, trace::FrameType::data, Direction::down, length, written,
                   trace::DataDetail{});
}

// A header block of one field, "name: value".
inline trace::HeadersDetail fields(std::string name, std::string value) {
  trace::HeadersDetail detail;
  detail.block = std::make_unique<trace::HeaderBlock>();
  trace::FieldLine line;
  line.name = std::move(name);
  line.value = std::move(value);
  detail.block->fields.push_back(std::move(line));
  return detail;
}

inline std::size_t add_exchange(trace::ConnectionTrace& on, std::string path, int status = 200) {
  trace::Exchange exchange;
  exchange.nth = static_cast<std::uint32_t>(on.exchanges.size() + 1);
  exchange.stream = 2 * exchange.nth - 1;
  exchange.method = "GET";
  exchange.path = std::move(path);
  exchange.status = status;
  on.exchanges.push_back(std::move(exchange));
  return on.exchanges.size() - 1;
}

// As a tap tells of a frame or an exchange that it has kept.
inline server::tap::News news_of(const trace::ConnectionTrace& on, server::tap::News::What what,
                                 std::size_t index) {
  using What = server::tap::News::What;
  const bool frame = what == What::frame || what == What::frame_landed;
  server::tap::News news{.what = what, .index = index};
  if (frame) {
    news.frame = &on.frames.at(index);
  } else {
    news.exchange = &on.exchanges.at(index);
  }
  return news;
}

}  // namespace muxlab::test
