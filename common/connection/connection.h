// One connection, from wire bytes to session and back. pump() is the one function that sees every
// row: it opens what came in, hands it to the session, pulls the session's output and seals it.
// Works on byte queues alone, so that the same code runs over a socket and over nothing. Knows no
// protocol.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/byte_queue.h"
#include "common/base/connection_facts.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/http/session.h"
#include "common/tls/channel.h"

namespace muxlab::connection {

// Decides by the handshake's facts and the first plaintext which dialect is spoken; null: not
// enough seen yet. The facts outlive the session.
using SessionChooser = std::function<std::unique_ptr<http::Session>(
    const ConnectionFacts& facts, Bytes first_plaintext, Instant now)>;

struct Limits {
  // From the accept until the dialect is known: TLS handshake and, in cleartext, the first bytes.
  Duration setup_timeout = 10s;
  // How long the peer may take none of the bytes that wait for it.
  Duration write_stall_timeout = 30s;
};

// The session is pulled until this much waits to be sent: enough for a write to be worth its system
// call, little enough that a more important answer is not stuck behind it.
inline constexpr std::size_t send_ahead_bytes = 32 * 1024;

enum class Verdict {
  open,    // go on
  finish,  // send what is left in output(), then close
  abort,   // close now
};

class Connection {
 public:
  // `choose` must stay valid while the connection lives.
  Connection(std::unique_ptr<tls::Channel> channel, ConnectionFacts facts,
             const SessionChooser& choose, const Limits& limits, Instant now);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Wire bytes arrived. All are taken; pass more only while wants_input().
  void receive(Bytes wire);
  bool wants_input() const { return input_.empty() && !input_over_; }
  // The peer has closed its direction.
  void input_ended() { input_over_ = true; }

  // Moves everything that can be moved now, in both directions.
  Verdict pump(Instant now);

  // The wire bytes to send, and the news that the first `count` of them are on their way.
  const ByteQueue& output() const { return output_; }
  void sent(std::size_t count, Instant now);

  // Timeouts. What advance() causes shows at the next pump().
  void advance(Instant now);
  std::optional<Instant> next_event() const;

  // Drain: the session finishes what it has begun.
  void shut_down(Instant now);

  const ConnectionFacts& facts() const { return facts_; }
  // Why it ended, where something went wrong; for a log.
  const std::string& trouble() const { return trouble_; }

 private:
  bool take_input(Instant now);
  void choose_session(Instant now);
  void deliver(Bytes plaintext, Instant now);
  void give_output(Instant now);
  void tell_input_ended(Instant now);
  Verdict verdict();
  void fail(std::string why);

  std::unique_ptr<tls::Channel> channel_;
  ConnectionFacts facts_;
  const SessionChooser& choose_;
  const Limits limits_;

  ByteQueue input_;              // wire bytes that the channel has not opened yet
  ByteQueue output_;             // wire bytes that wait to be sent
  std::string first_plaintext_;  // until a session is chosen
  std::unique_ptr<http::Session> session_;

  bool channel_drained_ = false;  // nothing to open until more wire bytes come
  bool input_over_ = false;       // no more wire bytes will come
  bool input_end_told_ = false;   // and the session knows
  bool shutting_down_ = false;
  bool aborted_ = false;
  std::string trouble_;

  Instant setup_deadline_;
  std::optional<Instant> write_stalled_since_;
};

}  // namespace muxlab::connection
