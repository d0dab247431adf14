// The list that a page load and its connections share: what waits is taken by whichever session can
// send next, and what becomes of it is noted here. Knows no protocol and reads no clock.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/fetch.h"
#include "client/page_plan.h"

namespace muxlab::client {

// Ten times what the largest demo page has.
inline constexpr std::size_t max_fetches = 10'000;

// How often a fetch may be turned away unread (REFUSED_STREAM, a GOAWAY that leaves it out) before
// it counts as failed.
inline constexpr int max_refusals = 3;

class FetchBoard {
 public:
  // The index waits at once. Needs a plan of at most max_fetches, the index included.
  FetchBoard(const PagePlan& plan, Instant now);

  // Takes the next that waits, to be sent now on `connection`; none when none waits.
  std::optional<FetchId> take(ConnectionId connection, Instant now);

  // Keeps the next that waits, if one does, for this connection, which is still being opened: it
  // takes that one first. Needs one that was promised none yet.
  void promise(ConnectionId connection);

  // What a session says of a fetch that it has taken. The end of a page that was answered with 2xx
  // makes its objects wait.
  void answer_began(FetchId id, int status, Instant now);
  void content_arrived(FetchId id, std::size_t bytes);
  void finish(FetchId id, Instant now);
  void fail(FetchId id, std::string_view why, Instant now);
  // It was surely not processed: it waits again, before all others.
  void put_back(FetchId id, std::string_view why, Instant now);

  // What a session says of its connection. Takes no more: what is under way goes on.
  void retire(ConnectionId connection);
  // Was closed: no more is taken, and what is under way there fails. A request without a byte of
  // answer waits again instead, on a connection that has answered others before: there a server may
  // have closed for idleness, and GET may be repeated (RFC 9112 section 9.3.1). That ends, because
  // each such connection has brought the load on.
  void lose(ConnectionId connection, std::string_view why, Instant now);

  // Gives up what waits.
  void abandon(std::string_view why, Instant now);

  // Without those that are promised.
  std::size_t waiting() const { return queue_.size(); }
  bool is_promised(ConnectionId connection) const;
  std::size_t under_way(ConnectionId connection) const;
  std::size_t done(ConnectionId connection) const;
  bool takes_more(ConnectionId connection) const;
  // Why it was lost; empty when it was not.
  std::string_view trouble(ConnectionId connection) const;

  // Every fetch is done or has failed; since when.
  bool settled() const { return settled_ == fetches_.size(); }
  std::optional<Instant> settled_at() const { return settled_at_; }
  std::size_t done() const { return done_; }

  const Fetch& operator[](FetchId id) const { return fetches_[id]; }
  const std::vector<Fetch>& all() const { return fetches_; }

 private:
  struct ConnectionRecord {
    std::size_t under_way = 0;
    std::size_t done = 0;
    std::optional<FetchId> promised;
    bool takes_more = true;
    std::string trouble;
  };

  Fetch& add(const std::string& path);
  ConnectionRecord& record(ConnectionId connection);
  const ConnectionRecord* find_record(ConnectionId connection) const;
  Fetch& leave_connection(FetchId id);
  void wait_again(Fetch& fetch);
  void settle(Fetch& fetch, Fetch::Outcome outcome, Instant now);
  void give_up(Fetch& fetch, std::string_view why, Instant now);
  void discover_what_is_in(const Fetch& page, Instant now);

  std::vector<Fetch> fetches_;
  std::deque<FetchId> queue_;  // of those that wait
  std::vector<ConnectionRecord> connections_;
  std::size_t undiscovered_ = 0;
  std::size_t done_ = 0;
  std::size_t settled_ = 0;
  std::optional<Instant> settled_at_;
};

}  // namespace muxlab::client
