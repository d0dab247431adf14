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

}  // namespace

TraceWriter::TraceWriter(OwnTrace trace, const Tap::Listener& listener, const Tap::Divider& divider)
    : trace_(std::move(trace)), listener_(listener), divider_(divider) {}

bool TraceWriter::take(Share& share, std::size_t bytes) {
  share.full = share.full || bytes > share.most - share.used;
  if (share.full) {
    ++trace_->dropped;
    return false;
  }
  share.used += bytes;
  trace_->held_bytes += bytes;
  return true;
}

std::optional<std::size_t> TraceWriter::add(trace::Frame&& frame) {
  if (!take(events_, sizeof frame + std::visit(DetailSize{}, frame.detail))) {
    tell_frame(News::What::frame, frame, std::nullopt);
    return std::nullopt;
  }
  const std::size_t number = firsts_.frames + trace_->frames.size();
  trace_->frames.push_back(std::move(frame));
  tell_frame(News::What::frame, trace_->frames.back(), number);
  const trace::Frame& kept = trace_->frames.back();
  if (kept.direction == Direction::down) expect(kept.wire_end, {Expected::What::frame, number});
  return number;
}

std::size_t TraceWriter::add(trace::Exchange&& exchange) {
  const std::size_t number = exchanges_++;
  keep(number, std::move(exchange));
  return number;
}

void TraceWriter::keep(std::size_t number, trace::Exchange&& exchange) {
  const std::size_t bytes =
      sizeof exchange + exchange.method.size() + exchange.path.size() + exchange.priority.size();
  if (take(exchange_share_, bytes)) {
    if (number < firsts_.exchanges) taken_over_.emplace(number, trace_->exchanges.size());
    trace_->exchanges.push_back(std::move(exchange));
  } else {
    loosen(number, std::move(exchange));
  }
}

void TraceWriter::loosen(std::size_t number, trace::Exchange&& exchange) {
  if (loose_.size() >= most_loose_exchanges) {
    loose_.erase(loose_.begin());
    ++trace_->dropped;
  }
  for (std::string* const text : {&exchange.method, &exchange.path}) {
    text->resize(std::min(text->size(), most_loose_text_bytes));
    text->shrink_to_fit();
  }
  loose_.insert_or_assign(number, std::move(exchange));
}

std::optional<std::size_t> TraceWriter::add(const trace::Segment& segment) {
  if (!take(events_, sizeof segment)) return std::nullopt;
  trace_->segments.push_back(segment);
  return firsts_.segments + trace_->segments.size() - 1;
}

void TraceWriter::begin_piece(const PlaintextPiece& piece) {
  piece_ = &piece;
  of_piece_ = 0;
  last_seen_ = std::max(last_seen_, piece.received);
}

void TraceWriter::end_piece() {
  add_of_piece(piece_->bytes.size() - of_piece_);
  piece_ = nullptr;
}

// So many more of its bytes.
void TraceWriter::add_of_piece(std::size_t bytes) {
  if (bytes == 0) return;
  const PlaintextPiece& piece = *piece_;
  const auto direction = static_cast<std::size_t>(piece.direction);
  const Bytes part = piece.bytes.subspan(of_piece_, bytes);
  of_piece_ += bytes;
  const std::uint64_t left = piece.bytes.size() - of_piece_;
  trace_->wire_bytes[direction] =
      std::max(trace_->wire_bytes[direction], piece.wire_end - std::min(piece.wire_end, left));
  trace_->plain_bytes[direction] += bytes;
  const bool down = piece.direction == Direction::down;
  add({.direction = piece.direction,
       .sent = piece.sent,
       .received = down ? std::nullopt : std::optional{piece.received},
       .wire_end = piece.wire_end,
       .bytes = std::string{text_of(part)}});
}

void TraceWriter::add(trace::Plaintext&& piece) {
  if (!take(plaintext_, sizeof piece + piece.bytes.size())) return;
  const std::size_t number = firsts_.plaintext + trace_->plaintext.size();
  trace_->plaintext.push_back(std::move(piece));
  const trace::Plaintext& kept = trace_->plaintext.back();
  if (!kept.received) expect(kept.wire_end, {Expected::What::plaintext, number});
}

void TraceWriter::add(const CongestionState& state) {
  std::optional<CongestionState>& last = congestion_[static_cast<std::size_t>(state.direction)];
  if (last && same_state(*last, state)) return;
  last = state;
  if (take(events_, sizeof state)) trace_->congestion.push_back(state);
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

// Chapters between those that are held may be gone.
template <typename Item>
Item* TraceWriter::numbered(ListOf<Item> items, FirstOf first, std::size_t number) const {
  if (number >= firsts_.*first) return &((*trace_).*items)[number - firsts_.*first];
  const auto past = std::find_if(past_.rbegin(), past_.rend(),
                                 [&](const Past& each) { return number >= each.firsts.*first; });
  const OwnTrace held = past == past_.rend() ? nullptr : past->trace.lock();
  if (held == nullptr) return nullptr;
  const std::size_t place = number - past->firsts.*first;
  return place < ((*held).*items).size() ? &((*held).*items)[place] : nullptr;
}

trace::Frame* TraceWriter::frame(std::size_t number) {
  return numbered(&trace::ConnectionTrace::frames, &Firsts::frames, number);
}
trace::Exchange* TraceWriter::exchange(std::size_t number) {
  if (const auto place = place_of(number)) return &trace_->exchanges[*place];
  const auto loose = loose_.find(number);
  return loose == loose_.end() ? nullptr : &loose->second;
}
std::optional<std::size_t> TraceWriter::place_of(std::size_t exchange) const {
  const auto known = taken_over_.find(exchange);
  if (known != taken_over_.end()) return known->second;
  if (exchange < firsts_.exchanges) return std::nullopt;
  const std::size_t place = taken_over_.size() + exchange - firsts_.exchanges;
  return place < trace_->exchanges.size() ? std::optional{place} : std::nullopt;
}
trace::Segment* TraceWriter::segment(std::size_t number) {
  return numbered(&trace::ConnectionTrace::segments, &Firsts::segments, number);
}

// --- Chapters

void TraceWriter::begin_chapter(trace::Beginning beginning) {
  const OwnTrace old = trace_;
  for (const std::size_t direction : {0, 1}) {
    const bool within =
        piece_ != nullptr && static_cast<std::size_t>(piece_->direction) == direction;
    const std::uint64_t seen = old->plain_bytes[direction];
    // A piece is the old chapter's up to where the new one begins.
    if (within && beginning.plain_begin[direction] > seen) {
      add_of_piece(static_cast<std::size_t>(beginning.plain_begin[direction] - seen));
    }
  }
  std::erase_if(past_, [](const Past& each) { return each.trace.expired(); });
  past_.push_back({old, firsts_});
  firsts_ = {.frames = firsts_.frames + old->frames.size(),
             .exchanges = exchanges_,
             .segments = firsts_.segments + old->segments.size(),
             .plaintext = firsts_.plaintext + old->plaintext.size()};
  for (Share* const share : {&plaintext_, &events_, &exchange_share_}) {
    share->used = 0;
    share->full = false;
  }
  for (auto& last : congestion_) last.reset();

  trace_ = std::make_shared<trace::ConnectionTrace>();
  trace_->facts = old->facts;
  trace_->lane = old->lane;
  trace_->on_a_line = old->on_a_line;
  trace_->protocol = old->protocol;
  trace_->opened = old->opened;
  std::copy(std::begin(old->greeted), std::end(old->greeted), std::begin(trace_->greeted));
  trace_->ready = old->ready;
  trace_->secured = old->secured;
  trace_->trouble = old->trouble;
  beginning.at = piece_ == nullptr ? last_seen_ : piece_->sent;
  for (const std::size_t direction : {0, 1}) {
    trace_->wire_bytes[direction] = beginning.wire_bytes[direction] = old->wire_bytes[direction];
    trace_->plain_bytes[direction] = beginning.plain_bytes[direction] = old->plain_bytes[direction];
  }
  beginning.all_landed = old->wire_bytes[0] == 0 || landings_.landed_at(old->wire_bytes[0]);
  for (const trace::DynamicTable& table : beginning.tables) {
    trace_->held_bytes += table.state().bytes;
  }
  trace_->beginning = std::move(beginning);
  take_over_exchanges(*old);
  take_over_plaintext(*old, Direction::down);
  take_over_plaintext(*old, Direction::up);
  trace_->beginning->held_bytes = trace_->held_bytes;
}

void TraceWriter::take_over_exchanges(const trace::ConnectionTrace& old) {
  std::map<std::size_t, trace::Exchange> open = std::exchange(loose_, {});
  const auto before = std::exchange(taken_over_, {});
  const auto note = [&](std::size_t number, std::size_t place) {
    if (!is_over(old.exchanges[place])) open.insert_or_assign(number, old.exchanges[place]);
  };
  for (const auto& [number, place] : before) note(number, place);
  for (std::size_t place = before.size(); place < old.exchanges.size(); ++place) {
    note(past_.back().firsts.exchanges + place - before.size(), place);
  }
  for (auto& [number, exchange] : open) keep(number, std::move(exchange));
}

// The bytes of frames that are not whole: a chapter has all bytes of all its frames. Where the old
// one had no room for them, they are missing here too.
void TraceWriter::take_over_plaintext(const trace::ConnectionTrace& old, Direction direction) {
  trace::Beginning& beginning = *trace_->beginning;
  std::uint64_t& begin = beginning.plain_begin[static_cast<std::size_t>(direction)];
  const std::uint64_t seen = trace_->plain_bytes[static_cast<std::size_t>(direction)];
  std::uint64_t at = old.plain_begin(direction);
  std::uint64_t taken = 0;
  for (const trace::Plaintext& piece : old.plaintext) {
    if (piece.direction != direction) continue;
    const std::uint64_t end = at + piece.bytes.size();
    if (end > begin) {
      trace::Plaintext part = piece;
      part.bytes.erase(0, static_cast<std::size_t>(std::max(begin, at) - at));
      taken += part.bytes.size();
      beginning.at = std::min(beginning.at, part.sent);
      add(std::move(part));
    }
    at = end;
  }
  if (begin + taken >= seen) return;
  begin = seen;
  ++trace_->dropped;
}

void TraceWriter::landed(Expected expected, Instant at) {
  const std::size_t number = expected.index;
  switch (expected.what) {
    case Expected::What::plaintext:
      if (trace::Plaintext* const piece =
              numbered(&trace::ConnectionTrace::plaintext, &Firsts::plaintext, number)) {
        piece->received = at;
      }
      return;
    case Expected::What::frame:
      if (trace::Frame* const known = frame(number)) {
        known->landed = at;
        if (number >= firsts_.frames) tell_frame(News::What::frame_landed, *known, number);
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
      news.kept = place_of(*number).has_value();
      news.index = place_of(*number).value_or(0);
      break;
    case News::What::segment_lost:
      news.kept = number && *number >= firsts_.segments;
      if (news.kept) news.index = *number - firsts_.segments;
      break;
    case News::What::frame:
    case News::What::frame_landed:  // by tell_frame()
    case News::What::opened:
    case News::What::secured:
    case News::What::gave_up:
    case News::What::closed:
      break;
  }
  listener_(*trace_, news);
}

void TraceWriter::tell_over(std::size_t number) {
  tell(News::What::exchange_over, number);
  loose_.erase(number);
}

void TraceWriter::tell_frame(News::What what, const trace::Frame& frame,
                             std::optional<std::size_t> number) {
  if (!listener_) return;
  listener_(*trace_, {.what = what,
                      .index = number ? *number - firsts_.frames : 0,
                      .kept = number.has_value(),
                      .frame = &frame});
}

}  // namespace muxlab::server::tap
