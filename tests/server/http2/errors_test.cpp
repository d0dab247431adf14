// Which mistakes cost a client its stream and which its connection (RFC 9113 section 5.4).

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>

#include "common/http2/nghttp2.h"
#include "tests/support/http2_pair.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;

const std::string path_and_host{"\x04\x01/\x01\x09localhost", 14};
const std::string get = "\x82\x87" + path_and_host;
const std::string post = "\x83\x87" + path_and_host;

std::string number(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

// An open request whose answer waits for the client's window, and then the mistake.
struct Mistake {
  const char* name;
  std::string bytes;
  std::optional<ErrorCode> stream;      // RST_STREAM of stream 1
  std::optional<ErrorCode> connection;  // GOAWAY
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
  return out << mistake.name;
}

// RFC 9113 section 6.9.1: a stream whose window is raised too far is reset. From 1.67 on nghttp2
// ends the connection by itself, before anybody is asked.
std::optional<ErrorCode> if_it_resets(ErrorCode code, bool resets) {
  constexpr bool library_resets = NGHTTP2_VERSION_NUM < 0x014300;
  return resets == library_resets ? std::optional{code} : std::nullopt;
}

class Mistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, CostWhatTheStandardSays) {
  Http2Pair pair;
  pair.run();
  pair.shelf.put("/", std::string(200'000, 'x'));
  pair.to_server(frame(Frame::headers, 0x4, 1, post));
  pair.server_speaks();
  pair.to_server(GetParam().bytes);

  std::optional<ErrorCode> reset;
  for (const Frame& frame : pair.server_speaks()) {
    if (frame.type == Frame::rst_stream && frame.stream == 1) {
      reset = static_cast<ErrorCode>(frame.number_at(0));
    }
  }
  EXPECT_EQ(reset, GetParam().stream);
  ASSERT_EQ(pair.goaways.size(), GetParam().connection ? 1U : 0U);
  if (GetParam().connection) {
    EXPECT_EQ(pair.goaways[0].code, *GetParam().connection);
  }
  EXPECT_EQ(pair.server.finished(), GetParam().connection.has_value());
}

INSTANTIATE_TEST_SUITE_P(Rfc9113, Mistakes,
                         ::testing::Values(  // Section 6.9 asks for a stream error; section 5.4.2
                                             // lets it cost the connection, as nghttp2 does.
                             Mistake{"a window raised by nothing, of a stream",
                                     frame(Frame::window_update, 0, 1, number(0)),
                                     {},
                                     ErrorCode::protocol_error},
                             Mistake{"a window raised by nothing, of the connection",
                                     frame(Frame::window_update, 0, 0, number(0)),
                                     {},
                                     ErrorCode::protocol_error},
                             Mistake{"a window raised too far, of a stream",
                                     frame(Frame::window_update, 0, 1, number(0x7fffffff)) +
                                         frame(Frame::window_update, 0, 1, number(0x7fffffff)),
                                     if_it_resets(ErrorCode::flow_control_error, true),
                                     if_it_resets(ErrorCode::flow_control_error, false)},
                             Mistake{"a window raised too far by SETTINGS, of a stream",
                                     frame(Frame::window_update, 0, 1, number(0x7fff0000)) +
                                         frame(Frame::settings, 0, 0,
                                               std::string{"\0\4", 2} + number(0x7fffffff)),
                                     {},
                                     ErrorCode::flow_control_error},
                             Mistake{"content beyond a stream's window",
                                     frame(Frame::data, 0, 1, std::string(16384, 'x')) +
                                         frame(Frame::data, 0, 1, std::string(16384, 'x')) +
                                         frame(Frame::data, 0, 1, std::string(16384, 'x')) +
                                         frame(Frame::data, 0, 1, std::string(16384, 'x')),
                                     {},
                                     ErrorCode::flow_control_error},
                             Mistake{"a window raised too far, of the connection",
                                     frame(Frame::window_update, 0, 0, number(0x7fffffff)),
                                     {},
                                     ErrorCode::flow_control_error},
                             Mistake{"content that is not as long as was said",
                                     frame(Frame::headers, 0x4, 3,
                                           post + std::string{"\x0f\x0d\x01"
                                                              "9",
                                                              4}) +
                                         frame(Frame::data, 0x1, 3, "four"),
                                     {},
                                     {}},  // stream 3 pays
                             Mistake{"a header block that can't be decoded",
                                     frame(Frame::headers, 0x5, 3, "\xff\xff\xff\xff\xff\xff"),
                                     {},
                                     ErrorCode::compression_error},
                             Mistake{"DATA on a stream that was never opened",
                                     frame(Frame::data, 0, 9, "x"),
                                     {},
                                     ErrorCode::protocol_error},
                             Mistake{"a client's even stream",
                                     frame(Frame::headers, 0x5, 2, get),
                                     {},
                                     ErrorCode::protocol_error},
                             Mistake{"SETTINGS of the wrong size",
                                     frame(Frame::settings, 0, 0, "12345"),
                                     {},
                                     ErrorCode::frame_size_error},
                             Mistake{"a PING of the wrong size",
                                     frame(Frame::ping, 0, 0, "1234567"),
                                     {},
                                     ErrorCode::frame_size_error},
                             Mistake{"CONTINUATION out of place",
                                     frame(Frame::continuation, 0x4, 1, ""),
                                     {},
                                     ErrorCode::protocol_error},
                             Mistake{"PUSH_PROMISE from a client",
                                     frame(Frame::push_promise, 0x4, 1, number(2) + get),
                                     {},
                                     ErrorCode::protocol_error}));

}  // namespace
}  // namespace muxlab::test
