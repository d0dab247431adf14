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

// So much of a connection is remembered that belongs to no run: its beginning, for the run whose
// first request may be the next.
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

  void add_listener(Listener listener) { listeners_.push_back(std::move(listener)); }

  // A connection is about to be accepted on a lane. Its observer lives until left().
  ConnectionObserver& begin(std::uint64_t connection, std::string lane);
  void on_a_line(std::uint64_t connection);
  // The server has ended it, and the connection itself does not say so.
  void ended(std::uint64_t connection, std::string_view why, Instant at);
  void left(std::uint64_t connection);

  // Lets go what nobody holds: a connection that belongs to no run is remembered for as long as it
  // may still turn out to, and no longer than that. Call every tick.
  void advance();

  // Of a connection that is there; null: of none.
  SharedTrace find(std::uint64_t connection) const;

 private:
  struct Tapped {
    std::shared_ptr<trace::ConnectionTrace> trace;
    std::unique_ptr<tap::Tap> tap;
  };

  std::vector<Listener> listeners_;
  tap::Tap::Listener told_ = [this](const trace::ConnectionTrace& trace, tap::News news) {
    tell(trace, news);
  };
  void tell(const trace::ConnectionTrace& trace, tap::News news);

  std::unordered_map<std::uint64_t, Tapped> tapped_;
};

}  // namespace muxlab::server::recording
