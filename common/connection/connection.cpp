#include "common/connection/connection.h"

#include <array>
#include <utility>

namespace muxlab::connection {

Connection::Connection(std::unique_ptr<tls::Channel> channel, ConnectionFacts facts,
                       const SessionChooser& choose, const Limits& limits, Instant now)
    : channel_(std::move(channel)),
      facts_(std::move(facts)),
      choose_(choose),
      limits_(limits),
      setup_deadline_(now + limits.setup_timeout) {}

void Connection::receive(Bytes wire) {
  input_.append(wire);
  channel_drained_ = false;
}

Verdict Connection::pump(Instant now) {
  // Output after every piece of input: nothing that a peer sends can pile up answers beyond one
  // piece's.
  while (output_.size() < send_ahead_bytes && take_input(now)) give_output(now);
  give_output(now);
  tell_input_ended(now);
  if (!output_.empty() && !write_stalled_since_) write_stalled_since_ = now;
  return verdict();
}

// Opens one piece of input and delivers it. False when there is nothing to take, or nobody to take
// it.
bool Connection::take_input(Instant now) {
  if (channel_drained_ || aborted_) return false;
  if (session_ && (session_->finished() || !session_->wants_input())) return false;
  std::array<std::uint8_t, ByteQueue::block_bytes> room;
  Result<std::size_t> opened = channel_->open(input_, room, output_);
  if (!opened.ok()) {
    fail(opened.failure().message);
    return false;
  }
  const bool was_without_session = !session_;
  if (!session_ && channel_->state() != tls::Channel::State::handshaking) choose_session(now);
  // Less than there was room for is all there is, unless the channel has something else to tell.
  channel_drained_ =
      opened.value() < room.size() && channel_->state() != tls::Channel::State::failed;
  if (opened.value() == 0) return was_without_session && session_ != nullptr;
  deliver(Bytes{room}.first(opened.value()), now);
  return true;
}

void Connection::choose_session(Instant now) {
  if (!facts_.tls) facts_.tls = channel_->facts();
  session_ = choose_(facts_, bytes_of(first_plaintext_), now);
  if (session_ && shutting_down_) session_->shut_down(now);
}

void Connection::deliver(Bytes plaintext, Instant now) {
  if (!session_) {
    first_plaintext_.append(text_of(plaintext));
    choose_session(now);
    if (!session_) return;
    plaintext = bytes_of(first_plaintext_);
  }
  const Status received = session_->receive(plaintext, now);
  first_plaintext_ = {};
  if (!received.ok()) fail(received.failure().message);
}

void Connection::give_output(Instant now) {
  const bool failed = channel_->state() == tls::Channel::State::failed;  // open() will say why
  if (!session_ || aborted_ || failed) return;
  ByteQueue plaintext;
  while (output_.size() < send_ahead_bytes) {
    if (session_->produce(plaintext, send_ahead_bytes - output_.size(), now) == 0) return;
    const Status sealed = channel_->seal(plaintext, output_);
    if (!sealed.ok()) return fail(sealed.failure().message);
  }
}

void Connection::tell_input_ended(Instant now) {
  const bool ended = (input_over_ && input_.empty() && channel_drained_) ||
                     channel_->state() == tls::Channel::State::input_ended;
  if (!ended || input_end_told_) return;
  input_end_told_ = true;
  if (!session_) return;
  session_->input_ended(now);
  give_output(now);
}

Verdict Connection::verdict() {
  if (aborted_) {
    // A TLS alert may still tell the peer what was wrong.
    return output_.empty() ? Verdict::abort : Verdict::finish;
  }
  const bool over = session_ ? session_->finished() : (input_end_told_ || shutting_down_);
  if (!over) return Verdict::open;
  channel_->close(output_);
  return Verdict::finish;
}

void Connection::sent(std::size_t count, Instant now) {
  output_.consume(count);
  if (output_.empty()) {
    write_stalled_since_.reset();
  } else if (count > 0) {
    write_stalled_since_ = now;
  }
}

void Connection::advance(Instant now) {
  if (write_stalled_since_ && now >= *write_stalled_since_ + limits_.write_stall_timeout) {
    output_.clear();
    return fail("the peer takes no bytes");
  }
  if (session_) return session_->advance(now);
  if (now >= setup_deadline_) fail("no request before the setup timeout");
}

std::optional<Instant> Connection::next_event() const {
  std::optional<Instant> next = session_ ? session_->next_event() : setup_deadline_;
  if (write_stalled_since_) {
    next = earliest(next, *write_stalled_since_ + limits_.write_stall_timeout);
  }
  return next;
}

void Connection::shut_down(Instant now) {
  shutting_down_ = true;
  if (session_ && !session_->finished()) session_->shut_down(now);
}

void Connection::fail(std::string why) {
  aborted_ = true;
  trouble_ = std::move(why);
}

}  // namespace muxlab::connection
