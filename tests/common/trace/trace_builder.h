// Makes traces by hand, in both protocols, with the bytes that belong to them: one piece of
// plaintext a frame. Times are given as what has passed since zero.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/trace/export.h"
#include "common/trace/run_trace.h"
#include "tests/support/http2_frames.h"

namespace muxlab::test {

inline Instant at(Duration since_zero) {
  return Instant{since_zero};
}

class ConnectionBuilder {
 public:
  explicit ConnectionBuilder(Protocol protocol, std::uint64_t id = 1) {
    trace.protocol = protocol;
    trace.facts.id = id;
    trace.facts.client_address = "127.0.0.1";
    trace.facts.client_port = static_cast<std::uint16_t>(50000 + id);
    trace.facts.local_port = 8453;
    trace.lane = protocol == Protocol::http2 ? "h2" : "h1";
  }

  ConnectionBuilder& opened(Duration when) {
    trace.opened = at(when);
    return *this;
  }
  ConnectionBuilder& ready(Duration when) {
    trace.ready = at(when);
    trace.facts.tls =
        TlsFacts{"TLSv1.3", "TLS_AES_128_GCM_SHA256", "", "localhost", false, "x25519"};
    return *this;
  }
  ConnectionBuilder& closed(Duration when, EndedBy by = EndedBy::client) {
    trace.closed = at(when);
    trace.closed_by = by;
    return *this;
  }
  ConnectionBuilder& on_a_line() {
    trace.on_a_line = true;
    return *this;
  }
  // TCP's handshake, on a line as long both ways. After opened().
  ConnectionBuilder& greeted(Duration round_trip) {
    const Duration one_way = round_trip / 2;
    trace.greeted[static_cast<std::size_t>(Direction::up)] = {trace.opened,
                                                              trace.opened + round_trip};
    trace.greeted[static_cast<std::size_t>(Direction::down)] = {
        trace.opened + one_way, trace.opened + one_way + round_trip};
    return *this;
  }

  // Any frame of HTTP/2. Of the client's connection preface the payload is all.
  trace::Frame& frame(Direction direction, trace::FrameType type, std::uint8_t flags,
                      std::uint32_t stream, const std::string& payload, Duration written,
                      std::optional<Duration> landed) {
    const bool is_preface = type == trace::FrameType::preface;
    return add(direction, type, flags, stream, payload.size(),
               is_preface ? payload : test::frame(code_of(type), flags, stream, payload), written,
               landed);
  }
  // A part of an HTTP/1.1 message.
  trace::Frame& text(Direction direction, trace::FrameType type, const std::string& bytes,
                     Duration written, std::optional<Duration> landed) {
    return add(direction, type, 0, nth_, bytes.size(), bytes, written, landed);
  }

  void preface(Duration when, Duration received) {
    frame(Direction::up, trace::FrameType::preface, 0, 0, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", when,
          received);
  }
  void settings(Direction direction, std::vector<std::pair<std::uint16_t, std::uint32_t>> settings,
                Duration when, Duration landed) {
    std::string payload;
    for (const auto& [identifier, value] : settings) {
      payload += {static_cast<char>(identifier >> 8), static_cast<char>(identifier)};
      payload += four_bytes(value);
    }
    frame(direction, trace::FrameType::settings, 0, 0, payload, when, landed).detail =
        trace::SettingsDetail{std::move(settings)};
  }
  void window_update(Direction direction, std::uint32_t stream, std::uint32_t increment,
                     Duration when, Duration landed) {
    frame(direction, trace::FrameType::window_update, 0, stream, four_bytes(increment), when,
          landed)
        .detail = trace::WindowUpdateDetail{increment};
  }

  // A GET; streams are ignored where there are none.
  trace::Exchange& request(std::uint32_t stream, const std::string& path, Duration sent,
                           Duration received) {
    ++nth_;
    const std::uint32_t on = is_http2() ? stream : nth_;
    const std::size_t before = trace.plain_bytes[1];
    if (is_http2()) {
      http2_request(on, path, sent, received);
    } else {
      http1_request(path, sent, received);
    }
    trace::Exchange exchange;
    exchange.stream = on;
    exchange.nth = nth_;
    exchange.method = "GET";
    exchange.path = path;
    exchange.sent = at(sent);
    exchange.received = at(received);
    exchange.request_headers = trace.plain_bytes[1] - before;
    exchange.request_headers_plain = path.size();
    trace.exchanges.push_back(exchange);
    return trace.exchanges.back();
  }

  // One more header field of the head that was made last. The bytes do not have it.
  void field(const std::string& name, const std::string& value) {
    std::get<trace::HeadersDetail>(trace.frames.back().detail)
        .block->fields.push_back(
            field(name, value, trace::Representation::literal_never_indexed, 0, 0));
  }

  // Content of the latest request.
  void upload(const std::string& bytes, Duration sent, Duration received) {
    trace::Exchange& exchange = trace.exchanges.back();
    exchange.request_body += bytes.size();
    if (is_http2()) {
      frame(Direction::up, trace::FrameType::data, 1, exchange.stream, bytes, sent, received)
          .detail = trace::DataDetail{};
      return;
    }
    trace::BodyDetail detail;
    detail.content_bytes = static_cast<std::uint32_t>(bytes.size());
    text(Direction::up, trace::FrameType::body, bytes, sent, received).detail = std::move(detail);
  }

  // 200, of a type. Of an HTTP/1.1 answer the length must be said.
  void head(std::uint32_t stream, const std::string& type, Duration written, Duration landed,
            std::size_t content_bytes = 0) {
    trace::Exchange& exchange = exchange_on(stream);
    const std::size_t before = trace.plain_bytes[0];
    if (is_http2()) {
      http2_head(stream, type, written, landed);
    } else {
      http1_head(type, content_bytes, written, landed);
    }
    exchange.status = 200;
    exchange.first_byte_written = at(written);
    exchange.first_byte_landed = at(landed);
    exchange.response_headers = trace.plain_bytes[0] - before;
    exchange.response_headers_plain = type.size();
  }

  trace::Frame& content(std::uint32_t stream, const std::string& bytes, Duration written,
                        std::optional<Duration> landed, bool last = false) {
    trace::Exchange& exchange = exchange_on(stream);
    exchange.body += bytes.size();
    if (last) {
      exchange.complete = true;
      exchange.last_byte_written = at(written);
      if (landed) exchange.last_byte_landed = at(*landed);
    }
    if (!is_http2()) {
      trace::Frame& body = text(Direction::down, trace::FrameType::body, bytes, written, landed);
      trace::BodyDetail detail;
      detail.content_bytes = static_cast<std::uint32_t>(bytes.size());
      detail.last = last;
      body.detail = std::move(detail);
      return body;
    }
    trace::Frame& data = frame(Direction::down, trace::FrameType::data, last ? 1 : 0, stream, bytes,
                               written, landed);
    data.detail = trace::DataDetail{};
    return data;
  }

  // One transmission of one segment that goes down.
  trace::Segment& segment(std::uint64_t offset, std::uint32_t length, Duration sent, Duration when,
                          trace::Segment::Fate fate = trace::Segment::Fate::arrived) {
    trace::Segment segment;
    segment.offset = offset;
    segment.length = length;
    segment.sent = at(sent);
    segment.at = at(when);
    segment.fate = fate;
    trace.segments.push_back(segment);
    return trace.segments.back();
  }

  trace::Exchange& exchange_on(std::uint32_t stream) {
    const std::uint32_t on = is_http2() ? stream : nth_;
    for (trace::Exchange& exchange : trace.exchanges) {
      if (exchange.stream == on) return exchange;
    }
    std::abort();
  }

  std::shared_ptr<const trace::ConnectionTrace> built() {
    return std::make_shared<const trace::ConnectionTrace>(std::move(trace));
  }

  trace::ConnectionTrace trace;

 private:
  bool is_http2() const { return trace.protocol == Protocol::http2; }

  static std::uint8_t code_of(trace::FrameType type) {
    switch (type) {
      case trace::FrameType::altsvc:
        return 0xa;
      case trace::FrameType::origin:
        return 0xc;
      case trace::FrameType::priority_update:
        return 0x10;
      default:
        return static_cast<std::uint8_t>(type);
    }
  }
  static std::string four_bytes(std::uint32_t number) {
    return {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
            static_cast<char>(number >> 8), static_cast<char>(number)};
  }
  // A string literal of HPACK, not Huffman coded.
  static std::string literal(const std::string& text) {
    return static_cast<char>(text.size()) + text;
  }

  static trace::FieldLine field(std::string name, std::string value,
                                trace::Representation representation, std::uint32_t index,
                                std::uint32_t encoded) {
    trace::FieldLine line;
    line.name = std::move(name);
    line.value = std::move(value);
    line.representation = representation;
    line.index = index;
    line.encoded_bytes = encoded;
    return line;
  }

  trace::Frame& add(Direction direction, trace::FrameType type, std::uint8_t flags,
                    std::uint32_t stream, std::size_t length, const std::string& bytes,
                    Duration written, std::optional<Duration> landed) {
    std::uint64_t& plain = trace.plain_bytes[static_cast<std::size_t>(direction)];
    trace::Frame made;
    made.direction = direction;
    made.type = type;
    made.code = code_of(type);
    made.flags = flags;
    made.stream = stream;
    made.length = static_cast<std::uint32_t>(length);
    made.plain_begin = plain;
    made.plain_end = plain + bytes.size();
    made.wire_end = made.plain_end;
    made.written = at(written);
    if (landed) made.landed = at(*landed);
    plain = made.plain_end;
    trace.wire_bytes[static_cast<std::size_t>(direction)] = plain;
    trace.plaintext.push_back({direction, at(written), made.landed, made.wire_end, bytes});
    trace.frames.push_back(std::move(made));
    return trace.frames.back();
  }

  static trace::HeadersDetail headers(std::vector<trace::FieldLine> fields, std::size_t encoded,
                                      std::optional<trace::TableState> table = std::nullopt,
                                      const std::string& start_line = "") {
    trace::HeadersDetail detail;
    detail.block = std::make_unique<trace::HeaderBlock>();
    detail.block->fields = std::move(fields);
    detail.block->encoded_bytes = static_cast<std::uint32_t>(encoded);
    detail.block->table = table;
    detail.block->start_line = start_line;
    return detail;
  }

  void http2_request(std::uint32_t stream, const std::string& path, Duration sent,
                     Duration received) {
    using trace::Representation;
    const std::string host = "localhost:8453";
    const std::string block = "\x82\x87" + ("\x04" + literal(path)) + ("\x01" + literal(host));
    constexpr std::uint8_t end_stream_and_headers = 0x5;
    const auto size = [](const std::string& text) {
      return static_cast<std::uint32_t>(text.size());
    };
    std::vector<trace::FieldLine> fields;
    fields.push_back(field(":method", "GET", Representation::indexed, 2, 1));
    fields.push_back(field(":scheme", "https", Representation::indexed, 7, 1));
    fields.push_back(
        field(":path", path, Representation::literal_without_indexing, 4, size(path) + 2));
    fields.push_back(
        field(":authority", host, Representation::literal_without_indexing, 1, size(host) + 2));
    frame(Direction::up, trace::FrameType::headers, end_stream_and_headers, stream, block, sent,
          received)
        .detail = headers(std::move(fields), block.size(), trace::TableState{.limit = 4096});
  }

  void http1_request(const std::string& path, Duration sent, Duration received) {
    const std::string line = "GET " + path + " HTTP/1.1";
    const std::string bytes = line + "\r\nHost: localhost:8453\r\n\r\n";
    text(Direction::up, trace::FrameType::request_head, bytes, sent, received).detail =
        headers({}, bytes.size(), std::nullopt, line);
    std::get<trace::HeadersDetail>(trace.frames.back().detail)
        .block->fields.push_back(
            field("Host", "localhost:8453", trace::Representation::text, 0, 22));
  }

  void http2_head(std::uint32_t stream, const std::string& type, Duration written,
                  Duration landed) {
    using trace::Representation;
    const std::string block = "\x88\x5f" + literal(type);
    constexpr std::uint8_t end_headers = 0x4;
    const std::uint32_t encoded = static_cast<std::uint32_t>(type.size()) + 2;
    trace::FieldLine content_type =
        field("content-type", type, Representation::literal_with_indexing, 31, encoded);
    table_.added = 1;
    ++table_.entries;
    table_.bytes += content_type.plain_bytes() + 32;
    std::vector<trace::FieldLine> fields;
    fields.push_back(field(":status", "200", Representation::indexed, 8, 1));
    fields.push_back(std::move(content_type));
    frame(Direction::down, trace::FrameType::headers, end_headers, stream, block, written, landed)
        .detail = headers(std::move(fields), block.size(), table_);
  }

  void http1_head(const std::string& type, std::size_t content_bytes, Duration written,
                  Duration landed) {
    const std::string line = "HTTP/1.1 200 OK";
    const std::string length = std::to_string(content_bytes);
    const std::string bytes =
        line + "\r\nContent-Type: " + type + "\r\nContent-Length: " + length + "\r\n\r\n";
    std::vector<trace::FieldLine> fields;
    fields.push_back(field("Content-Type", type, trace::Representation::text, 0, 0));
    fields.push_back(field("Content-Length", length, trace::Representation::text, 0, 0));
    text(Direction::down, trace::FrameType::response_head, bytes, written, landed).detail =
        headers(std::move(fields), bytes.size(), std::nullopt, line);
  }

  std::uint32_t nth_ = 0;
  trace::TableState table_{.limit = 4096};
};

inline trace::RunTrace run_of(
    std::vector<std::shared_ptr<const trace::ConnectionTrace>> connections) {
  trace::RunTrace trace;
  trace.run.page = "mosaic";
  for (auto& each : connections) trace.connections.push_back({std::move(each)});
  return trace;
}

inline std::string all_of(const trace::Pieces& pieces) {
  std::string all;
  while (pieces(all)) {
  }
  return all;
}

}  // namespace muxlab::test
