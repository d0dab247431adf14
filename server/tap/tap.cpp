#include "server/tap/tap.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/tap/http1_conversation.h"
#include "server/tap/http2_conversation.h"
#include "server/tap/moment.h"
#include "server/tap/protocol_decision.h"
#include "server/tap/segments.h"
#include "server/tap/trace_writer.h"

namespace muxlab::server::tap {
namespace {

// A sentence of what someone said in lower case and perhaps without its full stop.
std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  if (text.back() != '.') text += '.';
  return text;
}

}  // namespace

struct Tap::State {
  State(OwnTrace trace, const Listener& listener, const Divider& divider)
      : writer(std::move(trace), listener, divider), segments(writer) {}

  trace::ConnectionTrace& trace() { return *writer.trace(); }

  void take(Direction direction, Bytes bytes, const Moment& moment);
  void wait_for_protocol(Direction direction, Bytes bytes, const Moment& moment);
  void begin(Protocol protocol);
  void decode(Direction direction, Bytes bytes, const Moment& moment);
  void end(bool regularly);
  void give_up(std::string why);
  void begin_chapter();

  // What the client has said while it may still become HTTP/2's preface: at most so many pieces.
  struct Waiting {
    std::string bytes;
    Moment moment;
  };

  TraceWriter writer;
  Segments segments;
  std::vector<Waiting> waiting;
  std::variant<std::monostate, Http1Conversation, Http2Conversation> conversation;
  bool quiet = false;
};

// --- What a connection tells

Tap::Tap(OwnTrace trace, const Listener& listener, const Divider& divider)
    : state_(std::make_unique<State>(std::move(trace), listener, divider)) {}
Tap::~Tap() = default;

const OwnTrace& Tap::trace() const {
  return state_->writer.trace();
}

void Tap::begin_chapter() {
  state_->begin_chapter();
}

void Tap::opened(const ConnectionFacts& facts, Instant at) {
  state_->trace().facts = facts;
  state_->trace().opened = at;
  state_->writer.tell(News::What::opened);
}

void Tap::established(Direction direction, Instant greeted, Instant at) {
  state_->trace().greeted[static_cast<std::size_t>(direction)] = {greeted, at};
}

void Tap::secured(const TlsFacts& facts, Instant ready, Instant at) {
  trace::ConnectionTrace& trace = state_->trace();
  trace.facts.tls = facts;
  trace.ready = ready;
  trace.secured = at;
  trace.protocol = protocol_by_alpn(facts);
  state_->writer.tell(News::What::secured);
}

void Tap::plaintext(const PlaintextPiece& piece) {
  state_->writer.begin_piece(piece);
  state_->take(piece.direction, piece.bytes, moment_of(piece));
  state_->writer.end_piece();
}

void Tap::landed(std::uint64_t wire_bytes, Instant at) {
  state_->writer.land(wire_bytes, at);
}

void Tap::segment(const SegmentEvent& event) {
  state_->segments.happened(event);
}

void Tap::congestion(const CongestionState& state) {
  state_->writer.add(state);
}

void Tap::ended(EndedBy by, std::string_view why, Instant at) {
  trace::ConnectionTrace& trace = state_->trace();
  if (trace.closed) return;
  trace.closed = at;
  trace.closed_by = by;
  trace.closed_why = why;
  state_->end(by == EndedBy::server && why.empty());
  state_->writer.tell(News::What::closed);
}

// --- What is made of it

void Tap::State::take(Direction direction, Bytes bytes, const Moment& moment) {
  if (quiet || bytes.empty()) return;
  if (std::holds_alternative<std::monostate>(conversation)) {
    if (!trace().protocol) return wait_for_protocol(direction, bytes, moment);
    begin(*trace().protocol);
  }
  decode(direction, bytes, moment);
}

// A server that speaks first does not speak HTTP/2 here: it would wait for the preface as well.
void Tap::State::wait_for_protocol(Direction direction, Bytes bytes, const Moment& moment) {
  if (direction == Direction::down) {
    trace().protocol = Protocol::http11;
  } else {
    waiting.push_back({std::string{text_of(bytes)}, moment});
    std::string first;
    for (const Waiting& each : waiting) first += each.bytes;
    trace().protocol = protocol_by_first_bytes(first);
    if (!trace().protocol) return;
  }
  begin(*trace().protocol);
  for (const Waiting& each : std::exchange(waiting, {})) {
    decode(Direction::up, bytes_of(each.bytes), each.moment);
  }
  if (direction == Direction::down) decode(direction, bytes, moment);
}

void Tap::State::begin(Protocol protocol) {
  if (protocol == Protocol::http2) {
    conversation.emplace<Http2Conversation>(writer);
  } else {
    conversation.emplace<Http1Conversation>(writer);
  }
}

void Tap::State::decode(Direction direction, Bytes bytes, const Moment& moment) {
  if (quiet) return;
  Status decoded = Done{};
  if (auto* http2 = std::get_if<Http2Conversation>(&conversation)) {
    decoded = http2->take(direction, bytes, moment);
  } else if (auto* http1 = std::get_if<Http1Conversation>(&conversation)) {
    decoded = http1->take(direction, bytes, moment);
  }
  if (!decoded.ok()) give_up(decoded.failure().message);
}

void Tap::State::end(bool regularly) {
  if (quiet) return;
  if (auto* http2 = std::get_if<Http2Conversation>(&conversation)) http2->end();
  if (auto* http1 = std::get_if<Http1Conversation>(&conversation)) http1->end(regularly);
}

void Tap::State::begin_chapter() {
  if (auto* http2 = std::get_if<Http2Conversation>(&conversation)) {
    writer.begin_chapter(http2->beginning());
  } else if (auto* http1 = std::get_if<Http1Conversation>(&conversation)) {
    writer.begin_chapter(http1->beginning());
  } else {
    trace::Beginning beginning;  // nothing is decoded yet, or any more
    if (quiet) std::copy_n(trace().plain_bytes, 2, beginning.plain_begin);
    writer.begin_chapter(std::move(beginning));
  }
}

void Tap::State::give_up(std::string why) {
  quiet = true;
  if (auto* http2 = std::get_if<Http2Conversation>(&conversation)) http2->end();
  conversation = std::monostate{};
  trace().trouble = sentence(std::move(why));
  writer.tell(News::What::gave_up);
}

}  // namespace muxlab::server::tap
