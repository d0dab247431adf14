#include "server/tap/trace_writer.h"

#include <algorithm>
#include <string>
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

// Nothing more will be said of it.
bool is_over(const trace::Exchange& exchange) {
  return exchange.complete ? exchange.last_byte_landed.has_value() : exchange.error.has_value();
}

template <typename Item>
Item* numbered(std::vector<Item>& items, std::size_t forgotten, std::size_t number) {
  return number < forgotten ? nullptr : &items[number - forgotten];
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
  if (!take(events_, sizeof frame + std::visit(DetailSize{}, frame.detail))) {
    tell_frame(News::What::frame, frame, std::nullopt);
    return std::nullopt;
  }
  const std::size_t number = forgotten_.frames + trace_.frames.size();
  trace_.frames.push_back(std::move(frame));
  tell_frame(News::What::frame, trace_.frames.back(), number);
  const trace::Frame& kept = trace_.frames.back();
  if (kept.direction == Direction::down) expect(kept.wire_end, {Expected::What::frame, number});
  return number;
}

std::size_t TraceWriter::add(trace::Exchange&& exchange) {
  const std::size_t number = exchanges_++;
  const std::size_t bytes =
      sizeof exchange + exchange.method.size() + exchange.path.size() + exchange.priority.size();
  if (take(exchange_share_, bytes)) {
    trace_.exchanges.push_back(std::move(exchange));
  } else {
    loosen(number, std::move(exchange));
  }
  return number;
}

void TraceWriter::loosen(std::size_t number, trace::Exchange&& exchange) {
  if (loose_.size() >= most_loose_exchanges) {
    loose_.erase(loose_.begin());
    ++trace_.dropped;
  }
  for (std::string* const text : {&exchange.method, &exchange.path}) {
    text->resize(std::min(text->size(), most_loose_text_bytes));
    text->shrink_to_fit();
  }
  loose_.insert_or_assign(number, std::move(exchange));
}

std::optional<std::size_t> TraceWriter::add(const trace::Segment& segment) {
  if (!take(events_, sizeof segment)) return std::nullopt;
  trace_.segments.push_back(segment);
  return forgotten_.segments + trace_.segments.size() - 1;
}

void TraceWriter::add(const PlaintextPiece& piece) {
  if (!take(plaintext_, sizeof(trace::Plaintext) + piece.bytes.size())) return;
  const bool down = piece.direction == Direction::down;
  trace_.plaintext.push_back({.direction = piece.direction,
                              .sent = piece.sent,
                              .received = down ? std::nullopt : std::optional{piece.received},
                              .wire_end = piece.wire_end,
                              .bytes = std::string{text_of(piece.bytes)}});
  const std::size_t number = forgotten_.plaintext + trace_.plaintext.size() - 1;
  if (down) expect(piece.wire_end, {Expected::What::plaintext, number});
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

trace::Frame* TraceWriter::frame(std::size_t number) {
  return numbered(trace_.frames, forgotten_.frames, number);
}
trace::Exchange* TraceWriter::exchange(std::size_t number) {
  if (is_kept(number)) return &trace_.exchanges[number - forgotten_.exchanges];
  const auto loose = loose_.find(number);
  return loose == loose_.end() ? nullptr : &loose->second;
}
bool TraceWriter::is_kept(std::size_t exchange) const {
  return exchange >= forgotten_.exchanges &&
         exchange - forgotten_.exchanges < trace_.exchanges.size();
}
trace::Segment* TraceWriter::segment(std::size_t number) {
  return numbered(trace_.segments, forgotten_.segments, number);
}

void TraceWriter::forget() {
  std::size_t number = forgotten_.exchanges;
  for (trace::Exchange& exchange : std::exchange(trace_.exchanges, {})) {
    if (!is_over(exchange)) loosen(number, std::move(exchange));
    ++number;
  }
  forgotten_.exchanges = exchanges_;
  forgotten_.frames += std::exchange(trace_.frames, {}).size();
  forgotten_.segments += std::exchange(trace_.segments, {}).size();
  forgotten_.plaintext += std::exchange(trace_.plaintext, {}).size();
  trace_.congestion = {};
  trace_.held_bytes = 0;
  for (Share* const share : {&plaintext_, &events_, &exchange_share_}) {
    share->used = 0;
    share->full = false;
  }
}

void TraceWriter::landed(Expected expected, Instant at) {
  const std::size_t number = expected.index;
  switch (expected.what) {
    case Expected::What::plaintext:
      if (trace::Plaintext* const piece =
              numbered(trace_.plaintext, forgotten_.plaintext, number)) {
        piece->received = at;
      }
      return;
    case Expected::What::frame:
      if (trace::Frame* const known = frame(number)) {
        known->landed = at;
        tell_frame(News::What::frame_landed, *known, number);
      }
      return;
    case Expected::What::promise:
      if (trace::Exchange* const known = exchange(number)) known->received = at;
      return;
    case Expected::What::first_byte:
      if (trace::Exchange* const known = exchange(number)) known->first_byte_landed = at;
      return;
    case Expected::What::last_byte:
      if (trace::Exchange* const known = exchange(number)) {
        known->last_byte_landed = at;
        tell_over(number);
      }
      return;
  }
}

void TraceWriter::tell(News::What what, std::optional<std::size_t> number) {
  if (!listener_) return;
  News news{.what = what};
  switch (what) {
    case News::What::request:
    case News::What::answered:
    case News::What::exchange_over:
      news.exchange = exchange(*number);
      news.kept = is_kept(*number);
      if (news.kept) news.index = *number - forgotten_.exchanges;
      break;
    case News::What::segment_lost:
      news.kept = number.has_value();
      if (news.kept) news.index = *number - forgotten_.segments;
      break;
    case News::What::frame:
    case News::What::frame_landed:  // by tell_frame()
    case News::What::opened:
    case News::What::secured:
    case News::What::gave_up:
    case News::What::closed:
      break;
  }
  listener_(trace_, news);
}

void TraceWriter::tell_over(std::size_t number) {
  tell(News::What::exchange_over, number);
  loose_.erase(number);
}

void TraceWriter::tell_frame(News::What what, const trace::Frame& frame,
                             std::optional<std::size_t> number) {
  if (!listener_) return;
  listener_(trace_, {.what = what,
                     .index = number ? *number - forgotten_.frames : 0,
                     .kept = number.has_value(),
                     .frame = &frame});
}

}  // namespace muxlab::server::tap
