// Content that a handler accepted: handed over as it arrives, bounded in size and in time.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/http1_conversation.h"

namespace muxlab::server::http1 {
namespace {

using test::Http1Conversation;
using Log = std::vector<std::string>;

constexpr std::string_view get_hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

std::string post(std::string_view path, std::string_view fields) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n" + std::string{fields} +
         "\r\n\r\n";
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

TEST(Http1Upload, IsHandedOverPieceByPieceAndAnsweredAtItsEnd) {
  Http1Conversation conversation;
  conversation.say(post("/upload", "Content-Length: 5"));
  EXPECT_EQ(conversation.handler().asked.size(), 1u);
  conversation.say("he");
  EXPECT_EQ(conversation.handler().received, "he");
  EXPECT_EQ(conversation.hear(), "");

  const std::string heard = conversation.say_and_hear("llo" + std::string{get_hello});
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 201 "));
  EXPECT_TRUE(holds(heard, "\r\n\r\n5:helloHTTP/1.1 200 "));
  EXPECT_FALSE(conversation.finished());
}

TEST(Http1Upload, InChunksBringsItsTrailers) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear(
      post("/upload", "Transfer-Encoding: chunked") +
      "3\r\nhel\r\n2\r\nlo\r\n0\r\nSum: 1\r\nCookie: a\r\n\r\n" + std::string{get_hello});
  EXPECT_TRUE(holds(heard, "\r\n\r\n5:hello sum=1HTTP/1.1 200 ")) << heard;
}

TEST(Http1Upload, OfNothingEndsAtOnce) {
  Http1Conversation conversation;
  EXPECT_TRUE(conversation.say_and_hear(post("/upload", "Content-Length: 0")).ends_with("0:"));
  EXPECT_TRUE(conversation.say_and_hear(post("/upload", "A: b")).ends_with("0:"));
  EXPECT_TRUE(conversation.say_and_hear(post("/upload", "Expect: 100-continue"))
                  .starts_with("HTTP/1.1 201 "));
}

TEST(Http1Upload, ThatIsExpectedGets100AtOnce) {
  Http1Conversation conversation;
  EXPECT_EQ(conversation.say_and_hear(post("/upload", "Content-Length: 2\r\nExpect: 100-Continue")),
            go_on);
  const std::string heard = conversation.say_and_hear("ab");
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 201 "));
  EXPECT_TRUE(holds(heard, "connection: keep-alive\r\n"));
}

TEST(Http1Upload, OfAnOldClientGetsNo100) {
  Http1Conversation conversation;
  EXPECT_EQ(conversation.say_and_hear("POST /upload HTTP/1.0\r\nContent-Length: 2\r\n"
                                      "Expect: 100-continue\r\n\r\n"),
            "");
  EXPECT_TRUE(conversation.say_and_hear("ab").ends_with("2:ab"));
}

TEST(Http1Upload, AnyOtherExpectationIsRefused) {
  Http1Conversation conversation;
  EXPECT_TRUE(conversation.say_and_hear(post("/upload", "Content-Length: 2\r\nExpect: 200-ok"))
                  .starts_with("HTTP/1.1 417 "));
  EXPECT_TRUE(conversation.finished());
  EXPECT_TRUE(conversation.handler().asked.empty());
}

TEST(Http1Upload, DeclaredTooLargeIsRefusedAtOnce) {
  Http1Conversation exact;
  EXPECT_TRUE(exact.say_and_hear(post("/small-upload", "Content-Length: 10") + "0123456789")
                  .ends_with("10:0123456789"));

  Http1Conversation above;
  const std::string heard =
      above.say_and_hear(post("/small-upload", "Content-Length: 11\r\nExpect: 100-continue"));
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(holds(heard, "connection: close\r\n"));
  EXPECT_TRUE(above.finished());
  EXPECT_EQ(above.log(), Log{"POST /small-upload 413, 58 bytes"});
}

TEST(Http1Upload, GrowingTooLargeInChunksIsRefused) {
  const std::string head = post("/small-upload", "Transfer-Encoding: chunked");
  Http1Conversation exact;
  EXPECT_TRUE(exact.say_and_hear(head + "a\r\n0123456789\r\n0\r\n\r\n").ends_with("10:0123456789"));

  Http1Conversation above;
  EXPECT_TRUE(above.say_and_hear(head + "ff\r\n01234567890").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(above.finished());
  EXPECT_EQ(above.handler().received, "0123456789");
}

TEST(Http1Upload, ThatIsMalformedIsRefusedAndNeverEnds) {
  Http1Conversation conversation;
  EXPECT_TRUE(conversation
                  .say_and_hear(post("/upload", "Transfer-Encoding: chunked") +
                                "1\r\na\r\n0\r\nContent-Length: 3\r\n\r\n")
                  .starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1Upload, MayTakeLongAsLongAsItProgresses) {
  Http1Conversation conversation;
  conversation.say(post("/upload", "Content-Length: 100000"));
  for (int second = 0; second < 99; ++second) {
    conversation.say(std::string(1000, 'x'));
    conversation.wait(1s);
  }
  EXPECT_EQ(conversation.hear(), "");
  EXPECT_TRUE(holds(conversation.say_and_hear(std::string(1000, 'x')), "100000:"));
}

TEST(Http1Upload, ThatPausesForThirtySecondsIsRefused) {
  Http1Conversation conversation;
  conversation.say(post("/upload", "Content-Length: 100000") + std::string(50'000, 'x'));
  conversation.wait(29s);
  conversation.say(std::string(15'000, 'x'));  // what 30 seconds ask for
  conversation.wait(30s - 1ns);
  EXPECT_EQ(conversation.hear(), "");
  conversation.wait(1ns);
  EXPECT_TRUE(conversation.hear().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1Upload, ThatDripsIsRefusedHoweverMuchCameBefore) {
  Http1Conversation conversation;
  conversation.say(post("/upload", "Content-Length: 100000") + std::string(90'000, 'x'));
  for (int second = 0; second < 30; ++second) {
    conversation.say("x");
    conversation.wait(1s);
  }
  EXPECT_EQ(conversation.hear(), "");  // 30 bytes earn 60 milliseconds
  conversation.wait(1s);
  EXPECT_TRUE(conversation.hear().starts_with("HTTP/1.1 408 "));
}

TEST(Http1Upload, CutByTheClientIsNotAnswered) {
  Http1Conversation conversation;
  conversation.say(post("/upload", "Content-Length: 5") + "abc");
  conversation.end_input();
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.hear(), "");
  EXPECT_EQ(conversation.log(), Log{"POST /upload 0, 0 bytes, cut"});
}

TEST(Http1Upload, UnderWayAtADrainIsTakenToItsEnd) {
  Http1Conversation conversation;
  conversation.say(post("/upload", "Content-Length: 5") + "abc");
  conversation.shut_down();
  const std::string heard = conversation.say_and_hear("de");
  EXPECT_TRUE(heard.ends_with("5:abcde"));
  EXPECT_TRUE(holds(heard, "connection: close\r\n"));
  EXPECT_TRUE(conversation.finished());
}

}  // namespace
}  // namespace muxlab::server::http1
