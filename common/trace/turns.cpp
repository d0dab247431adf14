#include "common/trace/turns.h"

#include <algorithm>
#include <set>

#include "common/base/pulled_late.h"
#include "common/trace/analysis.h"

namespace muxlab::trace {
namespace {

// Bytes of one frame that were written at once.
struct Write {
  Instant at;
  std::uint64_t wire_end;
  std::uint64_t bytes;
  std::optional<std::size_t> exchange;
};

bool is_of_an_exchange(const Frame& frame) {
  switch (frame.type) {
    case FrameType::data:
    case FrameType::headers:
    case FrameType::continuation:
    case FrameType::push_promise:
    case FrameType::response_head:
    case FrameType::body:
    case FrameType::chunk:
      return true;
    case FrameType::priority:
    case FrameType::rst_stream:
    case FrameType::settings:
    case FrameType::ping:
    case FrameType::goaway:
    case FrameType::window_update:
    case FrameType::altsvc:
    case FrameType::origin:
    case FrameType::priority_update:
    case FrameType::unknown:
    case FrameType::preface:
    case FrameType::request_head:
      return false;
  }
  return false;
}

// Goes along the pieces in which plaintext went down: a frame may lie in several, a piece may hold
// several frames.
class Writes {
 public:
  explicit Writes(const ConnectionTrace& connection)
      : connection_(connection),
        exchanges_(exchanges_by_stream(connection)),
        piece_begin_(connection.plain_begin(Direction::down)) {
    for (const Frame& frame : connection.frames) {
      if (frame.direction == Direction::down) add(frame);
    }
  }
  std::vector<Write> take() { return std::move(writes_); }

 private:
  void add(const Frame& frame) {
    const auto exchange = exchanges_.find(frame.stream);
    const bool has_one = is_of_an_exchange(frame) && exchange != exchanges_.end();
    const auto whose = has_one ? std::optional{exchange->second} : std::nullopt;
    std::uint64_t begin = frame.plain_begin;
    while (begin < frame.plain_end && reach(begin)) {
      const Plaintext& piece = connection_.plaintext[piece_];
      const std::uint64_t end = std::min(frame.plain_end, piece_begin_ + piece.bytes.size());
      writes_.push_back({piece.sent, piece.wire_end, end - begin, whose});
      begin = end;
    }
    // Frames are kept longer than their bytes.
    if (begin == frame.plain_begin) {
      writes_.push_back({frame.written, frame.wire_end, frame.plain_end - begin, whose});
    }
  }
  // False: the piece with this byte was not kept.
  bool reach(std::uint64_t byte) {
    while (piece_ < connection_.plaintext.size()) {
      const Plaintext& piece = connection_.plaintext[piece_];
      const bool down = piece.direction == Direction::down;
      if (down && byte < piece_begin_ + piece.bytes.size()) return byte >= piece_begin_;
      if (down) piece_begin_ += piece.bytes.size();
      ++piece_;
    }
    return false;
  }

  const ConnectionTrace& connection_;
  const std::unordered_map<std::uint32_t, std::size_t> exchanges_;
  std::size_t piece_ = 0;
  std::uint64_t piece_begin_;
  std::vector<Write> writes_;
};

// When a line's sender had sent so many wire bytes that it took more. Asked for ever more of them.
class SenderProgress {
 public:
  explicit SenderProgress(const ConnectionTrace& connection) : connection_(connection) {}

  Instant took_more_after(std::uint64_t written_wire_bytes) {
    const auto& segments = connection_.segments;
    while (written_wire_bytes > sent_ + sender_takes_more_below_bytes && next_ < segments.size()) {
      const Segment& segment = segments[next_++];
      if (segment.direction != Direction::down) continue;
      sent_ = std::max(sent_, segment.offset + segment.length);
      at_ = segment.sent;
    }
    return at_;
  }

 private:
  const ConnectionTrace& connection_;
  std::size_t next_ = 0;
  std::uint64_t sent_ = 0;
  Instant at_ = Instant::min();
};

// All that was written at one instant, to which the sender was open at once.
struct Batch {
  std::size_t begin;
  std::size_t end;
};

class Turns {
 public:
  explicit Turns(const ConnectionTrace& connection)
      : on_a_line_(connection.on_a_line),
        progress_(connection),
        writes_(Writes{connection}.take()) {}

  std::vector<Turn> take() {
    for (Batch batch{0, 0}; batch.begin < writes_.size(); batch.begin = batch.end) {
      while (batch.end < writes_.size() && writes_[batch.end].at == writes_[batch.begin].at) {
        ++batch.end;
      }
      share(batch, full_until(batch));
    }
    return std::move(turns_);
  }

 private:
  Instant full_until(Batch batch) {
    const Write& last = writes_[batch.end - 1];
    for (std::size_t index = batch.begin; index < batch.end; ++index) {
      if (writes_[index].exchange) begun_.insert(*writes_[index].exchange);
    }
    const bool at_the_end = batch.end == writes_.size();
    const Instant next = at_the_end ? last.at : writes_[batch.end].at;
    if (next - last.at < shortest_wait) return next;
    if (on_a_line_) return std::clamp(progress_.took_more_after(last.wire_end), last.at, next);
    const auto& next_exchange = writes_[batch.end].exchange;
    return next_exchange && begun_.contains(*next_exchange) ? next : last.at;
  }

  // The bytes leave in their order, so each has its part of the time.
  void share(Batch batch, Instant until) {
    std::uint64_t left = 0;
    for (std::size_t i = batch.begin; i < batch.end; ++i) left += writes_[i].bytes;
    Instant from = writes_[batch.begin].at;
    for (std::size_t i = batch.begin; i < batch.end; ++i) {
      const Write& write = writes_[i];
      const double part =
          left == 0 ? 0 : static_cast<double>(write.bytes) / static_cast<double>(left);
      left -= write.bytes;
      const auto long_ = static_cast<double>((until - from).count()) * part;
      const Instant to = left == 0 ? until : from + Duration{static_cast<Duration::rep>(long_)};
      turns_.push_back({from, to, write.bytes, write.exchange});
      from = to;
    }
  }

  const bool on_a_line_;
  SenderProgress progress_;
  const std::vector<Write> writes_;
  std::set<std::size_t> begun_;
  std::vector<Turn> turns_;
};

}  // namespace

std::vector<Turn> turns_of(const ConnectionTrace& connection) {
  return Turns{connection}.take();
}

std::unordered_map<std::uint32_t, std::size_t> exchanges_by_stream(
    const ConnectionTrace& connection) {
  std::unordered_map<std::uint32_t, std::size_t> by_stream;
  for (std::size_t index = 0; index < connection.exchanges.size(); ++index) {
    by_stream.emplace(connection.exchanges[index].stream, index);
  }
  return by_stream;
}

}  // namespace muxlab::trace
