#include "server/served_connection.h"

#include <utility>

namespace muxlab::server {
namespace {

using connection::Verdict;
using net::Transfer;

// How often one connection may fill and send its output before the others get their turn: 256 KiB.
constexpr int writes_a_turn = 8;

}  // namespace

ServedConnection::ServedConnection(net::EventLoop& loop, net::Socket socket,
                                   std::unique_ptr<connection::Connection> connection,
                                   MutableBytes scratch, std::function<void()> ended)
    : loop_(loop),
      socket_(std::move(socket)),
      connection_(std::move(connection)),
      scratch_(scratch),
      ended_(std::move(ended)),
      readable_(
          loop.watch(socket_.descriptor(), net::Readiness::readable, [this] { on_readable(); })),
      writable_(loop.watch(socket_.descriptor(), net::Readiness::writable, [this] { turn(); })) {
  writable_.disable();
}

void ServedConnection::advance() {
  if (phase_ == Phase::lingering && loop_.now() >= linger_deadline_) return end();
  if (phase_ == Phase::serving) on_due();
}

void ServedConnection::on_due() {
  const Instant now = loop_.now();
  const std::optional<Instant> due = connection_->next_event();
  if (!due || now < *due) return set_alarm();
  connection_->advance(now);
  turn();
}

// For what is due before the next tick. What is overdue waits for that: its time has come already,
// and nothing came of it.
void ServedConnection::set_alarm() {
  const Instant now = loop_.now();
  const std::optional<Instant> due = connection_->next_event();
  if (!due || *due <= now || *due > now + coarse_tick) return;
  if (!alarm_) {
    alarm_ = loop_.once([this] {
      if (phase_ == Phase::serving) on_due();
    });
  }
  alarm_->enable_at(*due);
}

void ServedConnection::shut_down() {
  if (phase_ != Phase::serving) return;
  connection_->shut_down(loop_.now());
  turn();
}

void ServedConnection::on_readable() {
  if (phase_ == Phase::lingering) return discard_input();
  const Transfer transfer = socket_.read(scratch_);
  switch (transfer.kind) {
    case Transfer::Kind::moved:
      connection_->receive(scratch_.first(transfer.bytes), loop_.now());
      break;
    case Transfer::Kind::blocked:
      return;
    case Transfer::Kind::ended:
      peer_closed_ = true;
      connection_->input_ended(loop_.now());
      break;
    case Transfer::Kind::failed:
      return end();
  }
  turn();
}

void ServedConnection::turn() {
  bool more = true;
  for (int i = 0; more && i < writes_a_turn; ++i) {
    const Verdict verdict = connection_->pump(loop_.now());
    if (verdict == Verdict::abort) return end();
    const bool had_output = !connection_->output().empty();
    if (!write_output()) return;
    more = had_output && connection_->output().empty();
    if (verdict == Verdict::finish && connection_->output().empty()) return linger();
  }
  // Output that is left, or may follow, waits until the socket takes it and the others had their
  // turn.
  if (more || !connection_->output().empty()) {
    writable_.enable();
  } else {
    writable_.disable();
  }
  if (!peer_closed_ && connection_->wants_input()) {
    readable_.enable();
  } else {
    readable_.disable();
  }
  set_alarm();
}

// False when the connection is gone.
bool ServedConnection::write_output() {
  if (connection_->output().empty()) return true;
  const Transfer transfer = socket_.write(connection_->output());
  switch (transfer.kind) {
    case Transfer::Kind::moved:
      connection_->sent(transfer.bytes, loop_.now());
      return true;
    case Transfer::Kind::blocked:
      return true;
    case Transfer::Kind::ended:
    case Transfer::Kind::failed:
      end();
      return false;
  }
  return true;
}

void ServedConnection::linger() {
  if (peer_closed_) return end();
  phase_ = Phase::lingering;
  linger_deadline_ = loop_.now() + linger_timeout;
  socket_.end_output();
  writable_.disable();
  readable_.enable();
}

void ServedConnection::discard_input() {
  const Transfer transfer = socket_.read(scratch_);
  if (transfer.kind == Transfer::Kind::blocked) return;
  discarded_bytes_ += transfer.bytes;
  if (transfer.kind != Transfer::Kind::moved || discarded_bytes_ > linger_bytes) end();
}

void ServedConnection::end() {
  phase_ = Phase::over;
  readable_.disable();
  writable_.disable();
  if (alarm_) alarm_->disable();
  ended_();
}

}  // namespace muxlab::server
