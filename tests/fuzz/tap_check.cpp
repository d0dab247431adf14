#include "tests/fuzz/tap_check.h"

#include <algorithm>

#include "tests/support/trace_text.h"
#include "tests/support/watched.h"

namespace muxlab::test {
namespace {

constexpr std::size_t head_bytes = 2;
constexpr std::size_t piece_head_bytes = 3;

// How much of a piece is told at once, the next time: from a byte to some hundred.
class Cuts {
 public:
  explicit Cuts(std::uint8_t pattern) : state_(pattern) {}
  std::size_t next() {
    state_ = state_ * 1103515245U + 12345U;
    const std::size_t most = std::size_t{1} << ((state_ >> 20U) % 9);
    return 1 + (state_ >> 8U) % most;
  }

 private:
  std::uint32_t state_;
};

void secure(Watched& watched, std::uint8_t choice) {
  switch (static_cast<TalkProtocol>(choice & 3U)) {
    case TalkProtocol::http2:
      return watched.secure("h2");
    case TalkProtocol::http11:
      return watched.secure("http/1.1");
    case TalkProtocol::cleartext:
      return;
  }
}

void say_cut(Watched& watched, Direction direction, Bytes piece, Cuts* cuts) {
  watched.begin_record(direction, piece.size());
  while (!piece.empty()) {
    const std::size_t count = cuts == nullptr ? piece.size() : std::min(piece.size(), cuts->next());
    watched.tell(direction, text_of(piece.first(count)));
    piece = piece.subspan(count);
  }
}

void watch(Bytes talk, Watched& watched, bool whole) {
  if (talk.size() < head_bytes) return;
  secure(watched, talk[0]);
  Cuts cuts{talk[1]};
  talk = talk.subspan(head_bytes);
  while (talk.size() > piece_head_bytes) {
    const std::uint8_t how = talk[0];
    const std::size_t length = std::size_t{talk[1]} << 8U | talk[2];
    talk = talk.subspan(piece_head_bytes);
    const Bytes piece = talk.first(std::min(length, talk.size()));
    talk = talk.subspan(piece.size());
    if ((how & landed_before) != 0) watched.land();
    const Direction direction = (how & piece_goes_up) != 0 ? Direction::up : Direction::down;
    say_cut(watched, direction, piece, whole ? nullptr : &cuts);
  }
  watched.end();
  watched.land();
}

std::string fault_in_trace(const Watched& watched) {
  const trace::ConnectionTrace& trace = watched.trace;
  if (trace.held_bytes > trace::most_bytes_a_connection) return "the trace is larger than allowed";
  const std::size_t gave_up = watched.told(server::tap::News::What::gave_up);
  if (gave_up != (trace.trouble.empty() ? 0U : 1U)) return "giving up was not told once";
  std::uint64_t last[2] = {};
  for (const trace::Frame& frame : trace.frames) {
    std::uint64_t& end = last[static_cast<std::size_t>(frame.direction)];
    if (frame.plain_begin != end) return "frames leave bytes out, or share some";
    end = frame.plain_end;
    if (!frame.landed) return "a frame never landed";
  }
  for (const std::size_t direction : {0U, 1U}) {
    if (last[direction] > trace.plain_bytes[direction]) return "frames hold more than was said";
  }
  return "";
}

}  // namespace

std::string talk_head(TalkProtocol protocol, std::uint8_t cut) {
  return {static_cast<char>(protocol), static_cast<char>(cut)};
}

std::string talk_piece(Direction direction, std::string_view bytes) {
  const char how = direction == Direction::up ? piece_goes_up : 0;
  std::string piece{how, static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size())};
  return piece.append(bytes);
}

std::string fault_in_tap(Bytes talk) {
  Watched whole;
  watch(talk, whole, true);
  Watched cut;
  watch(talk, cut, false);
  if (text_of_trace(whole.trace) != text_of_trace(cut.trace)) {
    return "cut, the talk gives another trace:\n" + text_of_trace(cut.trace) + "\nand not\n" +
           text_of_trace(whole.trace);
  }
  std::string fault = fault_in_trace(whole);
  return fault.empty() ? fault_in_trace(cut) : fault;
}

void watch_talk(Bytes talk, trace::ConnectionTrace& trace) {
  Watched watched;
  watch(talk, watched, true);
  trace = std::move(watched.trace);
}

}  // namespace muxlab::test
