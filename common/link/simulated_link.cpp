#include "common/link/simulated_link.h"

#include <algorithm>
#include <utility>

namespace muxlab::link {
namespace {

// While a connection's window is small a TLS record fills one packet, so that each packet that
// arrives can be opened; later the fewest records cost the least. Back to the small ones after a
// pause, when TCP begins anew as well. The figures are h2o's, but for the packet: TLS 1.2 adds up
// to 29 bytes.
constexpr std::size_t small_record_bytes = segment_bytes - 29;
constexpr std::uint64_t bytes_in_small_records = 64 * 1024;
constexpr Duration pause_before_small_records = 1s;

constexpr std::size_t server_unsent_bytes = 64 * 1024;

}  // namespace

SimulatedLink::SimulatedLink(std::shared_ptr<Line> line, Instant now, ConnectionObserver* observer)
    : line_(std::move(line)),
      id_(line_->connect(now, observer)),
      clock_(now),
      up_(line_->flow(id_, Direction::up)),
      down_(line_->flow(id_, Direction::down)) {}

SimulatedLink::~SimulatedLink() {
  line_->disconnect(id_);
}

void SimulatedLink::collect(Instant now) {
  const bool up_moved = up_.collect();
  const bool down_moved = down_.collect();
  if (down_.abandoned) down_.take(down_.landed.size(), now);
  if (up_moved || down_moved) clock_.moved(now);
  judge_the_line(now);
}

// The client can't act while the line takes nothing more from it; nor answer what is still under
// way to it. What has come and it doesn't take is its own affair.
void SimulatedLink::judge_the_line(Instant now) {
  const bool sends_all_it_can = !up_.over && !wants_input();
  const bool awaits_more = !down_.under_way.empty() && down_.landed.empty();
  clock_.hold(sends_all_it_can || awaits_more, now);
}

// --- The client's end.

void SimulatedLink::receive(Bytes wire, Instant now) {
  ByteQueue bytes;
  bytes.append(wire);
  up_.send(bytes, now);
  const std::uint64_t end = up_.landed_end + up_.under_way.size();
  if (end > up_.taken) clock_.sent(end, now);
  judge_the_line(now);
}

bool SimulatedLink::wants_input() const {
  return !up_.over && up_.flow.unsent_bytes() < client_unsent_bytes;
}

void SimulatedLink::end_input(Instant now) {
  up_.end(now);
}

void SimulatedLink::reset_input(Instant now) {
  up_.reset(now);
  down_.abandoned = true;
}

void SimulatedLink::sent(std::size_t count, Instant now) {
  down_.take(count, now);
  judge_the_line(now);
}

bool SimulatedLink::output_over() const {
  if (was_reset()) return true;  // nobody is there to hear it
  return down_.flow.was_reset() || (down_.flow.ended() && down_.landed.empty());
}

// --- The server's end.

void SimulatedLink::took(Instant now) {
  // Whoever opens the bytes has dropped them already.
  const std::uint64_t dropped = up_.landed_end - up_.taken - up_.landed.size();
  up_.taken += dropped;
  if (dropped == 0) return;
  up_.flow.read(dropped, now);
  clock_.taken(up_.taken, now);
  judge_the_line(now);
}

bool SimulatedLink::input_over() const {
  return up_.flow.ended() || up_.flow.was_reset();
}

bool SimulatedLink::was_reset() const {
  return up_.flow.was_reset();
}

std::size_t SimulatedLink::room() const {
  return down_.over || !departing_.empty() ? 0 : down_.flow.room();
}

void SimulatedLink::depart(Instant now) {
  if (departing_.empty()) return;
  if (now - last_departure_ > pause_before_small_records) departed_since_pause_ = 0;
  last_departure_ = now;
  departed_since_pause_ += departing_.size();
  clock_.answered(now);
  down_.send(departing_, now);
  judge_the_line(now);
}

bool SimulatedLink::congested() const {
  return down_.flow.unsent_bytes() + departing_.size() >= server_unsent_bytes;
}

void SimulatedLink::end_output(Instant now) {
  down_.end(now);
}

void SimulatedLink::reset_output(Instant now) {
  down_.reset(now);
}

bool SimulatedLink::underway() const {
  return !departing_.empty() || !down_.under_way.empty() || !down_.landed.empty();
}

std::size_t SimulatedLink::record_bytes(Instant now) const {
  const bool small = departed_since_pause_ < bytes_in_small_records ||
                     now - last_departure_ > pause_before_small_records;
  return small ? small_record_bytes : ByteQueue::block_bytes;
}

// --- One direction.

void SimulatedLink::Way::send(ByteQueue& bytes, Instant now) {
  const std::size_t count = bytes.size();
  if (over) return bytes.clear();
  carry(bytes, under_way, count);
  flow.send(count, now);
}

void SimulatedLink::Way::end(Instant now) {
  if (std::exchange(over, true)) return;
  flow.end(now);
}

void SimulatedLink::Way::reset(Instant now) {
  over = true;
  flow.reset(now);
}

bool SimulatedLink::Way::collect() {
  const std::uint64_t arrived = flow.arrived() - landed_end;
  if (arrived == 0) return false;
  carry(under_way, landed, arrived);
  landed_end += arrived;
  return true;
}

void SimulatedLink::Way::take(std::size_t count, Instant now) {
  landed.consume(count);
  taken += count;
  if (count > 0) flow.read(count, now);
}

}  // namespace muxlab::link
