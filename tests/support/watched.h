// A connection that is watched by a tap: what its ends say is told to the tap as a connection would
// tell it. Each piece takes a millisecond of time and 29 bytes of TLS on the wire.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/trace/connection_trace.h"
#include "server/tap/tap.h"

namespace muxlab::test {

inline constexpr std::uint64_t record_overhead = 29;
inline constexpr Duration way_up = 10ms;  // from the client to the server

class Watched {
 public:
  // How a record's plaintext is cut before the tap is told: in pieces of so many bytes.
  explicit Watched(std::size_t cut = std::string::npos) : cut_(cut) {
    tap.opened({.id = 17, .client_address = "192.0.2.1", .tls = {}}, now);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  void secure(const std::string& alpn) {
    now += 1ms;
    TlsFacts facts;
    facts.alpn = alpn;
    tap.secured(facts, now - way_up, now);
  }

  // One record. The first `first` bytes are told alone, the rest as is usual here.
  void say(Direction direction, std::string_view bytes, std::size_t first = 0) {
    begin_record(direction, bytes.size());
    if (first > 0) tell(direction, bytes.substr(0, first));
    bytes.remove_prefix(std::min(first, bytes.size()));
    while (!bytes.empty()) {
      tell(direction, bytes.substr(0, cut_));
      bytes.remove_prefix(std::min(cut_, bytes.size()));
    }
  }
  void up(std::string_view bytes) { say(Direction::up, bytes); }
  void down(std::string_view bytes) { say(Direction::down, bytes); }

  // The same in two steps: one record of so many bytes, then its pieces.
  void begin_record(Direction direction, std::size_t bytes) {
    now += 1ms;
    wire_[static_cast<std::size_t>(direction)] += bytes + record_overhead;
  }
  void tell(Direction direction, std::string_view bytes) {
    const bool up = direction == Direction::up;
    tap.plaintext({.direction = direction,
                   .bytes = bytes_of(bytes),
                   .sent = up ? now - way_up : now,
                   .received = now,
                   .wire_end = wire_bytes(direction)});
  }

  // All that went down so far has landed.
  void land() {
    now += 1ms;
    tap.landed(wire_[static_cast<std::size_t>(Direction::down)], now);
  }

  void end(EndedBy by = EndedBy::server, std::string_view why = "") {
    now += 1ms;
    tap.ended(by, why, now);
  }

  std::uint64_t wire_bytes(Direction direction) const {
    return wire_[static_cast<std::size_t>(direction)];
  }
  const trace::Frame& frame(std::size_t index) const { return trace.frames.at(index); }
  const trace::Exchange& exchange(std::size_t index) const { return trace.exchanges.at(index); }
  // How often it was told of.
  std::size_t told(server::tap::News::What what) const {
    std::size_t count = 0;
    for (const server::tap::News& each : news) count += each.what == what ? 1 : 0;
    return count;
  }

  Instant now{};
  std::vector<server::tap::News> news;
  const server::tap::Tap::Listener listener =
      [this](const trace::ConnectionTrace&, server::tap::News each) { news.push_back(each); };
  // Does this request begin a chapter? None does unless a test says so.
  server::tap::Tap::Divider divider;
  // All that was seen, of a tap that has gone on in no other chapter.
  const server::tap::OwnTrace first_chapter = std::make_shared<trace::ConnectionTrace>();
  trace::ConnectionTrace& trace = *first_chapter;
  server::tap::Tap tap{first_chapter, listener, divider};

 private:
  std::size_t cut_;
  std::uint64_t wire_[2] = {};
};

}  // namespace muxlab::test
