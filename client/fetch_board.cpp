#include "client/fetch_board.h"

#include <cassert>
#include <string>
#include <utility>

namespace muxlab::client {
namespace {

using Outcome = Fetch::Outcome;

bool is_success(int status) {
  return status >= 200 && status <= 299;
}

}  // namespace

FetchBoard::FetchBoard(const PagePlan& plan, Instant now) {
  assert(plan.objects.size() < max_fetches);
  fetches_.reserve(plan.objects.size() + 1);
  const FetchId index = add(plan.index).id;
  for (const PlannedFetch& planned : plan.objects) {
    Fetch& object = add(planned.path);
    object.priority = planned.priority;
    object.found_in = index;
    ++undiscovered_;
  }
  fetches_[index].outcome = Outcome::waiting;
  fetches_[index].queued = now;
  queue_.push_back(index);
}

Fetch& FetchBoard::add(const std::string& path) {
  Fetch& fetch = fetches_.emplace_back();
  fetch.id = fetches_.size() - 1;
  fetch.path = path;
  return fetch;
}

// The way of a fetch ------------------------------------------------------------------------------

std::optional<FetchId> FetchBoard::take(ConnectionId connection, Instant now) {
  if (!record(connection).promised) promise(connection);
  const std::optional<FetchId> taken = std::exchange(record(connection).promised, std::nullopt);
  if (!taken) return std::nullopt;
  Fetch& fetch = fetches_[*taken];
  fetch.outcome = Outcome::under_way;
  fetch.connection = connection;
  fetch.sent = now;
  ++fetch.attempts;
  ++record(connection).under_way;
  return fetch.id;
}

void FetchBoard::promise(ConnectionId connection) {
  assert(!is_promised(connection));
  if (queue_.empty()) return;
  record(connection).promised = queue_.front();
  queue_.pop_front();
}

void FetchBoard::answer_began(FetchId id, int status, Instant now) {
  assert(fetches_[id].outcome == Outcome::under_way);
  fetches_[id].status = status;
  fetches_[id].first_byte = now;
}

void FetchBoard::content_arrived(FetchId id, std::size_t bytes) {
  assert(fetches_[id].outcome == Outcome::under_way);
  fetches_[id].body_bytes += bytes;
}

void FetchBoard::finish(FetchId id, Instant now) {
  Fetch& fetch = leave_connection(id);
  ++record(*fetch.connection).done;
  ++done_;
  fetch.last_byte = now;
  settle(fetch, Outcome::done, now);
  discover_what_is_in(fetch, now);
}

void FetchBoard::fail(FetchId id, std::string_view why, Instant now) {
  give_up(leave_connection(id), why, now);
}

void FetchBoard::put_back(FetchId id, std::string_view why, Instant now) {
  Fetch& fetch = leave_connection(id);
  if (++fetch.refusals >= max_refusals) return give_up(fetch, why, now);
  wait_again(fetch);
}

void FetchBoard::wait_again(Fetch& fetch) {
  fetch.outcome = Outcome::waiting;
  fetch.sent.reset();
  fetch.first_byte.reset();
  fetch.status = 0;
  fetch.body_bytes = 0;
  queue_.push_front(fetch.id);
}

Fetch& FetchBoard::leave_connection(FetchId id) {
  Fetch& fetch = fetches_[id];
  assert(fetch.outcome == Outcome::under_way);
  --record(*fetch.connection).under_way;
  return fetch;
}

void FetchBoard::settle(Fetch& fetch, Outcome outcome, Instant now) {
  fetch.outcome = outcome;
  ++settled_;
  if (settled()) settled_at_ = now;
}

void FetchBoard::discover_what_is_in(const Fetch& page, Instant now) {
  if (undiscovered_ == 0) return;
  for (Fetch& fetch : fetches_) {
    if (fetch.found_in != page.id) continue;
    --undiscovered_;
    if (is_success(page.status)) {
      fetch.outcome = Outcome::waiting;
      fetch.queued = now;
      queue_.push_back(fetch.id);
    } else {
      give_up(fetch, "its page was answered " + std::to_string(page.status), now);
    }
  }
}

// It failed, and with it what only it would have named.
void FetchBoard::give_up(Fetch& fetch, std::string_view why, Instant now) {
  fetch.trouble = why;
  settle(fetch, Outcome::failed, now);
  if (undiscovered_ == 0) return;
  for (Fetch& other : fetches_) {
    if (other.found_in != fetch.id) continue;
    --undiscovered_;
    give_up(other, "its page did not arrive", now);
  }
}

void FetchBoard::abandon(std::string_view why, Instant now) {
  while (!queue_.empty()) {
    Fetch& fetch = fetches_[queue_.front()];
    queue_.pop_front();
    give_up(fetch, why, now);
  }
}

// The connections ---------------------------------------------------------------------------------

void FetchBoard::retire(ConnectionId connection) {
  record(connection).takes_more = false;
}

void FetchBoard::lose(ConnectionId connection, std::string_view why, Instant now) {
  ConnectionRecord& lost = record(connection);
  lost.takes_more = false;
  if (lost.trouble.empty()) lost.trouble = why;
  if (lost.promised) queue_.push_front(*std::exchange(lost.promised, std::nullopt));
  // From the last to the first, so that those put back keep their order.
  for (auto fetch = fetches_.rbegin(); fetch != fetches_.rend() && lost.under_way > 0; ++fetch) {
    if (fetch->outcome != Outcome::under_way || fetch->connection != connection) continue;
    if (lost.done > 0 && !fetch->first_byte) {
      wait_again(leave_connection(fetch->id));
    } else {
      fail(fetch->id, why, now);
    }
  }
}

std::size_t FetchBoard::under_way(ConnectionId connection) const {
  const ConnectionRecord* const known = find_record(connection);
  return known != nullptr ? known->under_way : 0;
}

std::size_t FetchBoard::done(ConnectionId connection) const {
  const ConnectionRecord* const known = find_record(connection);
  return known != nullptr ? known->done : 0;
}

bool FetchBoard::is_promised(ConnectionId connection) const {
  const ConnectionRecord* const known = find_record(connection);
  return known != nullptr && known->promised;
}

bool FetchBoard::takes_more(ConnectionId connection) const {
  const ConnectionRecord* const known = find_record(connection);
  return known == nullptr || known->takes_more;
}

std::string_view FetchBoard::trouble(ConnectionId connection) const {
  const ConnectionRecord* const known = find_record(connection);
  return known != nullptr ? std::string_view{known->trouble} : std::string_view{};
}

FetchBoard::ConnectionRecord& FetchBoard::record(ConnectionId connection) {
  if (connection >= connections_.size()) connections_.resize(connection + 1);
  return connections_[connection];
}

const FetchBoard::ConnectionRecord* FetchBoard::find_record(ConnectionId connection) const {
  return connection < connections_.size() ? &connections_[connection] : nullptr;
}

}  // namespace muxlab::client
