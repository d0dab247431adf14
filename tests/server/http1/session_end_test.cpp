// How a session ends: by its timeouts, by a drain, by the peer.
#include <gtest/gtest.h>

#include "common/http/unwanted_content.h"
#include "tests/support/http1_conversation.h"

namespace muxlab::server::http1 {
namespace {

using test::Http1Conversation;
using Log = std::vector<std::string>;

constexpr std::string_view get_hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_pieces = "GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view post = "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

TEST(Http1SessionTimeout, EndsAConnectionThatSaidNothingInSilence) {
  Http1Conversation conversation;
  conversation.wait(61s - 1ns);
  EXPECT_FALSE(conversation.finished());
  conversation.wait(1ns);
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.hear(), "");
  EXPECT_TRUE(conversation.log().empty());
}

TEST(Http1SessionTimeout, CountsIdlenessFromTheLastResponse) {
  Http1Conversation conversation{{.idle_timeout = 15s}};
  conversation.wait(14s);
  conversation.say_and_hear(get_hello);
  EXPECT_EQ(conversation.session().next_event(), conversation.now() + 16s);
  conversation.wait(15s);  // what is announced; the margin is not
  EXPECT_FALSE(conversation.finished());
  conversation.wait(1s);
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1SessionTimeout, GivesAWholeHeadTenSeconds) {
  Http1Conversation conversation;
  conversation.wait(30s);
  for (int second = 0; second < 9; ++second) {
    conversation.say("x");
    conversation.wait(1s);
  }
  EXPECT_EQ(conversation.hear(), "");
  conversation.wait(1s);
  EXPECT_TRUE(conversation.hear().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1SessionTimeout, GivesABodyThirtySeconds) {
  Http1Conversation conversation;
  conversation.say(post);
  conversation.wait(29s);
  conversation.say("a");
  EXPECT_EQ(conversation.hear(), "");
  conversation.wait(1s + 2ms);  // which the one byte has earned
  EXPECT_TRUE(conversation.hear().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.log(), Log{"POST /hello 408, 43 bytes"});
}

TEST(Http1SessionTimeout, LeavesAnAnswerUnderWayAlone) {
  Http1Conversation conversation;
  conversation.handler().held = true;
  conversation.say_and_hear(get_pieces);
  EXPECT_EQ(conversation.session().next_event(), std::nullopt);
  conversation.wait(3600s);
  EXPECT_FALSE(conversation.finished());
}

TEST(Http1SessionDrain, EndsAnIdleConnectionAtOnce) {
  Http1Conversation fresh;
  fresh.shut_down();
  EXPECT_TRUE(fresh.finished());

  Http1Conversation used;
  used.say_and_hear(get_hello);
  used.shut_down();
  EXPECT_TRUE(used.finished());
  EXPECT_FALSE(used.session().wants_input());
}

TEST(Http1SessionDrain, LetsTheAnswerUnderWaySayThatItIsTheLast) {
  Http1Conversation conversation;
  conversation.say(get_hello);
  conversation.shut_down();
  EXPECT_FALSE(conversation.finished());
  EXPECT_TRUE(holds(conversation.hear(), "connection: close\r\n"));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1SessionDrain, FinishesAnAnswerWhoseHeadIsGoneAndNothingBehindIt) {
  Http1Conversation conversation;
  conversation.handler().held = true;
  conversation.say(std::string{get_pieces} + std::string{get_hello});
  EXPECT_TRUE(holds(conversation.hear(), "connection: keep-alive\r\n"));
  conversation.shut_down();
  conversation.handler().held = false;
  EXPECT_TRUE(conversation.hear().ends_with("three\r\n0\r\n\r\n"));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1SessionDrain, AwaitsARequestThatHasBegun) {
  Http1Conversation conversation;
  conversation.say(get_hello.substr(0, 10));
  conversation.shut_down();
  EXPECT_FALSE(conversation.finished());
  EXPECT_TRUE(holds(conversation.say_and_hear(get_hello.substr(10)), "connection: close\r\n"));
  EXPECT_TRUE(conversation.finished());

  Http1Conversation sending;
  sending.say(post);
  sending.shut_down();
  EXPECT_TRUE(holds(sending.say_and_hear("12345"), "connection: close\r\n"));
  EXPECT_TRUE(sending.finished());
}

TEST(Http1SessionInputEnd, StillAnswersWhatWasComplete) {
  Http1Conversation conversation;
  conversation.say(std::string{get_hello} + std::string{get_hello} + "GET /hel");
  conversation.end_input();
  EXPECT_FALSE(conversation.finished());
  conversation.hear();
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.log().size(), 2u);
}

TEST(Http1SessionInputEnd, InTheMiddleOfARequestEndsTheConnection) {
  Http1Conversation halfway;
  halfway.say("GET /hel");
  halfway.end_input();
  EXPECT_TRUE(halfway.finished());
  EXPECT_TRUE(halfway.log().empty());

  Http1Conversation sending;
  sending.say(post);
  sending.end_input();
  EXPECT_TRUE(sending.finished());
  EXPECT_EQ(sending.hear(), "");
  EXPECT_EQ(sending.log(), Log{"POST /hello 0, 0 bytes, cut"});
}

TEST(Http1SessionLast, TakesAndDropsWhatComesBehindTheLastRequest) {
  Http1Conversation conversation;
  conversation.handler().held = true;
  conversation.say("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
  EXPECT_TRUE(holds(conversation.hear(), "connection: close\r\n"));
  const std::string megabyte(1'000'000, 'x');
  for (int sent = 0; sent < 20; ++sent) {
    ASSERT_TRUE(conversation.session().wants_input());
    conversation.say(megabyte);
  }
  conversation.say(get_hello);
  conversation.handler().held = false;
  EXPECT_TRUE(conversation.hear().ends_with("three\r\n0\r\n\r\n"));
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.log().size(), 1u);
}

TEST(Http1SessionLast, DropsForAClientThatSendsForEverNoMoreThanItsLimit) {
  Http1Conversation conversation;
  conversation.handler().held = true;
  conversation.say("GET /pieces HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  conversation.hear();
  const std::string megabyte(1 << 20, 'x');
  std::uint64_t dropped = 0;
  while (conversation.session().wants_input() && dropped <= http::most_unwanted_bytes) {
    conversation.say(megabyte);
    dropped += megabyte.size();
  }
  EXPECT_EQ(dropped, http::most_unwanted_bytes);
}

TEST(Http1SessionLog, NotesAnExchangeThatTheConnectionsEndCut) {
  std::vector<int> statuses;
  const http::ExchangeLog note = [&statuses](const http::FinishedExchange& exchange) {
    EXPECT_FALSE(exchange.complete);
    statuses.push_back(exchange.status);
  };
  test::Http1Handler handler;
  handler.held = true;
  const http::DateStamp date{std::chrono::sys_seconds{}};
  const http::Service service{handler, date, &note};
  const ConnectionFacts facts;
  {
    Session session{service, facts, {}, Instant{}};
    ASSERT_TRUE(session.receive(bytes_of(get_pieces), Instant{}).ok());
  }
  EXPECT_EQ(statuses, std::vector<int>{200});
}

}  // namespace
}  // namespace muxlab::server::http1
