// Whole page loads against the real server sessions, in cleartext and under TLS.
#include "client/page_load.h"

#include <random>

#include "tests/client/page_fixture.h"

namespace muxlab::test {
namespace {

using client::Fetch;
using client::PageLoad;
using client::Way;

class PageLoadTest : public PageTest {
 protected:
  // Runs the load and expects all of it. Gives how many connections it took.
  std::size_t expect_whole(const Way& way, MemoryLine::Cut cut = MemoryLine::uncut) {
    const auto page = load(way);
    MemoryLine line{*page, real_server(), std::move(cut)};
    line.run();
    EXPECT_EQ(words(*page), "all arrived");
    for (const Fetch& fetch : page->fetches().all()) expect_in_order(fetch);
    for (std::size_t number = 0; number < 100; ++number) {
      EXPECT_EQ(page->fetches()[number + 1].body_bytes, object_bytes(number));
    }
    EXPECT_LE(line.most_open, way.connections);
    return line.opened();
  }

  static void expect_in_order(const Fetch& fetch) {
    ASSERT_TRUE(fetch.queued && fetch.sent && fetch.first_byte && fetch.last_byte) << fetch.path;
    EXPECT_LE(*fetch.queued, *fetch.sent) << fetch.path;
    EXPECT_LT(*fetch.sent, *fetch.first_byte) << fetch.path;
    EXPECT_LE(*fetch.first_byte, *fetch.last_byte) << fetch.path;
    EXPECT_EQ(fetch.status, 200) << fetch.path;
    EXPECT_EQ(fetch.attempts, 1) << fetch.path;
  }

  void expect_connections(std::size_t with_six, std::size_t with_one) {
    EXPECT_EQ(expect_whole(six), with_six);
    EXPECT_EQ(expect_whole(one), with_one);
  }
};

TEST_F(PageLoadTest, LoadsAHundredObjectsOverHttp1InCleartext) {
  expect_connections(6, 1);
}

TEST_F(PageLoadTest, LoadsAHundredObjectsOverHttp1UnderTls) {
  go_under_tls("http/1.1");
  expect_connections(6, 1);
}

TEST_F(PageLoadTest, ReplacesConnectionsThatTheServerClosesAfterEachAnswer) {
  use_rules({.http1 = server::http1::Options{.keep_alive = false}, .http2 = {}});
  expect_connections(101, 101);
  go_under_tls("http/1.1");
  expect_connections(101, 101);
}

TEST_F(PageLoadTest, ReplacesConnectionsThatTheServerClosesAfterTen) {
  use_rules({.http1 = server::http1::Options{.max_requests = 10}, .http2 = {}});
  EXPECT_EQ(expect_whole(one), 11u);
}

TEST_F(PageLoadTest, LoadsAHundredObjectsOverHttp2) {
  EXPECT_EQ(expect_whole(multiplexed), 1u) << "in cleartext, by prior knowledge";
  go_under_tls("h2");
  EXPECT_EQ(expect_whole(multiplexed), 1u);
}

TEST_F(PageLoadTest, KeepsToTheServersLimitOfStreams) {
  server::http2::Options options;
  options.endpoint.max_concurrent_streams = 7;
  use_rules({.http1 = {}, .http2 = options});
  const auto page = load(multiplexed);
  MemoryLine line{*page, real_server()};
  std::size_t most_under_way = 0;
  line.each_step = [&] { most_under_way = std::max(most_under_way, page->fetches().under_way(0)); };
  line.run();
  EXPECT_EQ(words(*page), "all arrived");
  EXPECT_EQ(most_under_way, 7u);
  EXPECT_EQ(line.opened(), 1u);
}

TEST_F(PageLoadTest, WantsTheObjectsWhenTheIndexHasArrivedWhole) {
  const auto page = load(six);
  MemoryLine line{*page, real_server(), [] { return std::size_t{1000}; }};
  while (!page->fetches()[0].last_byte) {
    line.step();
    EXPECT_EQ(line.opened(), 1u) << "none is wanted before";
  }
  const Instant arrived = *page->fetches()[0].last_byte;
  line.run();
  for (std::size_t number = 1; number <= 100; ++number) {
    EXPECT_EQ(page->fetches()[number].queued, arrived);
  }
  EXPECT_EQ(page->fetches()[1].connection, 0u) << "the connection that is there takes the first";
}

TEST_F(PageLoadTest, OpensNoMoreConnectionsThanItHasFetches) {
  const auto page = load(six, 3);
  MemoryLine line{*page, real_server()};
  line.run();
  EXPECT_EQ(line.opened(), 3u);
  const auto bare = load(six, 0);
  MemoryLine short_line{*bare, real_server()};
  short_line.run();
  EXPECT_EQ(short_line.opened(), 1u);
  EXPECT_EQ(words(*bare), "all arrived");
}

TEST_F(PageLoadTest, SaysWhenItFinished) {
  const auto page = load(multiplexed);
  EXPECT_FALSE(page->finished_at());
  MemoryLine line{*page, real_server()};
  line.run();
  Instant last{};
  for (const Fetch& fetch : page->fetches().all()) last = std::max(last, *fetch.last_byte);
  EXPECT_EQ(page->finished_at(), last);
}

TEST_F(PageLoadTest, GoesOnOnAnotherConnectionWhenTheServerDrains) {
  server::http2::Options few_streams;
  few_streams.endpoint.max_concurrent_streams = 7;
  use_rules({.http1 = server::http1::Options{}, .http2 = few_streams});
  for (const Way& way : {six, multiplexed}) {
    const auto page = load(way);
    MemoryLine line{*page, real_server(), [] { return std::size_t{5000}; }};
    while (page->fetches().done() < 20) line.step();
    const std::size_t drained = line.opened();
    for (std::size_t index = 0; index < drained; ++index) line.far_end(index).shut_down(line.now);
    line.run();
    EXPECT_EQ(words(*page), "all arrived") << name_of(way.protocol);
    EXPECT_GT(line.opened(), drained);
  }
}

TEST_F(PageLoadTest, CountsAnAnswerOtherThan2xxAsAFailure) {
  for (const Way& way : {six, multiplexed}) {
    const auto page = load(way, 102);
    MemoryLine line{*page, real_server()};
    line.run();
    EXPECT_EQ(words(*page), "/object/100: was answered 404");
    EXPECT_EQ(page->fetches()[102].outcome, Fetch::Outcome::done);
  }
}

TEST_F(PageLoadTest, FindsNothingInAnIndexThatIsNotThere) {
  const client::PagePlan plan{.index = "/lost", .objects = {{.path = "/object/1"}}};
  PageLoad page{plan, six, nullptr, "localhost", Instant{}};
  MemoryLine line{page, real_server()};
  line.run();
  EXPECT_EQ(words(page), "/lost: was answered 404");
  EXPECT_EQ(page.fetches()[1].outcome, Fetch::Outcome::failed);
  EXPECT_EQ(page.fetches()[1].attempts, 0);
}

TEST_F(PageLoadTest, AsksWithTheFieldsOfTheWayAndThePriorityOfTheObject) {
  std::string seen;
  shelf.on("/", [&seen](const http::Request& request, http::Responder& responder) {
    seen += request.authority + " " + std::string{request.headers.find("user-agent").value_or("")};
    seen += " " + std::string{request.headers.find("priority").value_or("none")} + ", ";
    responder.respond(http::text_response(200, "text/html", "page"));
  });
  for (Way way : {six, multiplexed}) {
    way.fields = {{"user-agent", "tester"}};
    const client::PagePlan plan{.index = "/", .objects = {{.path = "/?", .priority = "u=1, i"}}};
    PageLoad page{plan, way, nullptr, "localhost:8080", Instant{}};
    MemoryLine line{page, real_server()};
    line.run();
  }
  EXPECT_EQ(seen,
            "localhost:8080 tester none, localhost:8080 tester none, "
            "localhost:8080 tester none, localhost:8080 tester u=1, i, ");
}

// What became of every fetch, without the times.
std::string result_of(const PageLoad& page) {
  std::string text;
  for (const Fetch& fetch : page.fetches().all()) {
    text += fetch.path + ' ' + std::to_string(fetch.status) + ' ' +
            std::to_string(fetch.body_bytes) + ' ' + fetch.trouble + '\n';
  }
  return text;
}

TEST_F(PageLoadTest, DoesNotDependOnHowBytesAreCut) {
  std::mt19937 random{4711};
  const MemoryLine::Cut at_random = [&random] {
    return std::size_t{1} + random() % (std::size_t{1} << (random() % 15));
  };
  const auto result = [this](const Way& way, MemoryLine::Cut cut) {
    const auto page = load(way, 40);
    MemoryLine line{*page, real_server(), std::move(cut)};
    line.run();
    return result_of(*page);
  };
  for (const bool secure : {false, true}) {
    for (const Way& way : {six, multiplexed}) {
      if (secure) go_under_tls(std::string{name_of(way.protocol)});
      const std::string expected = result(way, [] { return whole; });
      for (int round = 0; round < 5; ++round) EXPECT_EQ(result(way, at_random), expected);
    }
  }
}

}  // namespace
}  // namespace muxlab::test
