#include "server/http1/session.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/http1_conversation.h"

namespace muxlab::server::http1 {
namespace {

using test::Http1Conversation;
using Log = std::vector<std::string>;

std::string request(std::string_view method, std::string_view path, std::string_view more = "") {
  return std::string{method} + ' ' + std::string{path} + " HTTP/1.1\r\nHost: a\r\n" +
         std::string{more} + "\r\n";
}

std::string get(std::string_view path, std::string_view more = "") {
  return request("GET", path, more);
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

bool holds(std::string_view text, std::string_view part) {
  return count(text, part) > 0;
}

TEST(Http1Session, AnswersAndKeepsTheConnection) {
  Http1Conversation conversation;
  EXPECT_EQ(conversation.say_and_hear(get("/hello")),
            "HTTP/1.1 200 OK\r\n"
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "content-type: text/plain\r\n"
            "content-length: 5\r\n"
            "server-timing: conn;desc=\"c17\", stream;desc=\"1\"\r\n"
            "connection: keep-alive\r\n"
            "keep-alive: timeout=60\r\n"
            "\r\n"
            "hello");
  EXPECT_TRUE(holds(conversation.say_and_hear(get("/hello")), "stream;desc=\"2\""));
  EXPECT_FALSE(conversation.finished());
  EXPECT_EQ(conversation.log(), (Log{"GET /hello 200, 5 bytes", "GET /hello 200, 5 bytes"}));
}

TEST(Http1Session, ClosesWhenTheClientSaysSo) {
  Http1Conversation conversation;
  const std::string heard =
      conversation.say_and_hear(get("/hello", "Connection: close\r\n") + get("/hello"));
  EXPECT_TRUE(holds(heard, "connection: close\r\n"));
  EXPECT_FALSE(holds(heard, "keep-alive"));
  EXPECT_TRUE(heard.ends_with("hello"));
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.handler().asked.size(), 1u);
}

TEST(Http1Session, WithoutKeepAliveClosesAfterEveryResponse) {
  Http1Conversation conversation{{.keep_alive = false}};
  EXPECT_TRUE(holds(conversation.say_and_hear(get("/hello")), "connection: close\r\n"));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1Session, CountsDownToItsLastRequestAndSaysSo) {
  Http1Conversation conversation{{.idle_timeout = 15s, .max_requests = 3}};
  EXPECT_TRUE(holds(conversation.say_and_hear(get("/hello")), "keep-alive: timeout=15, max=2\r\n"));
  EXPECT_TRUE(holds(conversation.say_and_hear(get("/hello")), "keep-alive: timeout=15, max=1\r\n"));
  EXPECT_TRUE(
      holds(conversation.say_and_hear(get("/hello") + get("/hello")), "connection: close\r\n"));
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.handler().asked.size(), 3u);
}

TEST(Http1Session, KeepsAnOldClientsConnectionOnlyIfItAsks) {
  Http1Conversation leaving;
  EXPECT_TRUE(holds(leaving.say_and_hear("GET /hello HTTP/1.0\r\n\r\n"), "connection: close\r\n"));
  EXPECT_TRUE(leaving.finished());

  Http1Conversation staying;
  const std::string asks = "GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
  EXPECT_TRUE(holds(staying.say_and_hear(asks), "connection: keep-alive\r\n"));
  EXPECT_TRUE(holds(staying.say_and_hear(asks), "connection: keep-alive\r\n"));
}

TEST(Http1Session, AnswersHeadAsGetWithoutTheContent) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear(request("HEAD", "/hello") + get("/hello"));
  EXPECT_EQ(count(heard, "content-length: 5\r\n"), 2u);
  EXPECT_EQ(count(heard, "\r\n\r\nhello"), 1u);
  EXPECT_EQ(conversation.log()[0], "HEAD /hello 200, 0 bytes");
}

TEST(Http1Session, PassesEveryMethodItKnowsToTheHandler) {
  Http1Conversation conversation;
  for (const std::string_view method :
       {"HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"}) {
    EXPECT_TRUE(conversation.say_and_hear(request(method, "/hello")).starts_with("HTTP/1.1 200"));
  }
  conversation.say_and_hear(request("OPTIONS", "*"));
  EXPECT_EQ(conversation.handler().asked.back(), "OPTIONS a *");
}

TEST(Http1Session, RefusesAMethodItDoesNotKnow) {
  Http1Conversation conversation;
  EXPECT_TRUE(conversation.say_and_hear(request("BREW", "/hello")).starts_with("HTTP/1.1 501 "));
  EXPECT_TRUE(conversation.finished());
  EXPECT_TRUE(conversation.handler().asked.empty());
}

TEST(Http1Session, RefusesWhatIsNotHttpOneOneAndEndsTheConnection) {
  struct Hostile {
    std::string_view text;
    std::string_view status;
  };
  for (const auto& [text, status] : std::initializer_list<Hostile>{
           {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"},
           {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505"},
           {"GET /\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"},
           {"GET / HTTP/1.1\nHost: a\n\n", "400"},
           {"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "400"},
           {{"GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 33}, "400"},
           {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"},
           {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", "400"},
           {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400"}}) {
    Http1Conversation conversation;
    const std::string heard = conversation.say_and_hear(std::string{text} + get("/smuggled"));
    EXPECT_EQ(heard.substr(0, 12), "HTTP/1.1 " + std::string{status}) << text;
    EXPECT_EQ(count(heard, "\r\ndate: "), 1u) << text;
    EXPECT_TRUE(conversation.finished()) << text;
    EXPECT_TRUE(conversation.handler().asked.empty()) << text;
  }
}

TEST(Http1Session, AnswersForTheHostOfAnAbsoluteTarget) {
  Http1Conversation conversation;
  conversation.say_and_hear("GET http://b:81/hello?q HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(conversation.handler().asked, Log{"GET b:81 /hello?q"});
}

TEST(Http1Session, SaysInOneSentenceWhatWasWrong) {
  Http1Conversation conversation;
  EXPECT_EQ(conversation.say_and_hear("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
            "HTTP/1.1 400 Bad Request\r\n"
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "content-type: text/plain\r\n"
            "content-length: 29\r\n"
            "connection: close\r\n"
            "\r\n"
            "HTTP/1.1 needs a Host field.\n");
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.log(), Log{"  400, 29 bytes"});
}

TEST(Http1Session, AnswersPipelinedRequestsInOrderAndOneAtATime) {
  Http1Conversation conversation;
  conversation.handler().held = true;
  conversation.say(get("/pieces") + get("/hello") + get("/missing"));
  EXPECT_FALSE(conversation.session().wants_input());
  EXPECT_FALSE(holds(conversation.hear(), "hello"));
  EXPECT_EQ(conversation.handler().asked.size(), 1u);

  conversation.handler().held = false;
  const std::string heard = conversation.hear();
  EXPECT_LT(heard.find("three"), heard.find("hello"));
  EXPECT_LT(heard.find("hello"), heard.find("nothing here"));
  EXPECT_TRUE(conversation.session().wants_input());
}

TEST(Http1Session, KeepsOneCallsInputWhileItAnswersAndWantsNoMore) {
  Http1Conversation conversation;
  conversation.handler().held = true;
  conversation.say(get("/pieces"));
  EXPECT_TRUE(conversation.session().wants_input());
  conversation.say("GET /hel");
  EXPECT_FALSE(conversation.session().wants_input());

  conversation.handler().held = false;
  conversation.hear();
  EXPECT_TRUE(conversation.session().wants_input());
  EXPECT_TRUE(conversation.say_and_hear("lo HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("hello"));
}

TEST(Http1Session, ProducesNoMoreThanItIsAskedFor) {
  Http1Conversation conversation;
  conversation.say(get("/long"));
  ByteQueue out;
  std::size_t produced = 0;
  while (const std::size_t some = conversation.session().produce(out, 1000, conversation.now())) {
    EXPECT_LE(some, 1000u);
    produced += some;
  }
  EXPECT_GT(produced, 100'000u);
  EXPECT_EQ(out.size(), produced);
}

TEST(Http1Session, SendsContentOfUnknownLengthInChunks) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear(get("/pieces") + get("/hello"));
  EXPECT_TRUE(holds(heard, "transfer-encoding: chunked\r\n"));
  EXPECT_TRUE(
      holds(heard, "\r\n\r\n0003\r\none\r\n0003\r\ntwo\r\n0005\r\nthree\r\n0\r\n\r\nHTTP/1.1 200"));
  EXPECT_EQ(conversation.log()[0], "GET /pieces 200, 11 bytes");
}

TEST(Http1Session, SendsContentOfUnknownLengthToAnOldClientUntilTheEnd) {
  Http1Conversation conversation;
  const std::string heard =
      conversation.say_and_hear("GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(heard.ends_with("connection: close\r\n\r\nonetwothree")) << heard;
  EXPECT_FALSE(holds(heard, "chunked"));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1Session, SendsNoContentWhereThereMayBeNone) {
  Http1Conversation conversation;
  for (const std::string_view path : {"/no-content", "/unchanged"}) {
    const std::string heard = conversation.say_and_hear(get(path));
    EXPECT_FALSE(holds(heard, "content-length"));
    EXPECT_FALSE(holds(heard, "transfer-encoding"));
    EXPECT_TRUE(heard.ends_with("\r\n\r\n"));
  }
  EXPECT_FALSE(conversation.finished());
}

TEST(Http1Session, CutsTheConnectionWhenABodyFails) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear(get("/failing") + get("/hello"));
  EXPECT_TRUE(heard.ends_with("0003\r\none\r\n")) << heard;
  EXPECT_TRUE(conversation.finished());
  EXPECT_EQ(conversation.log(), Log{"GET /failing 200, 3 bytes, cut"});
}

TEST(Http1Session, CutsTheConnectionWhenABodyIsShorterThanPromised) {
  Http1Conversation conversation;
  EXPECT_TRUE(conversation.say_and_hear(get("/too-short")).ends_with("\r\n\r\none"));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1Session, AnswersForAHandlerThatDoesNot) {
  Http1Conversation conversation;
  EXPECT_TRUE(conversation.say_and_hear(get("/nobody")).starts_with("HTTP/1.1 500 "));
  EXPECT_TRUE(conversation.say_and_hear(get("/hello")).ends_with("hello"));
}

TEST(Http1SessionBody, IsDroppedAndTheConnectionGoesOn) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear(
      request("POST", "/hello", "Content-Length: 5\r\n") + "GET /" + get("/missing") +
      request("POST", "/hello", "Transfer-Encoding: chunked\r\n") + "5\r\nGET /\r\n0\r\n\r\n" +
      get("/missing"));
  EXPECT_EQ(count(heard, "HTTP/1.1 200"), 2u);
  EXPECT_EQ(count(heard, "HTTP/1.1 404"), 2u);
  EXPECT_FALSE(conversation.finished());
}

TEST(Http1SessionBody, IsReadBeforeTheAnswerBegins) {
  Http1Conversation conversation;
  conversation.say(request("POST", "/hello", "Content-Length: 2\r\n") + "a");
  EXPECT_EQ(conversation.handler().asked.size(), 1u);
  EXPECT_EQ(conversation.hear(), "");
  EXPECT_TRUE(conversation.say_and_hear("b").ends_with("hello"));
}

TEST(Http1SessionBody, AboveTheLimitIsNotReadAndEndsTheConnection) {
  Http1Conversation exact;
  EXPECT_EQ(exact.say_and_hear(request("POST", "/hello", "Content-Length: 65536\r\n")), "");
  EXPECT_TRUE(holds(exact.say_and_hear(std::string(65536, 'x')), "connection: keep-alive\r\n"));

  Http1Conversation above;
  EXPECT_TRUE(holds(above.say_and_hear(request("POST", "/hello", "Content-Length: 65537\r\n")),
                    "connection: close\r\n"));
  EXPECT_TRUE(above.finished());
}

TEST(Http1SessionBody, InChunksAboveTheLimitEndsTheConnection) {
  const std::string head = request("POST", "/hello", "Transfer-Encoding: chunked\r\n");
  Http1Conversation exact;
  EXPECT_TRUE(
      holds(exact.say_and_hear(head + "10000\r\n" + std::string(65536, 'x') + "\r\n0\r\n\r\n"),
            "connection: keep-alive\r\n"));
  Http1Conversation above;
  EXPECT_TRUE(holds(above.say_and_hear(head + "fffff\r\n" + std::string(65537, 'x')),
                    "connection: close\r\n"));
  EXPECT_TRUE(above.finished());
}

TEST(Http1SessionBody, ThatIsMalformedIsRefused) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear(
      request("POST", "/hello", "Transfer-Encoding: chunked\r\n") + "1\r\nab");
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1SessionBody, WhoAsksBeforeSendingItGetsTheFinalAnswer) {
  Http1Conversation conversation;
  const std::string heard = conversation.say_and_hear(
      request("POST", "/hello", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(holds(heard, "connection: close\r\n"));
  EXPECT_TRUE(conversation.finished());
}

TEST(Http1SessionBody, OfNoBytesExpectsNothing) {
  Http1Conversation conversation;
  EXPECT_TRUE(holds(conversation.say_and_hear(get("/hello", "Expect: 100-continue\r\n")),
                    "connection: keep-alive\r\n"));
}

}  // namespace
}  // namespace muxlab::server::http1
