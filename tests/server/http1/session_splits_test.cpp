// What a session answers depends on the bytes it was sent and never on how the network cut them.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/http1_conversation.h"
#include "tests/support/http1_splits.h"

namespace muxlab::server::http1 {
namespace {

using test::Http1Conversation;
using test::Pieces;

// Several exchanges of every kind, and at the end one that is refused.
std::string script() {
  return "GET /hello HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n"
         "HEAD /long HTTP/1.1\r\nHost: a\r\n\r\n"
         "\r\n"
         "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789"
         "GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n"
         "PUT /missing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
         "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nSum: 1\r\n\r\n"
         "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"
         "GET /no-content HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
         "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nGET / HTTP/1"
         "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
         "Expect: 100-continue\r\n\r\n"
         "6\r\nupload\r\nA;x=\"y\"\r\n in chunks\r\n0\r\nSum: 1\r\nCookie: no\r\nB: \r\n\r\n"
         "GET /summed HTTP/1.1\r\nHost: a\r\n\r\n"
         "GET http://b/long HTTP/1.1\r\nHost: a\r\nX: " +
         std::string(3000, 'x') +
         "\r\n\r\n"
         "GET /unchanged HTTP/1.1\r\nHost: a\r\n\r\n"
         "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n"
         "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";
}

struct Outcome {
  std::string heard;
  std::vector<std::string> asked;
  std::vector<std::string> log;
  bool finished;
  bool operator==(const Outcome&) const = default;
};

// Speaks one piece after another and listens `while_speaking` or only at the end.
Outcome converse(const Pieces& pieces, bool listen_between) {
  Http1Conversation conversation;
  Outcome outcome;
  for (const std::string_view piece : pieces) {
    conversation.say(piece);
    if (listen_between) outcome.heard += conversation.hear();
  }
  outcome.heard += conversation.hear();
  conversation.end_input();
  outcome.heard += conversation.hear();
  outcome.asked = conversation.handler().asked;
  outcome.log = conversation.log();
  outcome.finished = conversation.finished();
  return outcome;
}

TEST(Http1Splits, OneScriptGivesTheSameAnswersHoweverItIsCut) {
  const std::string text = script();
  const Outcome expected = converse(test::whole(text), false);
  EXPECT_EQ(expected.asked.size(), 12u);
  EXPECT_EQ(expected.log.size(), 13u);
  EXPECT_TRUE(expected.heard.ends_with("White space stands before a field's colon.\n"));

  EXPECT_NE(expected.heard.find("\r\n\r\nHTTP/1.1 201 "), std::string::npos);
  EXPECT_NE(expected.heard.find("16:upload in chunks sum=1 b="), std::string::npos);

  EXPECT_EQ(converse(test::byte_by_byte(text), false), expected);
  EXPECT_EQ(converse(test::byte_by_byte(text), true), expected);
  std::mt19937 random{1};
  for (int round = 0; round < 200; ++round) {
    EXPECT_EQ(converse(test::cut_at_random(text, random), round % 2 == 0), expected) << round;
  }
}

constexpr std::string_view spice[] = {"\r\n",
                                      "\n",
                                      "\r",
                                      "\r\n\r\n",
                                      " ",
                                      "\t",
                                      ":",
                                      ";",
                                      ",",
                                      "0",
                                      "ffff",
                                      "Host: b\r\n",
                                      "#",
                                      "\x01",
                                      "\x7f",
                                      "\xff",
                                      "HTTP/1.0",
                                      "*",
                                      "chunked",
                                      "close",
                                      "Expect: 100-continue\r\n",
                                      "Content-Length: 3\r\n",
                                      "Transfer-Encoding: chunked\r\n",
                                      "Connection: close\r\n"};

std::string mutated(std::string text, std::mt19937& random) {
  for (std::size_t change = 1 + random() % 4; change > 0; --change) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        text.erase(at, 1 + random() % 8);
        break;
      case 2:
        text.insert(at, spice[random() % std::size(spice)]);
        break;
      case 3:
        text.insert(at, text.substr(random() % text.size(), random() % 64));
        break;
    }
  }
  return text;
}

TEST(Http1Splits, AnUploadThatGrowsTooLargeIsRefusedAtTheSameByte) {
  const std::string text =
      "POST /small-upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
      "Expect: 100-continue\r\n\r\n4\r\n0123\r\n7\r\n4567890\r\nnonsense";
  const Outcome expected = converse(test::whole(text), false);
  EXPECT_TRUE(expected.heard.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 "));
  EXPECT_EQ(converse(test::byte_by_byte(text), true), expected);
  EXPECT_EQ(converse(test::byte_by_byte(text), false), expected);
}

TEST(Http1Splits, NoMutationOfTheScriptCrashesOrIsReadInTwoWays) {
  const std::string text = script();
  std::mt19937 random{2};
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string changed = mutated(text, random);
    const Outcome expected = converse(test::whole(changed), false);
    EXPECT_TRUE(expected.finished);
    refused += expected.log.back().find(" 400,") != std::string::npos ? 1 : 0;
    ASSERT_EQ(converse(test::cut_at_random(changed, random), round % 2 == 0), expected) << changed;
  }
  EXPECT_GT(refused, 100u);  // the mutations reach the parser's refusals
}

}  // namespace
}  // namespace muxlab::server::http1
