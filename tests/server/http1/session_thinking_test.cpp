// What stands around an answer: the time a handler takes for it, trailers behind.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/http1_conversation.h"

namespace muxlab::server::http1 {
namespace {

using test::Http1Conversation;
using Log = std::vector<std::string>;

constexpr std::string_view get_hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_page = "GET /page HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view get_summed = "GET /summed HTTP/1.1\r\nHost: a\r\n\r\n";

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

TEST(Http1Thinking, DelaysTheAnswerAndAllBehindIt) {
  Http1Conversation conversation;
  conversation.say(std::string{get_slow} + std::string{get_hello});
  EXPECT_EQ(conversation.session().next_event(), conversation.now() + 2s);
  EXPECT_FALSE(conversation.session().wants_input());
  conversation.wait(2s - 1ns);
  EXPECT_EQ(conversation.hear(), "");
  EXPECT_EQ(conversation.handler().asked.size(), 1u);

  conversation.wait(1ns);
  const std::string heard = conversation.hear();
  EXPECT_TRUE(holds(heard, "\r\n\r\nslowHTTP/1.1 200 "));
  EXPECT_TRUE(heard.ends_with("hello"));
}

TEST(Http1Thinking, BeginsAtTheHeadOfARequestWhoseBodyIsDropped) {
  Http1Conversation conversation;
  conversation.say("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  conversation.wait(1500ms);
  conversation.say("b");
  EXPECT_EQ(conversation.session().next_event(), conversation.now() + 500ms);
  conversation.wait(500ms);
  EXPECT_TRUE(conversation.hear().ends_with("slow"));

  conversation.say("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  conversation.wait(5s);
  EXPECT_TRUE(conversation.say_and_hear("b").ends_with("slow"));
}

TEST(Http1Thinking, GoesOnWhenTheInputEnds) {
  Http1Conversation conversation;
  conversation.say(get_slow);
  conversation.end_input();
  EXPECT_FALSE(conversation.finished());
  conversation.wait(2s);
  EXPECT_TRUE(conversation.hear().ends_with("slow"));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1Thinking, GoesOnThroughADrainAndEndsTheConnection) {
  Http1Conversation conversation;
  conversation.say(std::string{get_slow} + std::string{get_hello});
  conversation.shut_down();
  EXPECT_FALSE(conversation.finished());
  conversation.wait(2s);
  const std::string heard = conversation.hear();
  EXPECT_TRUE(holds(heard, "connection: close\r\n"));
  EXPECT_TRUE(heard.ends_with("slow"));
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.log(), Log{"GET /slow 200, 4 bytes"});
}

// A page has companions all the same; old clients take a 103 for the answer (RFC 8297 section 3).
TEST(Http1EarlyHints, AreForHttp2Alone) {
  Http1Conversation conversation;
  EXPECT_EQ(conversation.say_and_hear(get_page), "");
  conversation.wait(1s);
  const std::string heard = conversation.hear();
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(heard.ends_with("page"));
}

TEST(Http1Trailers, FollowContentOfUnknownLengthAndAreAnnounced) {
  Http1Conversation conversation;
  const std::string heard =
      conversation.say_and_hear(std::string{get_summed} + std::string{get_hello});
  EXPECT_TRUE(holds(heard, "transfer-encoding: chunked\r\ntrailer: sum, server-timing\r\n"));
  EXPECT_TRUE(holds(heard, "two\r\n0\r\nsum: 6\r\nserver-timing: pieces;dur=2\r\n\r\nHTTP/1.1 200"))
      << heard;
}

TEST(Http1Trailers, AreLeftOutForAnOldClient) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear("GET /summed HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(holds(heard, "trailer"));
  EXPECT_TRUE(heard.ends_with("\r\n\r\nonetwo"));
}

TEST(Http1Trailers, AreAnnouncedToHeadAndNotSent) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear("HEAD /summed HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(holds(heard, "trailer: sum, server-timing\r\n"));
  EXPECT_TRUE(heard.ends_with("\r\n\r\n"));
  EXPECT_FALSE(holds(heard, "sum: 6"));
}

}  // namespace
}  // namespace muxlab::server::http1
