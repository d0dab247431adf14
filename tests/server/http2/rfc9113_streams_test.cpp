// What a client may send on a stream in which state (RFC 9113 section 5.1), frame by frame. The
// names are the sections of RFC 7540, which `h2spec --strict` goes by; where RFC 9113 asks for less
// it is said beside the case.

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>

#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::StreamId;

constexpr std::uint8_t end_stream = 0x1;
constexpr std::uint8_t end_headers = 0x4;
constexpr std::uint8_t has_priority = 0x20;

const std::string path_and_host{"\x04\x01/\x01\x09localhost", 14};
const std::string get = "\x82\x87" + path_and_host;
const std::string post = "\x83\x87" + path_and_host;
const std::string cancel{"\0\0\0\x08", 4};

std::string request(StreamId stream, std::string_view block = get) {
  return frame(Frame::headers, end_headers | end_stream, stream, block);
}
std::string upload(StreamId stream) {
  return frame(Frame::headers, end_headers, stream, post);
}
std::string data(StreamId stream, std::uint8_t flags = end_stream) {
  return frame(Frame::data, flags, stream, "test");
}
std::string reset(StreamId stream) {
  return frame(Frame::rst_stream, 0, stream, cancel);
}
// On stream `depends_on`, not exclusive, weight 256.
std::string dependency(StreamId depends_on) {
  return {'\0', '\0', '\0', static_cast<char>(depends_on), '\xff'};
}

struct Case {
  const char* name;
  std::string first;   // is answered
  std::string second;  // what is in question
  std::optional<ErrorCode> goaway;
  std::optional<ErrorCode> reset = std::nullopt;  // of a stream
};

std::ostream& operator<<(std::ostream& out, const Case& it) {
  return out << it.name;
}

class Streams : public ::testing::TestWithParam<Case> {};

TEST_P(Streams, TakeWhatTheirStateAllows) {
  for (const bool at_once : {false, true}) {
    Http2Pair pair;
    pair.shelf.on("/", [](const http::Request& asked, http::Responder& responder) {
      if (asked.method == "GET") return responder.respond({});
      responder.accept({100, [](Bytes) {}, [](const http::Headers&) { return http::Response{}; }});
    });
    pair.run();
    pair.to_server(GetParam().first + (at_once ? GetParam().second : ""));
    std::vector<Frame> frames = pair.server_speaks();
    if (!at_once) pair.to_server(GetParam().second);
    for (Frame& said : pair.server_speaks()) frames.push_back(std::move(said));

    std::optional<ErrorCode> reset;
    for (const Frame& said : frames) {
      if (said.type == Frame::rst_stream) reset = static_cast<ErrorCode>(said.number_at(0));
    }
    EXPECT_EQ(reset, GetParam().reset);
    ASSERT_EQ(pair.goaways.size(), GetParam().goaway ? 1U : 0U) << at_once;
    if (GetParam().goaway) {
      EXPECT_EQ(pair.goaways[0].code, *GetParam().goaway);
    }
    EXPECT_EQ(pair.server.finished(), GetParam().goaway.has_value());
  }
}

constexpr auto stream_closed = ErrorCode::stream_closed;
constexpr auto protocol_error = ErrorCode::protocol_error;
constexpr std::optional<ErrorCode> none;

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, Streams,
    ::testing::Values(
        // --- 5.1, idle ---
        Case{"5.1/1 idle: DATA", "", data(1), protocol_error},
        Case{"5.1/2 idle: RST_STREAM", "", reset(1), protocol_error},
        Case{"5.1/3 idle: WINDOW_UPDATE", "",
             frame(Frame::window_update, 0, 1, std::string{"\0\0\0\x64", 4}), protocol_error},
        Case{"5.1/4 idle: CONTINUATION", "", frame(Frame::continuation, end_headers, 1, get),
             protocol_error},

        // --- 5.1, half-closed (remote). A stream error that is made one of the connection, as
        // section 5.4.1 allows: the client has lost count of its streams.
        Case{"5.1/5 half-closed (remote): DATA", request(1), data(1), stream_closed},
        Case{"5.1/6 half-closed (remote): HEADERS", request(1), request(1), stream_closed},
        Case{"5.1/7 half-closed (remote): CONTINUATION", request(1),
             frame(Frame::continuation, end_headers, 1, get), protocol_error},

        // --- 5.1, closed. RFC 9113 lets any frame but PRIORITY cost the connection.
        Case{"5.1/8 closed by RST_STREAM: DATA", upload(1) + reset(1), data(1), stream_closed},
        Case{"5.1/9 closed by RST_STREAM: HEADERS", upload(1) + reset(1), request(1),
             stream_closed},
        Case{"5.1/10 closed by RST_STREAM: CONTINUATION", upload(1) + reset(1),
             frame(Frame::continuation, end_headers, 1, get), protocol_error},
        Case{"5.1/11 closed: DATA", upload(1) + data(1), data(1), stream_closed},
        Case{"5.1/12 closed: HEADERS", upload(1) + data(1), request(1), stream_closed},
        Case{"5.1/13 closed: CONTINUATION", upload(1) + data(1),
             frame(Frame::continuation, end_headers, 1, get), protocol_error},
        Case{"5.1 closed: WINDOW_UPDATE, for it may have crossed our last frame", request(1),
             frame(Frame::window_update, 0, 1, std::string{"\0\0\0\x64", 4}), none},
        Case{"5.1 closed: RST_STREAM, for it may have crossed our last frame", request(1), reset(1),
             none},
        Case{"5.1 closed: PRIORITY", request(1), frame(Frame::priority, 0, 1, dependency(0)), none},
        Case{"5.1 closed by us: DATA that was under way",
             frame(Frame::headers, end_headers, 1,
                   post + std::string{"\x0f\x0d\x01"
                                      "1",
                                      4}) +
                 data(1, 0),
             data(1), none, protocol_error},

        // --- 5.1.1 ---
        Case{"5.1.1/1 an even stream", "", request(2), protocol_error},
        Case{"5.1.1/2 a smaller stream", request(5), request(3), protocol_error},
        Case{"5.1.1 a stream passed over", request(5), request(7), none},

        // --- 5.3.1. RFC 9113 has no word about it; nghttp2 ends the connection for HEADERS, and we
        // do the same for PRIORITY.
        Case{"5.3.1/1 HEADERS that depend on themselves", "",
             frame(Frame::headers, end_headers | end_stream | has_priority, 1, dependency(1) + get),
             protocol_error},
        Case{"5.3.1/2 PRIORITY that depends on itself", "",
             frame(Frame::priority, 0, 1, dependency(1)), protocol_error},

        // --- 6.3 ---
        Case{"6.3/1 PRIORITY of stream 0", "", frame(Frame::priority, 0, 0, dependency(0)),
             protocol_error},
        Case{"6.3/2 PRIORITY of four bytes", request(1), frame(Frame::priority, 0, 1, "four"),
             ErrorCode::frame_size_error}));

}  // namespace
}  // namespace muxlab::test
