// Servers that break HTTP/1.1, or leave it: a load ends, and says why.
#include <random>

#include "tests/client/page_fixture.h"

namespace muxlab::test {
namespace {

const std::string page_answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npage";

class HostileHttp1 : public PageTest {
 protected:
  // What a load of an index and two objects comes to, each connection answered by the script.
  std::string outcome(ScriptEnd::Script script, MemoryLine::Cut cut = MemoryLine::uncut) {
    const auto page = load(six, 2);
    MemoryLine line{*page, scripted(std::move(script)), std::move(cut)};
    line.run();
    return words(*page);
  }
};

TEST_F(HostileHttp1, EndsTheLoadWithWordsHoweverItsBytesAreCut) {
  struct Hostile {
    std::string answer;
    std::string words;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<Hostile> table{
      {"HTTP/1.1 2OO OK\r\n\r\n", "The status is not a number of three digits."},
      {"SSH-2.0-OpenSSH_9.2\r\n", "The answer does not begin with HTTP/1."},
      {"HTTP/2 200\r\n\r\n", "The answer does not begin with HTTP/1."},
      {ok + "content-length: 4\r\ncontent-length: 5\r\n\r\npage", "Content-Length was sent twice."},
      {ok + "content-length: 10\r\n\r\npage", "the server closed within an answer"},
      {ok + "transfer-encoding: chunked\r\n\r\n4\r\npage\r\nzz\r\n", "HTTP/1.1: "},
      {ok + "transfer-encoding: chunked\r\n\r\n4\r\npages\r\n", "HTTP/1.1: "},
      {ok + "transfer-encoding: chunked\r\n\r\n4\r\npage\r\n",
       "the server closed within an answer"},
      {ok + "a b: c\r\n\r\n", "White space stands before a field's colon."},
      {ok + "a: " + std::string(40'000, 'a'), "The head is longer than is taken."},
      {ok + "content-length: 4\r\n", "the server closed before it answered"},
      {"", "the server closed before it answered"},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "switches to no protocol we named"},
  };
  std::mt19937 random{17};
  for (const Hostile& hostile : table) {
    const std::string said = outcome({.answers = {hostile.answer}});
    EXPECT_TRUE(said.starts_with("/: ")) << said;
    EXPECT_NE(said.find(hostile.words), std::string::npos) << hostile.answer << '\n' << said;
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(outcome({.answers = {hostile.answer}}, [&random] { return 1 + random() % 9; }),
                said);
    }
  }
}

TEST_F(HostileHttp1, FailsTheObjectsWhenOnlyTheIndexIsAnswered) {
  EXPECT_EQ(outcome({.answers = {page_answer, "HTTP/1.1 what\r\n\r\n"}}),
            "/object/0: HTTP/1.1: The status is not a number of three digits.");
}

TEST_F(HostileHttp1, GivesUpConnectionsThatComeToNothing) {
  const auto page = load(one, 50);
  MemoryLine line{*page, [](std::size_t index, Instant) {
                    return std::make_unique<ScriptEnd>(ScriptEnd::Script{
                        .answers = index == 0 ? std::vector{page_answer}
                                              : std::vector<std::string>{"nonsense\r\n"}});
                  }};
  line.run();
  EXPECT_EQ(line.opened(), 1u + client::max_fruitless_connections);
  EXPECT_EQ(page->fetches()[50].trouble,
            "3 connections in a row came to nothing: HTTP/1.1: The answer does not begin with "
            "HTTP/1.");
}

TEST_F(HostileHttp1, AsksAgainWhereAKeptConnectionWasClosedUnderTheRequest) {
  // Each connection answers once, promises to stay, and closes when it is asked again.
  const auto page = load(one, 3);
  MemoryLine line{*page, scripted({.answers = {page_answer, ""}})};
  line.run();
  EXPECT_EQ(words(*page), "all arrived");
  EXPECT_EQ(page->fetches()[1].attempts, 2);
  EXPECT_EQ(line.opened(), 4u);
}

TEST_F(HostileHttp1, TakesContentUntilTheServerCloses) {
  const auto page = load(one, 1);
  MemoryLine line{*page, scripted({.answers = {"HTTP/1.0 200 OK\r\n\r\nuntil the end"}})};
  line.run();
  EXPECT_EQ(words(*page), "all arrived");
  EXPECT_EQ(page->fetches()[1].body_bytes, 13u);
  EXPECT_EQ(line.opened(), 2u);
}

TEST_F(HostileHttp1, GivesUpAServerThatFallsSilent) {
  EXPECT_EQ(outcome({.answers = {""}, .closes = false}),
            "/: HTTP/1.1: the server owes an answer and is silent");
  const std::string cut_short = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\npage";
  EXPECT_EQ(outcome({.answers = {cut_short}, .closes = false}),
            "/: HTTP/1.1: the server owes an answer and is silent");
}

TEST_F(HostileHttp1, GivesUpAHandshakeThatIsNeverAnswered) {
  go_under_tls("http/1.1");
  const std::string said = outcome({.answers = {""}, .closes = false});
  EXPECT_TRUE(said.starts_with("/: 3 connections in a row came to nothing: ")) << said;
}

TEST_F(HostileHttp1, GivesUpAServerWhoseCertificateIsNotToBeTrusted) {
  go_under_tls("http/1.1");
  client::PageLoad page{page_of(1), six, &*trust, "elsewhere.example:443", Instant{}};
  MemoryLine line{page, real_server()};
  line.run();
  EXPECT_NE(words(page).find("certificate verify failed"), std::string::npos) << words(page);
}

}  // namespace
}  // namespace muxlab::test
