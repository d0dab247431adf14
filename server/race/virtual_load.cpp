#include "server/race/virtual_load.h"

#include <algorithm>
#include <utility>

#include "common/link/simulated_link.h"
#include "common/tls/plain_channel.h"

namespace muxlab::server::race {
namespace {

using connection::Connection;
using connection::Verdict;

constexpr const char* authority = "localhost";

// RFC 8446 section 5.1: a record's length stands in its fourth and fifth byte. A change of cipher
// is written together with what follows it.
std::size_t first_record_bytes(Bytes output) {
  constexpr std::size_t header_bytes = 5;
  constexpr std::uint8_t change_cipher_spec = 20;
  std::size_t end = 0;
  bool goes_on = true;
  while (goes_on && end + header_bytes <= output.size()) {
    const Bytes record = output.subspan(end);
    goes_on = record[0] == change_cipher_spec;
    end += header_bytes + 256U * record[3] + record[4];
  }
  return end == 0 ? output.size() : end;
}

}  // namespace

VirtualLoad::VirtualLoad(const Host& host, Visitor visitor, const link::LineProfile& line,
                         link::Chance chance)
    : host_(host),
      choose_(dispatch::chooser(host.service, host.rules)),
      line_(std::make_shared<link::Line>(line, chance)),
      visitor_(std::move(visitor)),
      load_(visitor_.plan, visitor_.way, visitor_.identity, authority, now_) {}

VirtualLoad::~VirtualLoad() = default;

LoadOutcome VirtualLoad::run() {
  const Instant deadline = now_ + longest_load;
  open_connections();
  settle();
  for (auto next = next_event(); !load_.done() && next && *next <= deadline; next = next_event()) {
    step_to(*next);
    settle();
  }
  LoadOutcome outcome{.took = load_.finished_at().value_or(now_) - Instant{},
                      .connections = pairs_.size(),
                      .packets = line_->packets()};
  outcome.complete =
      load_.done() ? load_.outcome() : Failure{"the page was not whole within 600 s"};
  return outcome;
}

void VirtualLoad::open_connections() {
  while (now_ >= can_open_at_) {
    const std::optional<std::size_t> index = load_.open_next(now_);
    if (!index) return;
    can_open_at_ = now_ + visitor_.opening_takes;
    auto channel = host_.identity != nullptr ? host_.identity->accept()
                                             : std::make_unique<tls::PlainChannel>();
    auto link = std::make_unique<link::SimulatedLink>(line_, now_);
    ConnectionFacts facts;
    facts.id = link->id();
    pairs_.push_back(
        {.index = *index,
         .server = std::make_unique<Connection>(std::move(channel), std::move(facts), choose_,
                                                host_.limits, now_, std::move(link))});
  }
}

// Both ends of every connection speak until nothing moves any more at this instant. An answer that
// is whole lets other connections of the client take what waits, so all are asked again, and whom
// the line has changed need not be known: beside TLS, asking costs nothing.
void VirtualLoad::settle() {
  line_->take_changed();
  bool moved = true;
  while (moved) {
    moved = false;
    for (Pair& pair : pairs_) {
      if (!pair.over()) moved = move(pair) || moved;
    }
    open_connections();
  }
}

bool VirtualLoad::move(Pair& pair) {
  const bool up = !pair.client_closed && move_up(pair);
  Verdict client = Verdict::open;
  if (!pair.client_closed) client = load_.connection(pair.index).pump(now_);
  const bool sent = !pair.client_closed && move_up(pair);
  pair.server_verdict = pair.server->pump(now_);
  const bool down = move_down(pair);
  return close_ends(pair, client) || up || sent || down;
}

bool VirtualLoad::move_up(Pair& pair) {
  Connection& client = load_.connection(pair.index);
  bool moved = false;
  while (!client.output().empty() && pair.server->wants_input()) {
    const Bytes piece = next_write(pair, client.output().front());
    pair.server->receive(piece, now_);
    client.sent(piece.size(), now_);
    moved = true;
  }
  return moved;
}

Bytes VirtualLoad::next_write(Pair& pair, Bytes output) const {
  if (!visitor_.writes_records || visitor_.identity == nullptr) return output;
  if (pair.rest_of_write == 0) pair.rest_of_write = first_record_bytes(output);
  const Bytes piece = output.first(std::min(output.size(), pair.rest_of_write));
  pair.rest_of_write -= piece.size();
  return piece;
}

bool VirtualLoad::move_down(Pair& pair) {
  bool moved = false;
  while (!pair.server->output().empty()) {
    const Bytes piece = pair.server->output().front();
    if (!pair.client_closed) {
      Connection& client = load_.connection(pair.index);
      if (!client.wants_input()) return moved;
      client.receive(piece, now_);
      pair.server->sent(piece.size(), now_);
      client.pump(now_);
    } else {
      pair.server->sent(piece.size(), now_);
    }
    moved = true;
  }
  return moved;
}

// The client closes when it has said all, or when nobody is there any more to hear it.
bool VirtualLoad::close_ends(Pair& pair, Verdict client) {
  bool changed = false;
  const bool server_over = pair.server_verdict != Verdict::open && pair.server->output_over();
  if (server_over && !std::exchange(pair.client_told_end, true)) {
    changed = true;
    if (!pair.client_closed) load_.connection(pair.index).input_ended(now_);
  } else if (!pair.client_closed && client != Verdict::open &&
             (server_over || load_.connection(pair.index).output().empty())) {
    pair.client_closed = changed = true;
    load_.closed(pair.index, now_);
    pair.server->input_ended(now_);
  }
  return changed;
}

std::optional<Instant> VirtualLoad::next_event() {
  std::optional<Instant> next = line_->next_event();
  if (now_ < can_open_at_) next = earliest(next, can_open_at_);
  for (Pair& pair : pairs_) {
    if (!pair.over()) next = earliest(next, next_deadline(pair));
  }
  return next;
}

// Of both ends. One that is leaving has been told of those that have passed.
std::optional<Instant> VirtualLoad::next_deadline(Pair& pair) {
  std::optional<Instant> next = pair.server->next_event();
  if (pair.server_verdict != Verdict::open && next && *next <= now_) next.reset();
  if (pair.client_closed) return next;
  return earliest(next, load_.connection(pair.index).next_event());
}

void VirtualLoad::step_to(Instant when) {
  now_ = std::max(now_, when);
  line_->advance(now_);
  for (Pair& pair : pairs_) {
    if (pair.over()) continue;
    if (const auto due = pair.server->next_event(); due && *due <= now_) pair.server->advance(now_);
    if (pair.client_closed) continue;
    Connection& client = load_.connection(pair.index);
    if (const auto due = client.next_event(); due && *due <= now_) client.advance(now_);
  }
}

}  // namespace muxlab::server::race
