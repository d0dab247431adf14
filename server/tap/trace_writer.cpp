#include "server/tap/trace_writer.h"

#include <utility>
#include <variant>

namespace muxlab::server::tap {
namespace {

std::size_t size_of(const trace::HeaderBlock* block) {
  if (block == nullptr) return 0;
  std::size_t bytes =
      sizeof *block + block->start_line.size() + block->size_updates.size() * sizeof(std::uint32_t);
  for (const trace::FieldLine& line : block->fields) bytes += sizeof line + line.plain_bytes();
  return bytes;
}

// What a frame holds beside itself.
struct DetailSize {
  std::size_t operator()(const trace::HeadersDetail& detail) const {
    return size_of(detail.block.get());
  }
  std::size_t operator()(const trace::BodyDetail& detail) const {
    return size_of(detail.trailers.get());
  }
  std::size_t operator()(const trace::ErrorDetail& detail) const { return detail.debug.size(); }
  std::size_t operator()(const trace::SettingsDetail& detail) const {
    return detail.settings.size() * sizeof detail.settings[0];
  }
  std::size_t operator()(const trace::PriorityUpdateDetail& detail) const {
    return detail.value.size();
  }
  std::size_t operator()(const trace::AltsvcDetail& detail) const {
    return detail.origin.size() + detail.value.size();
  }
  std::size_t operator()(const trace::OriginDetail& detail) const {
    std::size_t bytes = 0;
    for (const std::string& origin : detail.origins) bytes += sizeof origin + origin.size();
    return bytes;
  }
  template <typename Other>
  std::size_t operator()(const Other&) const {
    return 0;
  }
};

bool same_state(const CongestionState& one, const CongestionState& other) {
  return one.window_packets == other.window_packets &&
         one.threshold_packets == other.threshold_packets &&
         one.in_flight_packets == other.in_flight_packets;
}

}  // namespace

TraceWriter::TraceWriter(trace::ConnectionTrace& trace, const Tap::Listener& listener)
    : trace_(trace), listener_(listener) {}

bool TraceWriter::take(Share& share, std::size_t bytes) {
  share.full = share.full || bytes > share.most - share.used;
  if (share.full) {
    ++trace_.dropped;
    return false;
  }
  share.used += bytes;
  trace_.held_bytes += bytes;
  return true;
}

std::optional<std::size_t> TraceWriter::add(trace::Frame&& frame) {
  if (!take(events_, sizeof frame + std::visit(DetailSize{}, frame.detail))) return std::nullopt;
  const std::size_t index = trace_.frames.size();
  trace_.frames.push_back(std::move(frame));
  tell(News::What::frame, index);
  const trace::Frame& kept = trace_.frames.back();
  if (kept.direction == Direction::down) expect(kept.wire_end, {Expected::What::frame, index});
  return index;
}

std::optional<std::size_t> TraceWriter::add(trace::Exchange&& exchange) {
  const std::size_t bytes =
      sizeof exchange + exchange.method.size() + exchange.path.size() + exchange.priority.size();
  if (!take(exchanges_, bytes)) return std::nullopt;
  trace_.exchanges.push_back(std::move(exchange));
  return trace_.exchanges.size() - 1;
}

std::optional<std::size_t> TraceWriter::add(const trace::Segment& segment) {
  if (!take(events_, sizeof segment)) return std::nullopt;
  trace_.segments.push_back(segment);
  return trace_.segments.size() - 1;
}

void TraceWriter::add(const PlaintextPiece& piece) {
  if (!take(plaintext_, sizeof(trace::Plaintext) + piece.bytes.size())) return;
  const bool down = piece.direction == Direction::down;
  trace_.plaintext.push_back({.direction = piece.direction,
                              .sent = piece.sent,
                              .received = down ? std::nullopt : std::optional{piece.received},
                              .wire_end = piece.wire_end,
                              .bytes = std::string{text_of(piece.bytes)}});
  if (down) expect(piece.wire_end, {Expected::What::plaintext, trace_.plaintext.size() - 1});
}

void TraceWriter::add(const CongestionState& state) {
  std::optional<CongestionState>& last = congestion_[static_cast<std::size_t>(state.direction)];
  if (last && same_state(*last, state)) return;
  last = state;
  if (take(events_, sizeof state)) trace_.congestion.push_back(state);
}

void TraceWriter::expect(std::uint64_t wire_end, Expected expected) {
  if (const std::optional<Instant> at = landings_.landed_at(wire_end)) {
    return landed(expected, *at);
  }
  landings_.expect(wire_end, expected);
}

void TraceWriter::land(std::uint64_t wire_bytes, Instant at) {
  for (const Expected& each : landings_.land(wire_bytes, at)) landed(each, at);
}

void TraceWriter::landed(Expected expected, Instant at) {
  const std::size_t index = expected.index;
  switch (expected.what) {
    case Expected::What::plaintext:
      trace_.plaintext[index].received = at;
      return;
    case Expected::What::frame:
      trace_.frames[index].landed = at;
      return tell(News::What::frame_landed, index);
    case Expected::What::promise:
      trace_.exchanges[index].received = at;
      return;
    case Expected::What::first_byte:
      trace_.exchanges[index].first_byte_landed = at;
      return;
    case Expected::What::last_byte:
      trace_.exchanges[index].last_byte_landed = at;
      return tell(News::What::exchange_over, index);
  }
}

void TraceWriter::tell(News::What what, std::size_t index) {
  if (listener_) listener_(trace_, {what, index});
}

}  // namespace muxlab::server::tap
