// Peers that make work without use, each in the way that gave it its name: each is told
// ENHANCE_YOUR_CALM before it has cost much. What right clients do, which must not be taken for it,
// is in allowance_test.cpp.

#include <gtest/gtest.h>

#include <ctime>
#include <functional>
#include <ostream>
#include <string>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::StreamId;

constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t end_headers = 0x4;
constexpr std::uint8_t priority_update = 0x10;  // RFC 9218 section 7.1
constexpr std::uint8_t altsvc = 0xa;            // RFC 7838 section 4
constexpr std::uint8_t nobodys = 0xbb;

const std::string path_and_host{"\x04\x01/\x01\x09localhost", 14};
const std::string get = "\x82\x87" + path_and_host;
const std::string post = "\x83\x87" + path_and_host;
const std::string one_byte{
    "\x0f\x0d\x01"
    "1",
    4};  // content-length: 1

std::string number(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

// A block that puts a field of 4,000 bytes into HPACK's table and names it a thousand times
// (CVE-2016-6581).
std::string bomb() {
  const std::string value(4000, 'v');
  std::string block = get + std::string{"\x40\x01x\x7f\xa1\x1e", 6} + value;
  return block.append(1000, '\xbe');
}

struct Flood {
  const char* of;
  std::function<std::string(StreamId fresh)> bytes;  // `fresh`: a stream not used before
  int most;                                          // of these before it is ended
};

std::ostream& operator<<(std::ostream& out, const Flood& flood) {
  return out << flood.of;
}

// Repeats a frame on the connection, or on stream 1, an upload that is under way.
std::function<std::string(StreamId)> always(std::string bytes) {
  return [bytes](StreamId) { return bytes; };
}

class Floods : public ::testing::TestWithParam<Flood> {};

TEST_P(Floods, AreEndedBeforeTheyCostMuch) {
  Http2Pair pair;
  pair.run();
  pair.shelf.put("/big", std::string(100'000, 'x'));
  pair.shelf.on("/", [](const http::Request& request, http::Responder& responder) {
    if (request.method == "GET") return responder.respond({});
    responder.accept({100, [](Bytes) {}, [](const http::Headers&) { return http::Response{}; }});
  });
  pair.to_server(frame(Frame::headers, end_headers, 1, post));
  pair.server_speaks();

  const std::clock_t begun = std::clock();
  int sent = 0;
  for (; sent < 20'000 && !pair.server.finished(); ++sent) {
    pair.to_server(GetParam().bytes(static_cast<StreamId>(2 * sent + 3)));
    pair.server_speaks();
  }
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;

  EXPECT_LE(sent, GetParam().most + 2);
  EXPECT_GE(sent, GetParam().most / 2) << "it is no flood yet";
  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
  EXPECT_LT(seconds, 0.5) << "with the test's own work";
}

INSTANTIATE_TEST_SUITE_P(
    Of, Floods,
    ::testing::Values(
        // CVE-2019-9512
        Flood{"pings", always(frame(Frame::ping, 0, 0, "12345678")), 1000},
        Flood{"ping acknowledgements", always(frame(Frame::ping, 1, 0, "12345678")), 1000},
        // CVE-2019-9515
        Flood{"settings", always(frame(Frame::settings, 0, 0, "")), 200},
        Flood{"window settings",
              [](StreamId fresh) {
                return frame(Frame::settings, 0, 0,
                             std::string{"\0\4", 2} + number(65535 + fresh % 4));
              },
              200},
        // CVE-2019-9518
        Flood{"empty data", always(frame(Frame::data, 0, 1, "")), 1000},
        Flood{"padding", always(frame(Frame::data, 0x8, 1, std::string{"\4\0\0\0\0", 5})), 1000},
        Flood{"empty headers",
              [](StreamId fresh) {
                return frame(Frame::headers, end_headers | end_stream, fresh, "");
              },
              101},
        Flood{"priorities", always(frame(Frame::priority, 0, 1, std::string{"\0\0\0\0\x10", 5})),
              1000},
        Flood{"priority updates", always(frame(priority_update, 0, 0, number(1) + "u=1")), 1000},
        Flood{"window updates", always(frame(Frame::window_update, 0, 0, number(1))), 1000},
        Flood{"unknown frames", always(frame(nobodys, 0, 0, "what?")), 1000},
        Flood{"frames that servers send", always(frame(altsvc, 0, 1, std::string(2, '\0'))), 1000},
        Flood{"farewells", always(frame(Frame::goaway, 0, 0, number(0) + number(0))), 1000},
        // CVE-2023-44487
        Flood{"rapid resets",
              [](StreamId fresh) {
                return frame(Frame::headers, end_headers | end_stream, fresh, get) +
                       frame(Frame::rst_stream, 0, fresh, number(8));
              },
              1000},
        Flood{"resets of what is closed", always(frame(Frame::rst_stream, 0, 1, number(8))), 1000},
        // CVE-2025-8671: the client breaks a rule on each stream, so that it is the server that
        // resets it and the count of open streams stays low.
        Flood{"content longer than said",
              [](StreamId fresh) {
                return frame(Frame::headers, end_headers, fresh, post + one_byte) +
                       frame(Frame::data, end_stream, fresh, "two");
              },
              101},
        // CVE-2024-27316 and its kin; nghttp2 alone would close without a word
        Flood{"continuations",
              [open = false](StreamId) mutable {
                const bool first = !std::exchange(open, true);
                return first ? frame(Frame::headers, 0, 3, get)
                             : frame(Frame::continuation, 0, 3, "");
              },
              9},
        Flood{"header bombs",
              [](StreamId fresh) {
                return frame(Frame::headers, end_headers | end_stream, fresh, bomb());
              },
              10}));

// CVE-2019-9511: a window that grows by one byte makes a frame of each byte.
TEST(Flood, OfWindowsOfOneByteIsEnded) {
  http2::EndpointOptions shut;
  shut.stream_window_bytes = 0;
  Http2Pair pair{{}, shut};
  pair.shelf.put("/big", std::string(100'000, 'x'));
  const StreamId stream = pair.get("/big");
  pair.run();
  int sent = 0;
  for (; sent < 5000 && !pair.server.finished(); ++sent) {
    pair.to_server(frame(Frame::window_update, 0, stream, number(1)));
    pair.server_speaks();
  }
  EXPECT_LE(sent, 1002);
  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
}

TEST(Flood, OfOneReceiveIsEndedWithinIt) {
  Http2Pair pair;
  pair.run();
  std::string pings;
  for (int i = 0; i < 10'000; ++i) pings += frame(Frame::ping, 0, 0, "12345678");
  pair.to_server(pings);
  std::size_t answers = 0;
  for (const Frame& said : pair.server_speaks()) answers += said.type == Frame::ping ? 1 : 0;
  EXPECT_LE(answers, 1000U);
  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
}

TEST(Flood, HeaderBlocksThatDripAreEnded) {
  Http2Pair pair;
  pair.run();
  pair.to_server(frame(Frame::headers, 0x1, 1, "\x82"));
  EXPECT_EQ(pair.server.next_event(), pair.now + 10s);
  pair.pass(9s);
  pair.to_server(frame(Frame::continuation, 0, 1, "\x87"));
  pair.pass(1s);
  pair.server_speaks();
  ASSERT_EQ(pair.goaways.size(), 1U);
  EXPECT_EQ(pair.goaways[0].code, ErrorCode::enhance_your_calm);
}

}  // namespace
}  // namespace muxlab::test
