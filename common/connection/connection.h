// One connection, from wire bytes to session and back. pump() is the one function that sees every
// row: it takes what the link delivered, opens it, hands it to the session, pulls the session's
// output, seals it and lets it depart. Works on byte queues alone, so that the same code runs over
// a socket and over nothing. Knows no protocol.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/byte_queue.h"
#include "common/base/connection_facts.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/connection/wire_watch.h"
#include "common/http/pace.h"
#include "common/http/session.h"
#include "common/link/direct_link.h"
#include "common/tls/channel.h"

namespace muxlab::connection {

// Decides by the handshake's facts and the first plaintext which dialect is spoken; null: not
// enough seen yet. The facts outlive the session.
using SessionChooser = std::function<std::unique_ptr<http::Session>(
    const ConnectionFacts& facts, Bytes first_plaintext, Instant now)>;

struct Limits {
  // From the accept until the dialect is known: TLS handshake and, in cleartext, the first bytes.
  Duration setup_timeout = 10s;
  // How long the peer may take none of the bytes that wait for it; http::Pace says how slow it may
  // be all in all.
  Duration write_stall_timeout = 30s;
};

enum class Verdict {
  open,    // go on
  finish,  // send what is left in output() until output_over(), then close
  abort,   // close now
};

class Connection {
 public:
  // `choose` must stay valid while the connection lives, and so must the observer, if there is one.
  Connection(std::unique_ptr<tls::Channel> channel, ConnectionFacts facts,
             const SessionChooser& choose, const Limits& limits, Instant now,
             std::unique_ptr<link::Link> link = std::make_unique<link::DirectLink>(),
             ConnectionObserver* observer = nullptr);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Wire bytes from the peer's end of the link. All are taken; pass more only while wants_input().
  void receive(Bytes wire, Instant now) {
    if (watch_) watch_->entered(wire.size(), now);
    link_->receive(wire, now);
  }
  bool wants_input() const { return link_->wants_input(); }
  // The peer has closed its direction; or it is gone.
  void input_ended(Instant now) { link_->end_input(now); }
  void input_reset(Instant now) { link_->reset_input(now); }

  // Moves everything that can be moved now, in both directions.
  Verdict pump(Instant now);

  // The wire bytes that have come to the peer's end of the link, to be sent there, and the news
  // that the first `count` of them are on their way.
  const ByteQueue& output() const { return link_->output(); }
  void sent(std::size_t count, Instant now);
  // The peer's kernel has acknowledged so many of the bytes sent: known only to whoever has the
  // socket, and asked before an advance() that may end the connection for its peer's slowness.
  void acknowledged(std::size_t count, Instant now);
  // After finish: all has been sent, and the peer may be told that nothing follows.
  bool output_over() const { return link_->output_over(); }

  // Timeouts. What advance() causes shows at the next pump().
  void advance(Instant now);
  std::optional<Instant> next_event() const;

  // Drain: the session finishes what it has begun.
  void shut_down(Instant now);

  const ConnectionFacts& facts() const { return facts_; }
  // When aborted: what the peer has not taken must not be sent any more.
  bool abandons_output() const { return owed_ == Farewell::reset; }
  // Why it ended, where something went wrong; for a log.
  const std::string& trouble() const { return trouble_; }

 private:
  // What the link has been told of our end, each in its turn.
  enum class Farewell { none, ended, reset };

  bool take_input(Instant now);
  bool speak_cleartext();
  void drop_input(Instant now);
  void choose_session(Instant now);
  void deliver(Bytes plaintext, Instant now);
  void give_output(Instant now);
  Status seal(ByteQueue& plaintext, Instant now);
  Status seal_watched(ByteQueue& plaintext, std::size_t record_bytes, Instant now);
  void tell_input_ended(Instant now);
  void watch_pace(Instant now);
  void excuse_what_the_line_delays(Instant now);
  void tell_landed(Instant now);
  void tell_ended(Instant now);
  Verdict judge(Instant now);
  void leave(Farewell farewell, Instant now);
  void fail(std::string why, Farewell farewell = Farewell::none);

  std::unique_ptr<link::Link> link_;
  std::unique_ptr<tls::Channel> channel_;
  ConnectionFacts facts_;
  const SessionChooser& choose_;
  const Limits limits_;
  std::optional<WireWatch> watch_;  // where somebody observes

  std::string first_plaintext_;  // until a session is chosen
  std::unique_ptr<http::Session> session_;

  bool channel_drained_ = false;  // nothing to open until more wire bytes come
  bool input_end_told_ = false;   // no more wire bytes will come, and the session knows
  bool shutting_down_ = false;
  bool aborted_ = false;
  Farewell owed_ = Farewell::none;  // when aborted
  Farewell said_ = Farewell::none;
  std::string trouble_;

  Instant setup_deadline_;
  std::optional<http::Pace> pace_;  // of the peer, while bytes wait for it
  Duration excused_{};              // how far the client's time lies behind ours, as told before
};

}  // namespace muxlab::connection
