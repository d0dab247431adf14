// Over a slow line an answer that matters must not wait behind all that was ready before it: the
// connection pulls from its session late.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "common/connection/connection.h"
#include "common/link/simulated_link.h"
#include "common/tls/plain_channel.h"
#include "tests/support/http2_pair.h"
#include "tests/support/quiet_observer.h"
#include "tests/support/virtual_line.h"

namespace muxlab::test {
namespace {

// A client of HTTP/2 at the far end of a line, and the server's whole connection at the near one.
class Distant final : public QuietObserver {
 public:
  explicit Distant(std::string_view profile)
      : line_(std::make_shared<link::Line>(VirtualLine::parsed(profile))),
        client_(http2::Role::client, {.stream_window_bytes = 64 * 1024 * 1024,
                                      .connection_window_bytes = 64 * 1024 * 1024}),
        server_(std::make_unique<tls::PlainChannel>(), ConnectionFacts{}, choose_,
                connection::Limits{}, now,
                std::make_unique<link::SimulatedLink>(line_, now, this)) {}

  http2::StreamId get(const std::string& path, const std::string& priority) {
    return client_
        .request({{":method", "GET"},
                  {":scheme", "https"},
                  {":authority", "localhost"},
                  {":path", path},
                  {"priority", priority}},
                 nullptr)
        .value();
  }

  void step() {
    ByteQueue wire;
    client_.produce(wire, 1 << 20);
    while (!wire.empty()) {
      server_.receive(wire.front(), now);
      wire.consume(wire.front().size());
    }
    server_.pump(now);
    now = *line_->next_event();
    line_->advance(now);
    server_.pump(now);
    while (!server_.output().empty()) {
      // What lay behind a hole lands at once: taken in small pieces, to see where an answer ends.
      Bytes landed = server_.output().front();
      landed = landed.first(std::min<std::size_t>(landed.size(), 100));
      landed_bytes += landed.size();
      EXPECT_TRUE(client_.receive(landed).ok());
      server_.sent(landed.size(), now);
      for (const http2::Event& event : client_.take_events()) {
        const auto* ended = std::get_if<http2::ContentEnded>(&event);
        if (ended != nullptr) whole_at[ended->stream] = landed_bytes;
      }
    }
  }

  void segment(const SegmentEvent& event) override {
    if (event.direction == Direction::up) return;
    left_bytes = std::max(left_bytes, event.offset + event.bytes);
  }

  Instant now{};
  Shelf shelf;
  std::uint64_t landed_bytes = 0;
  std::uint64_t left_bytes = 0;                       // the window has let them go
  std::map<http2::StreamId, std::uint64_t> whole_at;  // of landed_bytes

 private:
  http::DateStamp date_{std::chrono::sys_seconds{}};
  http::Service service_{shelf, date_};
  connection::SessionChooser choose_ = [this](const ConnectionFacts& facts, Bytes, Instant at) {
    return std::make_unique<server::http2::Session>(service_, facts, server::http2::Options{}, at);
  };
  std::shared_ptr<link::Line> line_;
  http2::Endpoint client_;
  connection::Connection server_;
};

TEST(PriorityOnALine, AnUrgentAnswerStandsSixteenKilobytesBehindWhatHasLeftAtMost) {
  for (const auto* profile : {"rtt=100ms,down=10mbit", "rtt=200ms,down=2mbit,up=500kbit",
                              "rtt=80ms,down=5mbit,loss=1%"}) {
    Distant distant{profile};
    distant.shelf.put("/large", std::string(4'000'000, 'x'));
    distant.shelf.put("/urgent", std::string(1'000, '!'));
    distant.get("/large", "u=7");
    while (distant.landed_bytes < 1'000'000) distant.step();

    const http2::StreamId urgent = distant.get("/urgent", "u=0");
    while (distant.shelf.requests.size() < 2) distant.step();
    const std::uint64_t before = distant.left_bytes;
    while (!distant.whole_at.contains(urgent)) distant.step();

    // Besides: its own thousand bytes and fields, and the frame that reached the limit, for none is
    // cut.
    EXPECT_GT(before, 1'000'000U);
    EXPECT_LE(distant.whole_at[urgent], before + 16 * 1024 + 4 * 1024) << profile;
  }
}

}  // namespace
}  // namespace muxlab::test
