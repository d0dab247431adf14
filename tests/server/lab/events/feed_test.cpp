// The live feed: what watchers are told, in which form, and what becomes of those who are slow.
#include "server/lab/events/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "server/lab/events/watcher.h"
#include "tests/support/hand_made_trace.h"

namespace muxlab::test {
namespace {

using nlohmann::json;
using server::lab::events::EventKind;
using server::lab::events::Feed;
using server::lab::events::FeedView;
using server::lab::events::Filter;
using server::lab::events::Watcher;
using server::recording::RunRecord;
using server::recording::Runs;
using server::recording::RunWish;
using server::tap::News;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using What = News::What;

struct Event {
  std::string kind;
  std::uint64_t id = 0;
  json data;
};

// A watcher as a browser is one: reads the stream and takes it apart.
class Reader {
 public:
  explicit Reader(http::Response response) : response_(std::move(response)) {}

  int status() const { return response_.status; }
  const http::Headers& headers() const { return response_.headers; }
  void leave() { response_.body.reset(); }

  // All that is there now.
  std::string text() {
    std::string all;
    std::uint8_t room[1000];
    for (;;) {
      const http::ReadOutcome outcome = response_.body->read(room);
      if (outcome.kind != http::ReadOutcome::Kind::some) return all;
      all.append(reinterpret_cast<const char*>(room), outcome.bytes);
    }
  }

  bool has_ended() {
    text();
    std::uint8_t room[1];
    return response_.body->read(room).kind == http::ReadOutcome::Kind::end;
  }

  std::vector<Event> events() {
    std::vector<Event> found;
    std::string rest = text();
    while (!rest.empty()) {
      const std::size_t end = rest.find("\n\n");
      EXPECT_NE(end, std::string::npos) << rest;
      const Event event = event_of(rest.substr(0, end + 1));
      if (!event.kind.empty()) found.push_back(event);
      rest.erase(0, end + 2);
    }
    return found;
  }

  // The records of one kind, whichever messages they came in.
  std::vector<json> records(const std::string& kind) {
    std::vector<json> found;
    for (const Event& event : events()) {
      if (event.kind != kind) continue;
      if (!event.data.is_array()) found.push_back(event.data);
      for (const json& each : event.data) {
        if (event.data.is_array()) found.push_back(each);
      }
    }
    return found;
  }

 private:
  static Event event_of(std::string message) {
    Event event;
    while (!message.empty()) {
      const std::string line = message.substr(0, message.find('\n'));
      message.erase(0, line.size() + 1);
      if (line.starts_with("event: ")) event.kind = line.substr(7);
      if (line.starts_with("id: ")) event.id = std::stoull(line.substr(4));
      if (line.starts_with("data: ")) event.data = json::parse(line.substr(6));
    }
    return event;
  }

  http::Response response_;
};

class EventFeedTest : public ::testing::Test {
 protected:
  EventFeedTest() {
    feed_.start([this](std::uint64_t connection) { woken_.push_back(connection); }, Instant{});
  }

  Reader watch(Filter filter = {}, std::optional<std::uint64_t> last_event_id = {}) {
    return Reader{std::move(feed_.watch(std::move(filter), 99, last_event_id).value())};
  }

  // So many ticks that all is written, however slow the machine.
  void tick(int times = 50) {
    for (int i = 0; i < times; ++i) feed_.advance(now_ += 1ms);
  }
  void pass(Duration time) { feed_.advance(now_ += time); }

  void frame(const OwnTrace& on, std::uint32_t length = 100, Duration written = 1ms) {
    feed_.heard(on, {What::frame, add_data(*on, length, written)});
  }

  const RunRecord& run_on(const OwnTrace& on, Duration start) {
    RunWish wish;
    wish.page = "mosaic";
    wish.lane = wish.way = "h2";
    wish.lane_url = "https://localhost:8453/";
    const RunRecord& run = runs_.begin(wish, Instant{} + start, {});
    const std::size_t index = add_exchange(*on, "/r/" + run.facts.id + "/mosaic/");
    on->opened = on->exchanges[index].sent.emplace(Instant{} + start);
    on->exchanges[index].received = Instant{} + start;
    runs_.heard(on, news_of(*on, What::request, index));
    return run;
  }

  Runs runs_{7};
  Feed feed_{runs_};
  std::vector<std::uint64_t> woken_;
  Instant now_{};
};

TEST_F(EventFeedTest, AnswersAsAnEventStreamThatBeginsWithTheTimeToComeBack) {
  Reader reader = watch();

  EXPECT_EQ(reader.status(), 200);
  EXPECT_EQ(reader.headers().find("content-type"), "text/event-stream");
  EXPECT_EQ(reader.headers().find("cache-control"), "no-store");
  EXPECT_EQ(reader.text(), "retry: 1000\n\n");
  EXPECT_EQ(reader.text(), "");
}

TEST_F(EventFeedTest, TellsFramesInOneMessageWithTheLastOnesId) {
  Reader reader = watch();
  const OwnTrace c17 = connection(17);
  frame(c17, 100, 1500us);
  frame(c17, 200, 2ms);
  tick();

  const std::vector<Event> events = reader.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, "frames");
  EXPECT_EQ(events[0].id, 2U);
  ASSERT_EQ(events[0].data.size(), 2U);
  const json& first = events[0].data[0];
  EXPECT_EQ(first["connection"], "c17");
  EXPECT_EQ(first["run"], nullptr);
  EXPECT_EQ(first["index"], 0);
  EXPECT_EQ(first["type"], "DATA");
  EXPECT_EQ(first["length"], 100);
  EXPECT_EQ(first["written"], 1.5);
  EXPECT_EQ(first["landed"], nullptr);
  EXPECT_EQ(events[0].data[1]["index"], 1);
}

TEST_F(EventFeedTest, KeepsTheOrderAmongKinds) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  feed_.heard(c1, {What::opened});
  frame(c1);
  frame(c1);
  feed_.heard(c1, {What::closed});
  tick();

  std::vector<std::string> kinds;
  for (const Event& event : reader.events()) kinds.push_back(event.kind);
  EXPECT_THAT(kinds, ElementsAre("connections", "frames", "connections"));
}

TEST_F(EventFeedTest, CountsTimesFromTheStartOfTheRun) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  const RunRecord& run = run_on(c1, 100ms);
  frame(c1, 10, 112ms);
  tick();

  const json told = reader.records("frames").at(0);
  EXPECT_EQ(told["run"], run.facts.id);
  EXPECT_EQ(told["written"], 12);
}

TEST_F(EventFeedTest, TellsOfALandingOnlyWhatWasNotSaidWithTheFrame) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  frame(c1);
  frame(c1);
  c1->frames[0].landed = Instant{} + 5ms;
  feed_.heard(c1, {What::frame_landed, 0});
  tick();
  const auto frames = reader.records("frames");
  EXPECT_EQ(frames.at(0)["landed"], 5);
  EXPECT_EQ(frames.at(1)["landed"], nullptr);

  c1->frames[1].landed = Instant{} + 7250us;
  feed_.heard(c1, {What::frame_landed, 1});
  tick();
  EXPECT_THAT(
      reader.records("landed"),
      ElementsAre(json{{"connection", "c1"}, {"run", nullptr}, {"index", 1}, {"landed", 7.25}}));
}

TEST_F(EventFeedTest, TellsAnExchangeOnceWhenItIsOverByTheTimeItIsWritten) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  trace::Exchange& exchange = c1->exchanges[add_exchange(*c1, "/a?b=\"c\"\xff", 404)];
  exchange.sent = Instant{} + 1ms;
  exchange.complete = true;
  feed_.heard(c1, {What::request, 0});
  feed_.heard(c1, {What::answered, 0});
  tick();
  json told = reader.records("exchanges").at(0);
  EXPECT_EQ(told["path"], "/a?b=\"c\"\xef\xbf\xbd");
  EXPECT_EQ(told["status"], 404);
  EXPECT_EQ(told["sent"], 1);
  EXPECT_EQ(told["last_byte_landed"], nullptr);

  add_exchange(*c1, "/b");
  feed_.heard(c1, {What::answered, 1});
  c1->exchanges[1].last_byte_landed = Instant{} + 9ms;
  feed_.heard(c1, {What::exchange_over, 1});
  tick();
  const auto over = reader.records("exchanges");
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0]["last_byte_landed"], 9);
}

TEST_F(EventFeedTest, TellsWhatBecomesOfConnectionsSegmentsAndRuns) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  c1->facts.tls = TlsFacts{"TLSv1.3", "TLS_AES_128_GCM_SHA256", "h2", "localhost", true, "x25519"};
  c1->secured = c1->ready = Instant{} + 3ms;
  feed_.heard(c1, {What::secured});
  c1->closed = Instant{} + 4ms;
  c1->closed_by = EndedBy::client;
  c1->closed_why = "connection reset";
  feed_.heard(c1, {What::closed});
  tick();
  const auto told = reader.records("connections");
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0]["what"], "secured");
  EXPECT_EQ(told[0]["lane"], "h2");
  EXPECT_EQ(told[0]["tls"]["resumed"], true);
  EXPECT_EQ(told[1]["what"], "closed");
  EXPECT_EQ(told[1]["at"], 4);
  EXPECT_EQ(told[1]["closed_by"], "client");
  EXPECT_EQ(told[1]["why"], "connection reset");

  trace::Segment segment;
  segment.length = 1448;
  segment.fate = trace::Segment::Fate::lost;
  c1->segments.push_back(segment);
  feed_.heard(c1, {What::segment_lost, 0});
  const OwnTrace c2 = connection(2);
  feed_.run_changed(run_on(c2, 5ms), false);
  feed_.run_changed(run_on(c2, 6ms), true);
  tick();
  const auto events = reader.events();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].data[0]["fate"], "lost");
  EXPECT_EQ(events[1].kind, "run");
  EXPECT_EQ(events[1].data["state"], "running");
  EXPECT_EQ(events[1].data["load_ms"], nullptr);
  EXPECT_EQ(events[2].data["state"], "dropped");
}

TEST_F(EventFeedTest, FiltersByConnectionLaneAndRun) {
  const OwnTrace h1 = connection(1, "h1", Protocol::http11);
  const OwnTrace h2 = connection(2, "h2");
  const RunRecord& run = run_on(h2, 0ms);
  Reader by_connection = watch({.run = {}, .lane = {}, .connection = 1});
  Reader by_lane = watch({.run = {}, .lane = "h2", .connection = {}});
  Reader by_run = watch({.run = run.facts.id, .lane = {}, .connection = {}});
  Reader by_both = watch({.run = run.facts.id, .lane = "h1", .connection = {}});
  frame(h1);
  frame(h2);
  frame(h1);
  tick();

  EXPECT_EQ(by_connection.records("frames").size(), 2U);
  EXPECT_EQ(by_lane.records("frames").size(), 1U);
  EXPECT_EQ(by_run.records("frames").size(), 1U);
  EXPECT_THAT(by_both.records("frames"), IsEmpty());
}

TEST_F(EventFeedTest, WakesOnlyWhomItHasSomethingFor) {
  Reader one =
      Reader{std::move(feed_.watch({.run = {}, .lane = "h1", .connection = {}}, 51, {}).value())};
  Reader other =
      Reader{std::move(feed_.watch({.run = {}, .lane = "h2", .connection = {}}, 52, {}).value())};
  one.text();
  other.text();
  const OwnTrace h2 = connection(2, "h2");
  frame(h2);
  tick(1);
  EXPECT_THAT(woken_, ElementsAre(52));
  other.text();
  tick(1);
  EXPECT_THAT(woken_, ElementsAre(52));
}

TEST_F(EventFeedTest, GoesOnWhereAWatcherLeftOff) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  frame(c1);
  tick();
  const std::uint64_t last = reader.events().at(0).id;
  reader.leave();
  EXPECT_EQ(feed_.watchers(), 0U);
  frame(c1);
  pass(29s);
  tick();

  Reader again = watch({}, last);
  const auto frames = again.records("frames");
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0]["index"], 1);
}

TEST_F(EventFeedTest, SaysThatAWatcherWasAwayForTooLong) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  frame(c1);
  tick();
  const std::uint64_t last = reader.events().at(0).id;
  reader.leave();
  pass(1s);
  pass(31s);
  frame(c1);
  tick();

  Reader again = watch({}, last);
  EXPECT_THAT(again.records("lost"), ElementsAre(json{{"events", nullptr}}));
  frame(c1);
  tick();
  EXPECT_EQ(again.records("frames").at(0)["index"], 2);

  Reader from_another_server = watch({}, 1'000'000'000);
  EXPECT_THAT(from_another_server.records("lost"), ElementsAre(json{{"events", nullptr}}));
}

TEST_F(EventFeedTest, DoesNothingWhileNobodyWatches) {
  const OwnTrace c1 = connection(1);
  frame(c1);
  tick();
  EXPECT_EQ(c1.use_count(), 1);

  Reader reader = watch();
  frame(c1);
  EXPECT_EQ(c1.use_count(), 2);
  reader.leave();
  pass(1s);
  pass(31s);
  EXPECT_EQ(c1.use_count(), 1);
}

TEST_F(EventFeedTest, LosesTheOldestOfWhatItCouldNotWriteInTime) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  for (std::size_t i = 0; i < server::lab::events::most_unwritten_events + 10; ++i) {
    feed_.heard(c1, {What::opened});
  }
  tick(1);

  const auto told = reader.events();
  ASSERT_EQ(told.at(0).kind, "lost");
  EXPECT_EQ(told[0].data["events"], 10);
  EXPECT_EQ(feed_.lost(), 10U);
}

TEST_F(EventFeedTest, WritesNoMoreAtOnceThanItMay) {
  Reader reader = watch();
  const OwnTrace c1 = connection(1);
  const std::size_t events = server::lab::events::most_written_at_once + 5;
  for (std::size_t i = 0; i < events; ++i) feed_.heard(c1, {What::opened});
  tick(1);
  std::size_t told = reader.records("connections").size();
  EXPECT_GT(told, 0U);
  EXPECT_LE(told, server::lab::events::most_written_at_once);
  for (int ticks = 0; told < events && ticks < 10'000; ++ticks) {
    tick(1);
    told += reader.records("connections").size();
  }
  EXPECT_EQ(told, events);
}

TEST_F(EventFeedTest, BeatsWhenNothingHappens) {
  Reader reader = watch();
  reader.text();
  tick(1);
  pass(5s);
  EXPECT_EQ(reader.text(), "");
  EXPECT_THAT(woken_, IsEmpty());
  pass(6s);
  EXPECT_EQ(woken_.size(), 1U);
  EXPECT_EQ(reader.text(), ":\n\n");
}

TEST_F(EventFeedTest, RefusesMoreWatchersThanItCanServe) {
  std::vector<Reader> readers;
  for (std::size_t i = 0; i < server::lab::events::most_watchers; ++i) readers.push_back(watch());
  EXPECT_EQ(feed_.watchers(), server::lab::events::most_watchers);

  EXPECT_FALSE(feed_.watch({}, 99, {}).ok());
  EXPECT_EQ(feed_.refused(), 1U);

  readers.back().leave();
  EXPECT_EQ(watch().status(), 200);
}

TEST_F(EventFeedTest, EndsItsStreamsWhereTheServerIsAboutToEnd) {
  Reader reader = watch();
  frame(connection(1));
  tick();
  feed_.end();
  EXPECT_THAT(woken_, Contains(99));
  EXPECT_EQ(reader.records("frames").size(), 1U);
  EXPECT_TRUE(reader.has_ended());
  EXPECT_FALSE(feed_.watch({}, 99, {}).ok());
}

TEST_F(EventFeedTest, EndsItsStreamsWithItself) {
  auto feed = std::make_unique<Feed>(runs_);
  feed->start([](std::uint64_t) {}, Instant{});
  const http::Response response = std::move(feed->watch({}, 1, {}).value());
  feed.reset();

  std::uint8_t room[10];
  EXPECT_EQ(response.body->read(room).kind, http::ReadOutcome::Kind::end);
}

// The ring's end has overtaken it.
TEST(Watcher, IsToldHowManyItHasLostAndGoesOnBehindThem) {
  const auto view = std::make_shared<FeedView>();
  Watcher slow{view, {}, 1, {}};
  constexpr std::size_t large = server::lab::events::most_kept_event_bytes / 4;
  for (int nth = 1; nth <= 6; ++nth) {
    view->ring.add({.kind = EventKind::run,
                    .run = {},
                    .lane = {},
                    .json = std::to_string(nth) + std::string(large - 1, ' ')});
  }

  std::string text(200, '\0');
  slow.read({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  EXPECT_THAT(text, HasSubstr("id: 2\nevent: lost\ndata: {\"events\":2}\n\n"
                              "event: run\ndata: 3 "));
  EXPECT_EQ(view->missed, 2U);
}

TEST(Watcher, SplitsWhatIsMuchIntoMessages) {
  const auto view = std::make_shared<FeedView>();
  Watcher watcher{view, {}, 1, {}};
  constexpr std::size_t large = server::lab::events::most_message_bytes / 2 + 1;
  for (int nth = 0; nth < 3; ++nth) {
    view->ring.add(
        {.kind = EventKind::frames, .run = {}, .lane = {}, .json = std::string(large, 'x')});
  }
  std::string text(4 * large, '\0');
  const MutableBytes room{reinterpret_cast<std::uint8_t*>(text.data()), text.size()};
  text.resize(watcher.read(room).bytes);
  EXPECT_GT(text.size(), 2 * large);
  EXPECT_LT(text.size(), 3 * large);
  EXPECT_THAT(text, ::testing::EndsWith("x]\nid: 2\n\n"));
  text.resize(watcher.read(room).bytes);
  EXPECT_THAT(text, ::testing::StartsWith("event: frames\ndata: [x"));
  EXPECT_THAT(text, ::testing::EndsWith("x]\nid: 3\n\n"));
}

}  // namespace
}  // namespace muxlab::test
