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
                                   line::Driver* line, MutableBytes scratch,
                                   std::function<void()> ended)
    : loop_(loop),
      socket_(std::move(socket)),
      connection_(std::move(connection)),
      scratch_(scratch),
      ended_(std::move(ended)),
      readable_(
          loop.watch(socket_.descriptor(), net::Readiness::readable, [this] { on_readable(); })),
      writable_(
          loop.watch(socket_.descriptor(), net::Readiness::writable, [this] { turn(time()); })),
      line_(line) {
  writable_.disable();
}

// What happened on the line before now happens first.
Instant ServedConnection::time() {
  return line_ != nullptr ? line_->catch_up(loop_.now()) : loop_.now();
}

void ServedConnection::advance() {
  if (phase_ == Phase::lingering) end_if_over();
  if (phase_ == Phase::serving) on_due();
}

void ServedConnection::on_due() {
  const Instant now = loop_.now();
  const std::optional<Instant> due = connection_->next_event();
  if (!due || now < *due) return set_alarm();
  const Instant then = time();
  if (phase_ != Phase::serving) return;
  tell_acknowledged(then);
  connection_->advance(then);
  turn(then);
}

// Our kernel takes nothing more until a third of what it holds is gone, which may be megabytes. A
// client that reads slowly makes progress all the same.
void ServedConnection::tell_acknowledged(Instant now) {
  if (socket_lost_ || connection_->output().empty()) return;
  const std::uint64_t acknowledged = written_bytes_ - socket_.unacknowledged_bytes();
  const std::uint64_t before = std::exchange(acknowledged_bytes_, acknowledged);
  connection_->acknowledged(acknowledged - before, now);
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
  const Instant now = time();
  if (phase_ != Phase::serving) return;
  connection_->shut_down(now);
  turn(now);
}

void ServedConnection::cut() {
  if (phase_ == Phase::over) return;
  socket_.end_output();
  end();
}

void ServedConnection::on_readable() {
  const Instant now = time();
  if (phase_ == Phase::over || !connection_->wants_input()) return;
  const Transfer transfer = socket_.read(scratch_);
  if (phase_ == Phase::lingering) {
    if (transfer.kind == Transfer::Kind::blocked) return;
    if (transfer.kind == Transfer::Kind::failed) return end();
    linger_->took(transfer.bytes, loop_.now());
  }
  switch (transfer.kind) {
    case Transfer::Kind::moved:
      connection_->receive(scratch_.first(transfer.bytes), now);
      break;
    case Transfer::Kind::blocked:
      return;
    case Transfer::Kind::ended:
      peer_closed_ = true;
      connection_->input_ended(now);
      break;
    case Transfer::Kind::failed:
      lose_socket(now);
      break;
  }
  turn(now);
}

// The client is gone. The server's end learns it in the line's time; what is still under way to the
// client is lost.
void ServedConnection::lose_socket(Instant now) {
  peer_closed_ = socket_lost_ = true;
  readable_.disable();
  writable_.disable();
  connection_->input_reset(now);
}

void ServedConnection::turn(Instant now) {
  if (phase_ == Phase::lingering) return listen_on(now);
  if (phase_ != Phase::serving) return;
  bool more = true;
  for (int i = 0; more && i < writes_a_turn; ++i) {
    const Verdict verdict = connection_->pump(now);
    if (verdict == Verdict::abort) {
      if (connection_->abandons_output()) socket_.abandon_output();
      return end();
    }
    const bool had_output = !connection_->output().empty();
    write_output(now);
    more = had_output && (connection_->output().empty() || socket_lost_);
    if (verdict == Verdict::finish && connection_->output_over()) return linger(now);
  }
  // Output that is left, or may follow, waits until the socket takes it and the others had their
  // turn.
  if (!socket_lost_ && (more || !connection_->output().empty())) {
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
  if (line_ != nullptr) line_->moved();
}

void ServedConnection::write_output(Instant now) {
  const ByteQueue& output = connection_->output();
  if (output.empty()) return;
  if (socket_lost_) return connection_->sent(output.size(), now);
  const Transfer transfer = socket_.write(output);
  switch (transfer.kind) {
    case Transfer::Kind::moved:
      written_bytes_ += transfer.bytes;
      return connection_->sent(transfer.bytes, now);
    case Transfer::Kind::blocked:
      return;
    case Transfer::Kind::ended:
    case Transfer::Kind::failed:
      return lose_socket(now);
  }
}

void ServedConnection::linger(Instant now) {
  phase_ = Phase::lingering;
  linger_.emplace(loop_.now());
  delivery_.emplace(http::pace_allowance, loop_.now());
  undelivered_bytes_ = socket_.unacknowledged_bytes();
  socket_.end_output();
  writable_.disable();
  listen_on(now);
}

void ServedConnection::listen_on(Instant now) {
  connection_->pump(now);
  end_if_over();
  if (phase_ == Phase::over) return;
  const bool takes_more = !peer_closed_ && connection_->wants_input();
  linger_->wait_for_client(takes_more, loop_.now());
  if (takes_more) {
    readable_.enable();
  } else {
    readable_.disable();
  }
  if (line_ != nullptr) line_->moved();
}

// What our kernel still holds of the last answer has to be taken as fast as all before it. Were the
// socket closed, the kernel would go on by itself for as long as the client drips.
void ServedConnection::end_if_over() {
  constexpr std::size_t end_of_stream = 1;  // FIN counts as a byte
  const Instant now = loop_.now();
  const std::size_t left = socket_lost_ ? 0 : socket_.unacknowledged_bytes();
  if (left > end_of_stream) {
    const std::size_t before = std::exchange(undelivered_bytes_, left);
    delivery_->progressed(before > left ? before - left : 0, now);
    if (now < delivery_->deadline()) return;
    socket_.abandon_output();
    return end();
  }
  if (peer_closed_ || linger_->is_over(now)) end();
}

void ServedConnection::end() {
  phase_ = Phase::over;
  readable_.disable();
  writable_.disable();
  if (alarm_) alarm_->disable();
  ended_();
}

}  // namespace muxlab::server
