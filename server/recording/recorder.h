// The taps of the lab's connections and what they have seen. Owns both, until a connection has left
// and nobody holds its trace any more. Lives on the lab's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/connection_observer.h"
#include "common/trace/connection_trace.h"
#include "server/tap/tap.h"

namespace muxlab::server::recording {

// So much of a connection is remembered that belongs to no run.
inline constexpr std::size_t most_unclaimed_bytes = 64 * 1024;

using SharedTrace = std::shared_ptr<const trace::ConnectionTrace>;

class Recorder {
 public:
  // Told of everything that is new in any trace, in the order of their being added. A listener must
  // not call the recorder.
  using Listener = std::function<void(const SharedTrace&, tap::News)>;

  Recorder() = default;
  Recorder(const Recorder&) = delete;  // its taps call it
  Recorder& operator=(const Recorder&) = delete;

  // Whose request begins a chapter of a connection's trace. Set before the first connection.
  void divide_by(tap::Tap::Divider divider) { divided_ = std::move(divider); }

  void add_listener(Listener listener) { listeners_.push_back(std::move(listener)); }

  // A connection is about to be accepted on a lane. Its observer lives until left().
  ConnectionObserver& begin(std::uint64_t connection, std::string lane);
  void on_a_line(std::uint64_t connection);
  // The server has ended it, and the connection itself does not say so.
  void ended(std::uint64_t connection, std::string_view why, Instant at);
  void left(std::uint64_t connection);

  // Lets go what nobody holds: a connection that belongs to no run begins a new chapter when the
  // one that is written grows too long. Call every tick.
  void advance();

  // The chapter that is written of a connection that is there; null: of none.
  SharedTrace find(std::uint64_t connection) const;

 private:
  std::vector<Listener> listeners_;
  tap::Tap::Listener told_ = [this](const trace::ConnectionTrace& trace, tap::News news) {
    tell(trace, news);
  };
  tap::Tap::Divider divided_;
  void tell(const trace::ConnectionTrace& trace, tap::News news);

  std::unordered_map<std::uint64_t, std::unique_ptr<tap::Tap>> taps_;
};

}  // namespace muxlab::server::recording
