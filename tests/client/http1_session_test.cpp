// The client's HTTP/1.1 session alone, with answers written by hand.
#include "client/http1_session.h"

#include <gtest/gtest.h>

#include "tests/support/http2_frames.h"

namespace muxlab::client {
namespace {

struct Conversation {
  FetchBoard board{{.index = "/", .objects = {{.path = "/a"}, {.path = "/b"}}}, Instant{}};
  ConnectionFacts facts;
  Http1Session session{board, facts, {.authority = "localhost", .fields = {{"accept", "*/*"}}}};
  Instant now{};

  std::string asks() {
    ByteQueue out;
    while (session.produce(out, 16384, now) > 0) {
    }
    return test::drain_to_text(out);
  }
  Status hears(std::string_view text) {
    now += 1ms;
    return session.receive(bytes_of(text), now);
  }
};

TEST(ClientHttp1Session, AsksForOneThingAfterAnother) {
  Conversation talk;
  EXPECT_EQ(talk.asks(), "GET / HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n\r\n");
  EXPECT_EQ(talk.asks(), "") << "no pipelining";
  EXPECT_TRUE(talk.hears("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc").ok());
  EXPECT_EQ(talk.asks(), "GET /a HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n\r\n");
  EXPECT_TRUE(talk.hears("HTTP/1.1 204 No Content\r\n\r\n").ok());
  EXPECT_EQ(talk.board[1].outcome, Fetch::Outcome::done);
  EXPECT_EQ(talk.asks().substr(0, 7), "GET /b ");
}

TEST(ClientHttp1Session, NotesWhenTheAnswerBeganAndEnded) {
  Conversation talk;
  talk.asks();
  for (const char* piece : {"H", "TTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n", "ab", "c"}) {
    EXPECT_TRUE(talk.hears(piece).ok());
  }
  EXPECT_EQ(talk.board[0].first_byte, Instant{} + 1ms);
  EXPECT_EQ(talk.board[0].last_byte, Instant{} + 4ms);
  EXPECT_EQ(talk.board[0].body_bytes, 3u);
}

TEST(ClientHttp1Session, PassesInterimAnswersBy) {
  Conversation talk;
  talk.asks();
  EXPECT_TRUE(talk.hears("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n").ok());
  EXPECT_TRUE(talk.hears("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n").ok());
  EXPECT_TRUE(talk.hears("content-length: 0\r\n\r\n").ok());
  EXPECT_EQ(talk.board[0].status, 200);
  EXPECT_EQ(talk.board[0].first_byte, Instant{} + 2ms);

  talk.asks();
  std::string endless;
  for (int count = 0; count <= max_interim_answers; ++count) endless += "HTTP/1.1 103 \r\n\r\n";
  EXPECT_FALSE(talk.hears(endless).ok());
  EXPECT_EQ(talk.board[1].trouble, "HTTP/1.1: too many interim answers");
}

TEST(ClientHttp1Session, CountsContentInChunksWithoutTheirFraming) {
  Conversation talk;
  talk.asks();
  EXPECT_TRUE(talk.hears("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                         "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nsum: 5\r\n\r\n")
                  .ok());
  EXPECT_EQ(talk.board[0].body_bytes, 5u);
  EXPECT_FALSE(talk.session.finished());
}

TEST(ClientHttp1Session, EndsWithTheAnswerThatClosesTheConnection) {
  for (const std::string head :
       {"HTTP/1.1 200 OK\r\nconnection: close\r\n", "HTTP/1.0 200 OK\r\n"}) {
    Conversation talk;
    talk.asks();
    EXPECT_TRUE(talk.hears(head + "content-length: 3\r\n\r\nabc and more").ok());
    EXPECT_EQ(talk.board[0].outcome, Fetch::Outcome::done);
    EXPECT_EQ(talk.board[0].body_bytes, 3u);
    EXPECT_TRUE(talk.session.finished());
    EXPECT_EQ(talk.asks(), "");
    EXPECT_EQ(talk.board.waiting(), 2u) << "for another connection";
  }
}

TEST(ClientHttp1Session, HearsNothingThatItDidNotAskFor) {
  Conversation talk;
  talk.asks();
  EXPECT_FALSE(talk.hears("HTTP/1.1 204 \r\n\r\nHTTP/1.1 200 OK\r\n\r\n").ok());
  EXPECT_EQ(talk.board[0].outcome, Fetch::Outcome::done);
  EXPECT_TRUE(talk.session.finished());
}

TEST(ClientHttp1Session, WaitsForAnAnswerButNotForEver) {
  Conversation talk;
  EXPECT_FALSE(talk.session.next_event()) << "nothing is owed";
  talk.asks();
  const Instant due = Instant{} + SessionOptions{}.silence_timeout;
  EXPECT_EQ(talk.session.next_event(), due);
  talk.session.advance(due - 1ns);
  EXPECT_FALSE(talk.session.finished());
  talk.session.advance(due);
  EXPECT_TRUE(talk.session.finished());
  EXPECT_EQ(talk.board[0].outcome, Fetch::Outcome::failed);
}

TEST(ClientHttp1Session, FinishesWhatItHasBegunWhenItIsShutDown) {
  Conversation talk;
  talk.asks();
  talk.session.shut_down(talk.now);
  EXPECT_FALSE(talk.session.finished());
  EXPECT_TRUE(talk.hears("HTTP/1.1 204 \r\n\r\n").ok());
  EXPECT_EQ(talk.board[0].outcome, Fetch::Outcome::done);
  EXPECT_TRUE(talk.session.finished());
}

}  // namespace
}  // namespace muxlab::client
