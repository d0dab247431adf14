// What a line delays is not held against the client: every wait for it is counted at its own end of
// the line. What the client itself delays is.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "tests/support/far_ends.h"

namespace muxlab::test {
namespace {

server::dispatch::Rules http1(server::http1::Options options = {}) {
  return {.http1 = options, .http2 = std::nullopt};
}

server::dispatch::Rules http2_rules(server::http2::Options options = {}) {
  return {.http1 = std::nullopt, .http2 = options};
}

constexpr std::string_view get_small = "GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n";

// Takes any content, and says how much it was.
void take_uploads(Shelf& shelf) {
  shelf.on("/upload", [](const http::Request&, http::Responder& responder) {
    auto bytes = std::make_shared<std::uint64_t>(0);
    responder.accept({.most_bytes = 10'000'000,
                      .content = [bytes](Bytes piece) { *bytes += piece.size(); },
                      .ended =
                          [bytes](const http::Headers&) {
                            return http::text_response(200, "text/plain", std::to_string(*bytes));
                          }});
  });
}

std::size_t answers_in(std::string_view heard) {
  std::size_t count = 0;
  for (auto at = heard.find("HTTP/1.1 200"); at != std::string_view::npos;
       at = heard.find("HTTP/1.1 200", at + 1)) {
    ++count;
  }
  return count;
}

http2::StreamId post(http2::Endpoint& client, std::size_t bytes) {
  return client
      .request({{":method", "POST"},
                {":scheme", "http"},
                {":authority", "localhost"},
                {":path", "/upload"}},
               std::make_unique<http::SharedBody>(
                   std::make_shared<const std::string>(std::string(bytes, 'x'))))
      .value();
}

http2::StreamId get(http2::Endpoint& client, const std::string& path) {
  return client
      .request(
          {{":method", "GET"}, {":scheme", "http"}, {":authority", "localhost"}, {":path", path}},
          nullptr)
      .value();
}

std::string status_of(const FarEnd& end, http2::StreamId stream) {
  for (const http2::Event& event : end.events) {
    const auto* head = std::get_if<http2::HeadersReceived>(&event);
    if (head != nullptr && head->stream == stream) {
      return std::string{head->fields.find(":status").value_or("")};
    }
  }
  return "";
}

bool is_whole(const FarEnd& end, http2::StreamId stream) {
  for (const http2::Event& event : end.events) {
    const auto* ended = std::get_if<http2::ContentEnded>(&event);
    if (ended != nullptr && ended->stream == stream) return true;
  }
  return false;
}

// --- What the line delays

TEST(ClientLag, AnAcknowledgementOfSettingsMayStandBehindAnUpload) {
  FarEnds ends{"rtt=100ms,down=1mbit,up=32kbit", http2_rules()};
  take_uploads(ends.shelf);
  FarEnd& end = ends.connect();
  const http2::StreamId upload = post(end.speak_http2(), 65'000);  // 16 s of the uplink
  EXPECT_TRUE(ends.run_until([&] { return status_of(end, upload) == "200"; }, 60s));
  EXPECT_GT(ends.now - Instant{}, 16s);
}

TEST(ClientLag, IdlenessIsCountedFromWhatHasLanded) {
  FarEnds ends{"rtt=100ms,down=64kbit,up=64kbit", http1({.idle_timeout = 15s})};
  ends.shelf.put("/small", "small");
  ends.shelf.put("/large", std::string(250'000, 'x'));  // 31 s of the downlink
  FarEnd& end = ends.connect();
  end.say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(ends.run_until([&] { return end.heard.size() > 250'000; }, 60s));
  ends.run_for(14s);
  end.say(get_small);
  EXPECT_TRUE(ends.run_until([&] { return answers_in(end.heard) == 2; }, 10s));
}

TEST(ClientLag, ARequestThatLeftInTimeIsAnsweredHoweverLongItTravels) {
  FarEnds ends{"rtt=2s,down=10mbit,up=10mbit", http1({.idle_timeout = 15s})};
  ends.shelf.put("/small", "small");
  FarEnd& end = ends.connect();
  end.say(get_small);
  ASSERT_TRUE(ends.run_until([&] { return answers_in(end.heard) == 1; }, 20s));
  for (std::size_t nth = 2; nth <= 4; ++nth) {
    ends.run_until([] { return false; }, end.landed + 15s - ends.now);
    end.say(get_small);
    ASSERT_TRUE(ends.run_until([&] { return answers_in(end.heard) == nth; }, 10s)) << nth;
  }
}

TEST(ClientLag, SixLargeHeadsShareASlowUplink) {
  FarEnds ends{"rtt=100ms,down=64kbit,up=8kbit", http1()};
  ends.shelf.put("/small", "small");
  std::vector<FarEnd*> clients;
  for (int i = 0; i < 6; ++i) clients.push_back(&ends.connect());
  for (FarEnd* client : clients) {
    client->say("GET /small HTTP/1.1\r\nHost: localhost\r\nCookie: " + std::string(4'000, 'c') +
                "\r\n\r\n");  // together 24 s of the uplink, at the least
  }
  for (FarEnd* client : clients) {
    EXPECT_TRUE(ends.run_until([&] { return answers_in(client->heard) == 1; }, 300s));
  }
}

TEST(ClientLag, AnUploadGoesAsFastAsItsLine) {
  FarEnds ends{"rtt=100ms,down=64kbit,up=8kbit", http1()};
  take_uploads(ends.shelf);
  std::vector<FarEnd*> clients;
  for (int i = 0; i < 6; ++i) clients.push_back(&ends.connect());  // a third of the least rate each
  for (FarEnd* client : clients) {
    client->say("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" +
                std::string(100'000, 'x'));
  }
  for (FarEnd* client : clients) {
    EXPECT_TRUE(ends.run_until([&] { return answers_in(client->heard) == 1; }, 3000s));
  }
  EXPECT_GT(ends.now - Instant{}, 600s);
}

TEST(ClientLag, AnAnswerMayTakeLongerOnItsWayThanAStallMayLast) {
  FarEnds ends{"rtt=100ms,down=8kbit,up=8kbit,queue=400", http2_rules()};
  ends.shelf.put("/large", std::string(100'000, 'x'));  // 100 s
  FarEnd& end = ends.connect();
  const http2::StreamId stream = get(end.speak_http2({.stream_window_bytes = 1 << 20}), "/large");
  EXPECT_TRUE(ends.run_until([&] { return is_whole(end, stream); }, 300s));
}

TEST(ClientLag, TheSecondGoawayWaitsUntilTheFirstCanHaveBeenSeen) {
  FarEnds ends{"rtt=2s,down=10mbit,up=10mbit", http2_rules()};
  ends.shelf.put("/small", "small");
  FarEnd& end = ends.connect();
  http2::Endpoint& client = end.speak_http2();
  const http2::StreamId first = get(client, "/small");
  ASSERT_TRUE(ends.run_until([&] { return is_whole(end, first); }, 60s));
  end.server.shut_down(ends.now);
  ends.run_for(900ms);  // the notice is still on its way
  const http2::StreamId late = get(client, "/small");
  EXPECT_TRUE(ends.run_until([&] { return is_whole(end, late); }, 60s));
}

TEST(ClientLag, ALineThatLosesEverythingIsNoExcuseForEver) {
  FarEnds ends{"rtt=100ms,down=1mbit,up=1mbit,loss=100%", http1()};
  FarEnd& end = ends.connect();
  end.say(get_small);
  // The idle timeout, and a stall's for the farewell that does not arrive either.
  const Duration patience = 61s + ends.limits.write_stall_timeout;
  EXPECT_FALSE(ends.run_until([&] { return end.over(); }, link::ClientClock::longest_standstill));
  EXPECT_TRUE(ends.run_until([&] { return end.over(); }, patience + 1s));
}

// --- What the client delays

TEST(ClientLag, AClientThatSaysNothingIsNotExcused) {
  FarEnds ends{"rtt=2s,down=10mbit,up=10mbit", http1({.idle_timeout = 15s})};
  ends.shelf.put("/small", "small");
  FarEnd& end = ends.connect();
  end.say(get_small);
  ASSERT_TRUE(ends.run_until([&] { return answers_in(end.heard) == 1; }, 20s));
  EXPECT_FALSE(ends.run_until([&] { return end.over(); }, 15s));
  // The margin, what the request took (to connect, and its way), and the way of the farewell.
  EXPECT_TRUE(ends.run_until([&] { return end.over(); }, 1s + 3s + 1s + 10ms));
}

TEST(ClientLag, ADrippedHeadIsNotExcusedThoughSomeOfItIsAlwaysUnderWay) {
  FarEnds ends{"rtt=2s,down=10mbit,up=10mbit", http1()};
  FarEnd& end = ends.connect();
  end.say("GET / HTTP/1.1\r\n");
  int seconds = 0;
  for (; end.heard.empty() && seconds < 30; ++seconds) {
    end.say("x");
    ends.run_for(1s);
  }
  EXPECT_TRUE(end.heard.starts_with("HTTP/1.1 408"));
  EXPECT_LE(seconds, 10 + 4);  // two round trips: to connect, and to hear of it
}

TEST(ClientLag, ADrippedUploadIsNotExcused) {
  FarEnds ends{"rtt=2s,down=1mbit,up=1mbit", http1()};
  take_uploads(ends.shelf);
  FarEnd& end = ends.connect();
  end.say("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
          std::string(100'000, 'x'));
  int seconds = 0;
  for (; end.heard.empty() && seconds < 100; ++seconds) {
    end.say("x");
    ends.run_for(1s);
  }
  EXPECT_TRUE(end.heard.starts_with("HTTP/1.1 408"));
  EXPECT_LE(seconds, 40);
}

TEST(ClientLag, AClientThatDoesNotReadIsNotExcused) {
  FarEnds ends{"rtt=100ms,down=1mbit,up=1mbit", http1()};
  ends.shelf.put("/large", std::string(1'000'000, 'x'));
  FarEnd& end = ends.connect();
  end.reads = false;
  end.say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(ends.run_until([&] { return end.over(); }, 32s));
}

}  // namespace
}  // namespace muxlab::test
