// Servers that turn HTTP/2 streams away or break the protocol: a load takes another way, or ends
// and says why.
#include <functional>
#include <string>

#include "tests/client/page_fixture.h"
#include "tests/support/http2_frames.h"

namespace muxlab::test {
namespace {

using http2::ErrorCode;
using http2::StreamId;

// A server of frames: answers each request as the test says.
class Http2End final : public FarEnd {
 public:
  using Answer = std::function<void(Http2End&, StreamId)>;

  explicit Http2End(Answer answer, const http2::EndpointOptions& options = {})
      : endpoint(http2::Role::server, options), answer_(std::move(answer)) {}

  void hear(Bytes wire, Instant) override {
    if (!endpoint.receive(wire).ok()) closes = true;
    for (const http2::Event& event : endpoint.take_events()) {
      const auto* request = std::get_if<http2::HeadersReceived>(&event);
      if (request != nullptr) answer_(*this, request->stream);
    }
  }
  bool speak(ByteQueue& out, Instant) override {
    endpoint.produce(out, 1 << 30);
    out.append(bytes_of(std::exchange(raw, {})));
    return !closes;
  }

  // A good answer of one byte.
  void serve(StreamId stream) {
    auto content = std::make_unique<http::SharedBody>(std::make_shared<const std::string>("x"));
    endpoint.respond(stream, 200, {}, std::move(content));
  }

  http2::Endpoint endpoint;
  std::string raw;  // to be said behind the endpoint's frames
  bool closes = false;

 private:
  Answer answer_;
};

std::string big_endian(std::uint32_t number) {
  std::string text;
  for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(number >> shift & 0xff);
  return text;
}

std::string goaway(StreamId last, ErrorCode code) {
  return frame(Frame::goaway, 0, 0,
               big_endian(last) + big_endian(static_cast<std::uint32_t>(code)));
}

class HostileHttp2 : public PageTest {
 protected:
  // Loads an index and ten objects (streams 1, 3, 5 ...), each connection served by such an end.
  std::string outcome(const Http2End::Answer& answer, const http2::EndpointOptions& options = {}) {
    page = load(multiplexed, 10);
    MemoryLine line{
        *page, [&](std::size_t, Instant) { return std::make_unique<Http2End>(answer, options); }};
    line.run();
    opened = line.opened();
    return words(*page);
  }

  std::unique_ptr<client::PageLoad> page;
  std::size_t opened = 0;
};

TEST_F(HostileHttp2, ServesTheTestsItself) {
  EXPECT_EQ(outcome([](Http2End& end, StreamId stream) { end.serve(stream); }), "all arrived");
}

TEST_F(HostileHttp2, AResetFailsOneFetchAlone) {
  const auto answer = [](Http2End& end, StreamId stream) {
    if (stream == 5) return end.endpoint.reset(stream, ErrorCode::internal_error);
    end.serve(stream);
  };
  EXPECT_EQ(outcome(answer),
            "/object/1: HTTP/2: the stream was reset with error 2 (RFC 9113 section 7)");
  EXPECT_EQ(page->fetches().done(), 10u);
  EXPECT_EQ(opened, 1u);
}

TEST_F(HostileHttp2, ARefusedStreamIsAskedForAgain) {
  int refusals = 0;
  const auto answer = [&refusals](Http2End& end, StreamId stream) {
    if (stream == 5 || stream == 7) {
      ++refusals;
      return end.endpoint.reset(stream, ErrorCode::refused_stream);
    }
    end.serve(stream);
  };
  EXPECT_EQ(outcome(answer), "all arrived");
  EXPECT_EQ(refusals, 2);
  EXPECT_EQ(page->fetches()[2].attempts, 2);
}

TEST_F(HostileHttp2, AStreamThatIsAlwaysRefusedIsGivenUp) {
  const auto answer = [](Http2End& end, StreamId stream) {
    if (stream == 1) return end.serve(stream);
    end.endpoint.reset(stream, ErrorCode::refused_stream);
  };
  EXPECT_EQ(outcome(answer), "/object/0: HTTP/2: the server refuses the stream");
  EXPECT_EQ(page->fetches()[1].attempts, client::max_refusals);
}

TEST_F(HostileHttp2, WhatAGoawayLeavesOutIsFetchedOnAnotherConnection) {
  const auto answer = [](Http2End& end, StreamId stream) {
    if (stream <= 7) end.serve(stream);
    if (stream == 9) end.raw = goaway(7, ErrorCode::no_error);
  };
  EXPECT_EQ(outcome(answer), "all arrived");
  EXPECT_EQ(page->fetches()[4].attempts, 2);
  EXPECT_EQ(page->fetches()[4].connection, 1u);
  EXPECT_EQ(page->fetches()[3].connection, 0u);
}

TEST_F(HostileHttp2, ConnectionsThatAllSayGoawayAreGivenUp) {
  const auto answer = [](Http2End& end, StreamId) {
    end.raw = goaway(0, ErrorCode::enhance_your_calm);
  };
  const std::string said = outcome(answer);
  EXPECT_TRUE(said.starts_with("/: ")) << said;
  EXPECT_LE(opened, client::max_fruitless_connections);
}

TEST_F(HostileHttp2, ContentThatIsNotOfTheLengthSaidFailsItsFetch) {
  const auto answer = [](Http2End& end, StreamId stream) {
    if (stream != 3) return end.serve(stream);
    auto content = std::make_unique<http::SharedBody>(std::make_shared<const std::string>("x"));
    end.endpoint.respond(stream, 200, {{"content-length", "9"}}, std::move(content));
  };
  EXPECT_EQ(outcome(answer),
            "/object/0: HTTP/2: the stream was reset with error 1 (RFC 9113 section 7)");
}

TEST_F(HostileHttp2, AServerThatSpeaksAnotherProtocolIsGivenUp) {
  const std::string answer = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n";
  page = load(multiplexed, 1);
  MemoryLine line{*page, scripted({.answers = {answer}})};
  line.run();
  EXPECT_TRUE(words(*page).starts_with("/: HTTP/2: ")) << words(*page);
}

TEST_F(HostileHttp2, GarbageWithinAnswersEndsTheConnectionWithWords) {
  for (const std::string& garbage :
       {std::string(100, '\xff'), frame(Frame::data, 0, 0, "on stream 0"),
        frame(Frame::headers, 4, 3, "\xff\xff\xff\xff\xff\xff"),
        frame(Frame::settings, 0, 0, std::string("\0\4\xff\xff\xff\xff", 6)),
        frame(Frame::window_update, 0, 0, std::string(4, '\0')),
        frame(Frame::push_promise, 4, 3, std::string("\0\0\0\2\x82", 5))}) {
    const auto answer = [&garbage](Http2End& end, StreamId stream) {
      if (stream == 1) return end.serve(stream);
      end.raw = garbage;
      end.closes = true;
    };
    const std::string said = outcome(answer);
    EXPECT_TRUE(said.starts_with("/object/0: HTTP/2: ")) << said;
    EXPECT_EQ(page->fetches().done(), 1u);
  }
}

TEST_F(HostileHttp2, AnEarlyCloseFailsWhatWasBegunAndAsksAgainForTheRest) {
  const auto answer = [](Http2End& end, StreamId stream) {
    if (stream == 3) end.endpoint.respond(stream, 200, {{"content-length", "9"}}, nullptr);
    if (stream == 1) end.serve(stream);
    if (stream == 5) {
      end.raw = frame(Frame::headers, 4, 5, "\x88");  // :status 200, and no end
      end.closes = true;
    }
  };
  const std::string said = outcome(answer);
  EXPECT_FALSE(said == "all arrived");
  EXPECT_EQ(page->fetches()[2].trouble, "HTTP/2: the server closed");
}

TEST_F(HostileHttp2, AServerThatFallsSilentIsGivenUp) {
  const auto answer = [](Http2End& end, StreamId stream) {
    if (stream < 9) end.serve(stream);
  };
  EXPECT_EQ(outcome(answer), "/object/3: HTTP/2: the server owes an answer and is silent");
  EXPECT_EQ(page->fetches().done(), 4u);
}

TEST_F(HostileHttp2, AServerThatAllowsNoStreamIsGivenUp) {
  http2::EndpointOptions none;
  none.max_concurrent_streams = 0;
  const std::string said = outcome([](Http2End& end, StreamId stream) { end.serve(stream); }, none);
  EXPECT_TRUE(said.starts_with("/: ")) << said;
}

TEST_F(HostileHttp2, AServerThatDidNotAgreeToH2IsNotSpokenTo) {
  go_under_tls("h2");
  proof.emplace(identity(tls::TicketKeys::random(), {}));  // no ALPN at all
  page = load(multiplexed, 1);
  MemoryLine line{*page, real_server()};
  line.run();
  EXPECT_NE(words(*page).find("HTTP/2: the server did not agree to h2"), std::string::npos)
      << words(*page);
}

}  // namespace
}  // namespace muxlab::test
