// When things land, what becomes of segments, and how much is kept.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "common/trace/connection_trace.h"
#include "server/tap/landings.h"
#include "server/tap/trace_writer.h"
#include "tests/support/header_block.h"
#include "tests/support/http2_frames.h"
#include "tests/support/virtual_line.h"
#include "tests/support/watched.h"

namespace muxlab::test {
namespace {

using server::tap::Landings;
using server::tap::most_event_bytes;
using server::tap::most_plaintext_bytes;
using server::tap::most_remembered_landings;
using server::tap::News;
using Fate = trace::Segment::Fate;

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::string ping() {
  return frame(Frame::ping, 0, 0, "abcdefgh");
}

// --- Landing

TEST(Landing, AFrameLandsWithTheRecordOfItsLastByte) {
  Watched watched;
  watched.secure("h2");
  const std::string two = ping() + ping();
  watched.down(two.substr(0, 20));  // one, and three bytes of the other
  watched.down(two.substr(20));
  const std::uint64_t first_record = 20 + record_overhead;
  EXPECT_EQ(watched.frame(0).wire_end, first_record);
  EXPECT_EQ(watched.frame(1).wire_end, watched.wire_bytes(Direction::down));

  watched.tap.landed(first_record - 1, Instant{} + 50ms);
  EXPECT_FALSE(watched.frame(0).landed);
  watched.tap.landed(first_record, Instant{} + 51ms);
  EXPECT_EQ(watched.frame(0).landed, Instant{} + 51ms);
  EXPECT_FALSE(watched.frame(1).landed);
  watched.tap.landed(first_record, Instant{} + 52ms);
  EXPECT_EQ(watched.told(News::What::frame_landed), 1U);
  watched.tap.landed(watched.wire_bytes(Direction::down), Instant{} + 53ms);
  EXPECT_EQ(watched.frame(1).landed, Instant{} + 53ms);
  EXPECT_EQ(watched.frame(0).landed, Instant{} + 51ms);
  EXPECT_EQ(watched.news.back().index, 1U);
}

TEST(Landing, OnTheWayUpAFrameHasLandedWhenItIsSeen) {
  Watched watched;
  watched.secure("h2");
  watched.say(Direction::up, preface);
  const Instant sent = watched.now - way_up;
  EXPECT_EQ(watched.frame(0).written, sent);
  EXPECT_EQ(watched.frame(0).landed, watched.now);
  EXPECT_EQ(watched.told(News::What::frame_landed), 0U);
}

TEST(Landing, AHeadWhoseFirstRecordLandsBeforeItsLastIsWritten) {
  Watched watched;
  watched.up("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  watched.down("HTTP/1.1 200 ");
  const Instant written = watched.now;
  watched.land();
  const Instant landed = watched.now;
  watched.down("OK\r\nContent-Length: 0\r\n\r\n");
  watched.land();
  EXPECT_EQ(watched.exchange(0).first_byte_written, written);
  EXPECT_EQ(watched.exchange(0).first_byte_landed, landed);
  EXPECT_EQ(watched.exchange(0).last_byte_landed, watched.now);
}

TEST(Landing, PlaintextIsKeptWithItsTimes) {
  Watched watched;
  watched.up("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  watched.down("HTTP/1.1 200 ");
  const auto& pieces = watched.trace.plaintext;
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].received, pieces[0].sent + way_up);
  EXPECT_EQ(pieces[1].bytes, "HTTP/1.1 200 ");
  EXPECT_EQ(pieces[1].wire_end, 13 + record_overhead);
  EXPECT_FALSE(pieces[1].received);
  watched.land();
  EXPECT_EQ(pieces[1].received, watched.now);
  EXPECT_EQ(watched.trace.tls_bytes(), 2 * record_overhead);
}

TEST(Landings, RemembersTheLastOnes) {
  Landings landings;
  for (std::uint64_t n = 1; n <= 2 * most_remembered_landings; ++n) {
    landings.land(10 * n, Instant{} + std::chrono::milliseconds{n});
  }
  const std::uint64_t end = 10 * 2 * most_remembered_landings;
  EXPECT_EQ(landings.landed_at(end), Instant{} + std::chrono::milliseconds{end / 10});
  EXPECT_EQ(landings.landed_at(end - 15), Instant{} + std::chrono::milliseconds{end / 10 - 1});
  EXPECT_FALSE(landings.landed_at(end + 1));
}

// --- Segments

TEST(Segments, AreKeptWithTheirFate) {
  VirtualLine line{"rtt=100ms,lose=7"};
  Watched watched;
  const link::ConnectionId id = line.line.connect(line.now, &watched.tap);
  while (!line.line.flow(id, Direction::down).established()) line.step();
  line.line.flow(id, Direction::down).send(10 * segment, line.now);
  const Instant sent = line.now;
  ASSERT_EQ(watched.trace.segments.size(), 10U);
  EXPECT_EQ(watched.trace.segments[0].fate, Fate::under_way);
  line.run_until_idle();

  const auto& segments = watched.trace.segments;
  ASSERT_EQ(segments.size(), 11U);
  for (std::size_t n = 0; n < 10; ++n) {
    EXPECT_EQ(segments[n].offset, n * segment);
    EXPECT_EQ(segments[n].length, segment);
    EXPECT_EQ(segments[n].sent, sent);
    EXPECT_FALSE(segments[n].retransmission);
    EXPECT_EQ(segments[n].fate, n == 6 ? Fate::lost : Fate::arrived);
    EXPECT_EQ(segments[n].at, n == 6 ? sent : sent + 50ms);
  }
  EXPECT_TRUE(segments[10].retransmission);
  EXPECT_EQ(segments[10].offset, 6 * segment);
  EXPECT_EQ(segments[10].fate, Fate::arrived);
  EXPECT_EQ(segments[10].at, sent + 150ms);
  EXPECT_EQ(watched.told(News::What::segment_lost), 1U);
  EXPECT_EQ(watched.news.back().index, 6U);
}

TEST(Segments, AFullQueueDropsThem) {
  VirtualLine line{"rtt=100ms,down=10mbit,queue=6"};
  Watched watched;
  const link::ConnectionId id = line.line.connect(line.now, &watched.tap);
  while (!line.line.flow(id, Direction::down).established()) line.step();
  line.line.flow(id, Direction::down).send(10 * segment, line.now);
  EXPECT_EQ(watched.trace.segments[5].fate, Fate::under_way);
  EXPECT_EQ(watched.trace.segments[6].fate, Fate::dropped);
  EXPECT_EQ(watched.trace.segments[6].at, line.now);
  EXPECT_EQ(watched.told(News::What::segment_lost), 4U);
  line.run_until_idle();
  std::size_t arrived = 0;
  for (const trace::Segment& each : watched.trace.segments) {
    EXPECT_NE(each.fate, Fate::under_way);
    if (each.direction == Direction::down && each.fate == Fate::arrived) ++arrived;
  }
  EXPECT_EQ(arrived, 10U);
}

TEST(Segments, OfTwoCopiesTheFirstArrivesFirst) {
  Watched watched;
  using What = SegmentEvent::What;
  const auto happen = [&watched](What what, int at) {
    watched.tap.segment({.what = what,
                         .direction = Direction::up,
                         .retransmission = true,
                         .offset = 5,
                         .bytes = 10,
                         .at = Instant{} + std::chrono::milliseconds{at}});
  };
  happen(What::queued, 1);
  happen(What::queued, 2);
  happen(What::lost, 4);
  happen(What::arrived, 9);
  EXPECT_EQ(watched.trace.segments[0].fate, Fate::arrived);
  EXPECT_EQ(watched.trace.segments[0].at, Instant{} + 9ms);
  EXPECT_EQ(watched.trace.segments[1].fate, Fate::lost);
  EXPECT_EQ(watched.trace.segments[1].at, Instant{} + 4ms);
  happen(What::arrived, 10);  // of none
}

TEST(Congestion, IsKeptWhereItChanged) {
  Watched watched;
  for (const std::uint32_t window : {10U, 10U, 11U}) {
    for (const Direction direction : {Direction::down, Direction::up}) {
      watched.tap.congestion({.direction = direction,
                              .window_packets = window,
                              .threshold_packets = 100,
                              .in_flight_packets = 3,
                              .at = watched.now});
    }
  }
  EXPECT_EQ(watched.trace.congestion.size(), 4U);
}

// --- Memory

TEST(Memory, PlaintextThatDoesNotFitIsCountedAndFramesGoOn) {
  Watched watched;
  watched.secure("h2");
  watched.up(preface);
  watched.up(frame(Frame::headers, 0x5, 1, get("/")));
  watched.down(frame(Frame::headers, 0x4, 1, header_block({{":status", "200"}})));
  const std::string data = frame(Frame::data, 0, 1, std::string(16'000, 'x'));
  for (int n = 0; n < 1200; ++n) watched.down(data);
  const trace::ConnectionTrace& trace = watched.trace;
  EXPECT_LE(trace.held_bytes, trace::most_bytes_a_connection);
  EXPECT_GT(trace.held_bytes, most_plaintext_bytes);
  EXPECT_EQ(trace.frames.size(), 3U + 1200);
  EXPECT_EQ(trace.plaintext.size() + trace.dropped, trace.frames.size());
  EXPECT_EQ(watched.exchange(0).body, 1200U * 16'000);
  watched.land();
  EXPECT_EQ(trace.frames.back().landed, watched.now);
}

TEST(Memory, FramesThatDoNotFitAreCountedAndExchangesGoOn) {
  Watched watched;
  watched.secure("h2");
  watched.up(preface);
  std::string pings;
  for (int n = 0; n < 100; ++n) pings += ping();
  while (watched.trace.dropped == 0) watched.up(pings);
  const std::size_t frames = watched.trace.frames.size();
  EXPECT_GT(frames, 10'000U);
  EXPECT_LE(frames * sizeof(trace::Frame), most_event_bytes);

  watched.up(frame(Frame::headers, 0x5, 1, get("/")));
  watched.down(frame(Frame::headers, 0x5, 1, header_block({{":status", "200"}})));
  watched.land();
  EXPECT_EQ(watched.trace.frames.size(), frames);
  EXPECT_TRUE(watched.exchange(0).complete);
  EXPECT_EQ(watched.exchange(0).last_byte_landed, watched.now);
  EXPECT_LE(watched.trace.held_bytes, trace::most_bytes_a_connection);
}

TEST(Memory, ExchangesThatDoNotFitAreCounted) {
  Watched watched;
  watched.secure("h2");
  watched.up(preface);
  for (std::uint32_t stream = 1; stream < 20'000; stream += 2) {
    watched.up(frame(Frame::headers, 0x5, stream, get("/")));
    watched.down(frame(Frame::headers, 0x5, stream, header_block({{":status", "200"}})));
  }
  EXPECT_LT(watched.trace.exchanges.size(), 10'000U);
  EXPECT_GT(watched.trace.exchanges.size(), 2'000U);
  EXPECT_TRUE(watched.trace.exchanges.back().complete);
  EXPECT_EQ(watched.trace.trouble, "");
  EXPECT_LE(watched.trace.held_bytes, trace::most_bytes_a_connection);
}

TEST(Memory, AHeaderBlockIsBounded) {
  Watched empty;
  empty.secure("h2");
  empty.up(preface);
  empty.up(frame(Frame::headers, 0, 1, "\x82"));
  for (int n = 0; n < 100; ++n) empty.up(frame(Frame::continuation, 0, 1, ""));
  EXPECT_EQ(empty.trace.trouble, "A header block has more than 64 CONTINUATION frames.");

  Watched large;
  large.secure("h2");
  large.up(preface);
  large.up(frame(Frame::headers, 0, 1, "\x82"));
  for (int n = 0; n < 9; ++n) large.up(frame(Frame::continuation, 0, 1, std::string(16'000, 'x')));
  EXPECT_EQ(large.trace.trouble, "A header block is longer than 128 KiB.");
}

}  // namespace
}  // namespace muxlab::test
