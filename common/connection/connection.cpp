#include "common/connection/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/tls/plain_channel.h"

namespace muxlab::connection {

Connection::Connection(std::unique_ptr<tls::Channel> channel, ConnectionFacts facts,
                       const SessionChooser& choose, const Limits& limits, Instant now,
                       std::unique_ptr<link::Link> link, ConnectionObserver* observer)
    : link_(std::move(link)),
      channel_(std::move(channel)),
      facts_(std::move(facts)),
      choose_(choose),
      limits_(limits),
      setup_deadline_(now + limits.setup_timeout) {
  if (observer != nullptr) watch_.emplace(*observer, facts_, now);
}

Verdict Connection::pump(Instant now) {
  link_->collect(now);
  excuse_what_the_line_delays(now);
  tell_landed(now);
  // Output after every piece of input: nothing that a peer sends can pile up answers beyond one
  // piece's.
  const auto may_take = [this] {
    return !link_->congested() || (session_ && session_->drops_input());
  };
  while (may_take() && take_input(now)) give_output(now);
  give_output(now);
  tell_input_ended(now);
  link_->depart(now);
  if (link_->was_reset()) fail("the peer has reset the connection", Farewell::reset);
  const Verdict verdict = judge(now);
  if (said_ != Farewell::none) drop_input(now);
  watch_pace(now);
  excuse_what_the_line_delays(now);
  return verdict;
}

// Opens one piece of input and delivers it. False when there is nothing to take, or nobody to take
// it.
bool Connection::take_input(Instant now) {
  ByteQueue& input = link_->arrived();
  if ((channel_drained_ && input.empty()) || aborted_ || said_ != Farewell::none) return false;
  if (session_ && (session_->finished() || !session_->wants_input())) return false;
  std::array<std::uint8_t, ByteQueue::block_bytes> room;
  const std::size_t waiting = input.size();
  const std::size_t departing = link_->departing().size();
  Result<std::size_t> opened = channel_->open(input, room, link_->departing());
  if (watch_) {
    watch_->opened(waiting - input.size());
    watch_->departed(link_->departing().size() - departing);
  }
  link_->took(now);
  if (channel_->state() == tls::Channel::State::cleartext) return speak_cleartext();
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
  const Bytes plaintext = Bytes{room}.first(opened.value());
  if (watch_) watch_->received(plaintext, now);
  deliver(plaintext, now);  // told as late as it is
  excuse_what_the_line_delays(now);
  return true;
}

// Whoever speaks no TLS can be told so only without it.
bool Connection::speak_cleartext() {
  channel_ = std::make_unique<tls::PlainChannel>();
  facts_.missed_tls = true;
  return true;
}

// All has been said. What the peer still sends has to arrive all the same, in the line's time: a
// peer that sends all before it reads sees our last word only then.
void Connection::drop_input(Instant now) {
  ByteQueue& input = link_->arrived();
  if (watch_) watch_->opened(input.size());
  input.clear();
  link_->took(now);
}

void Connection::choose_session(Instant now) {
  if (!facts_.tls) {
    facts_.tls = channel_->facts();
    if (facts_.tls && watch_) watch_->secured(*facts_.tls, now);
  }
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
  if (!session_ || aborted_ || failed || said_ != Farewell::none) return;
  link_->depart(now);  // what the channel said by itself goes first, and leaves room again
  ByteQueue plaintext;
  while (const std::size_t room = link_->room()) {
    if (session_->produce(plaintext, room, now) == 0) return;
    const Status sealed = seal(plaintext, now);
    if (!sealed.ok()) return fail(sealed.failure().message);
    link_->depart(now);
  }
}

Status Connection::seal(ByteQueue& plaintext, Instant now) {
  const std::size_t record_bytes = link_->record_bytes(now);
  if (watch_) return seal_watched(plaintext, record_bytes, now);
  return channel_->seal(plaintext, link_->departing(), record_bytes);
}

// Record by record, so that the observer learns where each ends on the wire.
Status Connection::seal_watched(ByteQueue& plaintext, std::size_t record_bytes, Instant now) {
  while (!plaintext.empty()) {
    const Bytes front = plaintext.front();
    const Bytes piece = front.first(std::min(front.size(), record_bytes));
    ByteQueue record;
    record.append(piece);
    const std::size_t departing = link_->departing().size();
    const Status sealed = channel_->seal(record, link_->departing(), record_bytes);
    if (!sealed.ok()) return sealed;
    watch_->departed(link_->departing().size() - departing);
    watch_->written(piece, now);
    plaintext.consume(piece.size());
  }
  return Done{};
}

void Connection::tell_input_ended(Instant now) {
  const bool ended = (link_->input_over() && link_->arrived().empty() && channel_drained_) ||
                     channel_->state() == tls::Channel::State::input_ended;
  if (!ended || input_end_told_) return;
  input_end_told_ = true;
  if (!session_) return;
  session_->input_ended(now);
  give_output(now);
}

// Begins when bytes, or the news that nothing follows, wait for the peer, and ends when it has
// taken all that there is.
void Connection::watch_pace(Instant now) {
  const bool farewell_waits = said_ != Farewell::none && !link_->output_over();
  if (!link_->underway() && !farewell_waits) {
    pace_.reset();
  } else if (!pace_) {
    pace_.emplace(limits_.write_stall_timeout, now);
  }
}

// Every wait for the client is counted in the client's time: link_->client_lag().
void Connection::excuse_what_the_line_delays(Instant now) {
  const Duration lag = link_->client_lag(now);
  const Duration more = lag - std::exchange(excused_, lag);
  if (more == Duration::zero()) return;
  setup_deadline_ += more;
  if (pace_) pace_->excuse(more);
  if (session_) session_->excuse(more);
}

void Connection::tell_landed(Instant now) {
  if (watch_) watch_->landed(link_->landed_bytes(), now);
}

void Connection::tell_ended(Instant now) {
  if (!watch_) return;
  const bool by_client = link_->was_reset() || (!aborted_ && input_end_told_);
  watch_->ended(by_client ? EndedBy::client : EndedBy::server, trouble_, now);
}

Verdict Connection::judge(Instant now) {
  if (aborted_) {
    tell_ended(now);
    // A TLS alert may still tell the peer what was wrong; once it has, there is no reset behind it.
    const bool says_something = link_->underway() || said_ == Farewell::ended;
    leave(says_something ? std::max(owed_, Farewell::ended) : Farewell::reset, now);
    return link_->output_over() ? Verdict::abort : Verdict::finish;
  }
  const bool over = session_ ? session_->finished() : (input_end_told_ || shutting_down_);
  if (!over) return Verdict::open;
  tell_ended(now);
  channel_->close(link_->departing());
  leave(Farewell::ended, now);
  return Verdict::finish;
}

void Connection::leave(Farewell farewell, Instant now) {
  if (farewell <= said_) return;
  said_ = farewell;
  link_->depart(now);
  farewell == Farewell::reset ? link_->reset_output(now) : link_->end_output(now);
}

void Connection::sent(std::size_t count, Instant now) {
  link_->sent(count, now);
  tell_landed(now);
  if (pace_) pace_->progressed(count, now);
}

void Connection::acknowledged(std::size_t count, Instant now) {
  if (pace_) pace_->progressed(count, now);
}

void Connection::advance(Instant now) {
  excuse_what_the_line_delays(now);
  if (pace_ && now >= pace_->deadline()) {
    pace_.reset();
    return fail("the peer takes its bytes too slowly", Farewell::reset);
  }
  if (aborted_) return;
  if (session_) return session_->advance(now);
  if (now >= setup_deadline_) fail("no request before the setup timeout");
}

std::optional<Instant> Connection::next_event() const {
  std::optional<Instant> next;
  if (!aborted_) next = session_ ? session_->next_event() : setup_deadline_;
  if (pace_) next = earliest(next, pace_->deadline());
  return next;
}

void Connection::shut_down(Instant now) {
  shutting_down_ = true;
  if (session_ && !session_->finished()) session_->shut_down(now);
}

void Connection::fail(std::string why, Farewell farewell) {
  aborted_ = true;
  owed_ = std::max(owed_, farewell);
  trouble_ = std::move(why);
}

}  // namespace muxlab::connection
