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

}  // namespace

VirtualLoad::VirtualLoad(const Host& host, Visitor visitor, const link::LineProfile& line)
    : choose_(dispatch::chooser(host.service, host.rules)),
      host_(host),
      line_(std::make_shared<link::Line>(line)),
      visitor_(std::move(visitor)),
      load_(visitor_.plan, visitor_.way, visitor_.identity, authority, now_) {}

VirtualLoad::~VirtualLoad() = default;

LoadOutcome VirtualLoad::run() {
  const Instant deadline = now_ + longest_load;
  open_connections();
  settle();
  while (!load_.done()) {
    const std::optional<Instant> next = next_event();
    if (!next || *next > deadline) break;
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
  while (const std::optional<std::size_t> index = load_.open_next(now_)) {
    auto channel = host_.identity != nullptr ? host_.identity->accept()
                                             : std::make_unique<tls::PlainChannel>();
    auto link = std::make_unique<link::SimulatedLink>(line_, now_);
    const link::ConnectionId line_id = link->id();
    ConnectionFacts facts;
    facts.id = line_id;
    pairs_.push_back(
        {.index = *index,
         .line_id = line_id,
         .server = std::make_unique<Connection>(std::move(channel), std::move(facts), choose_,
                                                host_.limits, now_, std::move(link))});
  }
}

// Both ends of every connection speak until nothing moves any more at this instant. An answer that
// is whole lets other connections of the client take what waits, so all are asked again.
void VirtualLoad::settle() {
  line_->take_changed();
  bool moved = true;
  while (moved) {
    moved = false;
    for (Pair& pair : pairs_) {
      if (!pair.over) moved = move(pair) || moved;
    }
    open_connections();
  }
}

bool VirtualLoad::move(Pair& pair) {
  const bool up = !pair.client_closed && move_up(pair);
  Verdict client = Verdict::open;
  if (!pair.client_closed) client = load_.connection(pair.index).pump(now_);
  const bool sent = !pair.client_closed && move_up(pair);
  const Verdict server = pair.server->pump(now_);
  const bool down = move_down(pair);
  return close_ends(pair, client, server) || up || sent || down;
}

bool VirtualLoad::move_up(Pair& pair) {
  Connection& client = load_.connection(pair.index);
  bool moved = false;
  while (!client.output().empty() && pair.server->wants_input()) {
    const Bytes piece = client.output().front();
    pair.server->receive(piece, now_);
    client.sent(piece.size(), now_);
    moved = true;
  }
  return moved;
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

bool VirtualLoad::close_ends(Pair& pair, Verdict client, Verdict server) {
  bool changed = false;
  if (!pair.client_closed && client != Verdict::open &&
      load_.connection(pair.index).output().empty()) {
    pair.client_closed = changed = true;
    load_.closed(pair.index, now_);
    pair.server->input_ended(now_);
  }
  if (server != Verdict::open && pair.server->output_over()) {
    pair.over = changed = true;
    if (!pair.client_closed) load_.connection(pair.index).input_ended(now_);
  }
  return changed;
}

std::optional<Instant> VirtualLoad::next_event() const {
  std::optional<Instant> next = line_->next_event();
  for (const Pair& pair : pairs_) {
    if (!pair.over) next = earliest(next, pair.server->next_event());
  }
  return next;
}

void VirtualLoad::step_to(Instant when) {
  now_ = std::max(now_, when);
  line_->advance(now_);
  for (Pair& pair : pairs_) {
    if (pair.over) continue;
    if (const auto due = pair.server->next_event(); due && *due <= now_) pair.server->advance(now_);
  }
}

}  // namespace muxlab::server::race
