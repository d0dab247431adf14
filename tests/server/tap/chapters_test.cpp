// A connection's trace in chapters: what a later one knows of those before, and what is still told.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "common/trace/analysis.h"
#include "common/trace/made_up_frames.h"
#include "common/trace/messages.h"
#include "server/tap/trace_writer.h"
#include "tests/support/header_block.h"
#include "tests/support/http2_frames.h"
#include "tests/support/watched.h"

namespace muxlab::test {
namespace {

using server::tap::News;
using server::tap::OwnTrace;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr auto down = static_cast<std::size_t>(Direction::down);
constexpr auto up = static_cast<std::size_t>(Direction::up);

// HTTP/2 on which a request for "/second" begins a chapter.
class ChaptersTest : public ::testing::Test {
 protected:
  ChaptersTest() {
    watched_.divider = [](const trace::ConnectionTrace&, std::string_view path) {
      return path == "/second";
    };
    watched_.secure("h2");
    const std::string window = {0, 4, 0, 0, 0x10, 0};  // INITIAL_WINDOW_SIZE 4096
    watched_.up(std::string{preface} + frame(Frame::settings, 0, 0, window));
    watched_.down(frame(Frame::settings, 0, 0, "") + frame(Frame::settings, 1, 0, ""));
    watched_.up(frame(Frame::settings, 1, 0, ""));
  }

  void first_load() {
    watched_.up(frame(Frame::headers, 0x5, 1, get("/first")));
    watched_.down(frame(Frame::headers, 0x4, 1, header_block({{":status", "200"}})) +
                  frame(Frame::data, 1, 1, std::string(1000, 'a')));
    watched_.land();
  }
  // Its content is "second".
  void second_load() {
    watched_.up(frame(Frame::headers, 0x5, 3, get("/second")));
    watched_.down(frame(Frame::headers, 0x4, 3, header_block({{":status", "200"}})) +
                  frame(Frame::data, 1, 3, "second"));
    watched_.land();
  }
  const trace::ConnectionTrace& chapter() const { return *watched_.tap.trace(); }

  Watched watched_;
};

TEST_F(ChaptersTest, ARequestBeginsOneAndTheOldOneStaysAsItWas) {
  first_load();
  const std::size_t frames = watched_.trace.frames.size();
  second_load();
  ASSERT_NE(watched_.tap.trace(), watched_.first_chapter);
  EXPECT_EQ(watched_.trace.frames.size(), frames);
  EXPECT_THAT(watched_.trace.exchanges, SizeIs(1));
  ASSERT_THAT(chapter().exchanges, SizeIs(1));
  EXPECT_EQ(chapter().exchanges[0].path, "/second");
  EXPECT_EQ(chapter().exchanges[0].nth, 2U);
  ASSERT_THAT(chapter().frames, SizeIs(3));
  EXPECT_EQ(chapter().frames[0].type, trace::FrameType::headers);
  EXPECT_EQ(chapter().opened, watched_.trace.opened);
  EXPECT_EQ(chapter().dropped, 0U);
  EXPECT_EQ(watched_.news.back().index, 0U) << "indices count anew";
}

TEST_F(ChaptersTest, KnowsSettingsAndWindowsFromBefore) {
  first_load();
  second_load();
  ASSERT_TRUE(chapter().beginning);
  EXPECT_THAT(chapter().beginning->settings[up], ElementsAre(Pair(4, 4096U)));
  const auto windows = trace::windows(chapter());
  const auto& after_data = windows.back();
  ASSERT_TRUE(after_data && after_data->client);
  EXPECT_EQ(after_data->server.connection, 65535 - 1000 - 6);
  EXPECT_EQ(after_data->server.stream, 4096 - 6);
  EXPECT_EQ(after_data->client->connection, 65535 - 1000 - 6);
}

TEST_F(ChaptersTest, WhatTheClientKnewIsUnknownUntilWhatWasUnderWayHasLanded) {
  watched_.up(frame(Frame::headers, 0x5, 1, get("/first")));
  watched_.down(frame(Frame::headers, 0x4, 1, header_block({{":status", "200"}})) +
                frame(Frame::data, 0, 1, std::string(1000, 'a')));
  watched_.up(frame(Frame::headers, 0x5, 3, get("/second")) +
              frame(Frame::window_update, 0, 0, std::string{0, 0, 0, 100}));
  watched_.down(frame(Frame::data, 1, 1, std::string(10, 'b')));
  watched_.land();
  const auto windows = trace::windows(chapter());
  ASSERT_THAT(windows, SizeIs(3));
  EXPECT_EQ(windows[1]->server.connection, 65535 - 1000 + 100);
  EXPECT_FALSE(windows[1]->client) << "whether the first bytes had landed is not known";
  ASSERT_TRUE(windows[2]->client);
  EXPECT_EQ(windows[2]->client->connection, 65535 - 1000 + 100 - 10);
  EXPECT_EQ(windows[2]->client->stream, 4096 - 1000 - 10) << "the stream was open";
}

TEST_F(ChaptersTest, KnowsTheDynamicTablesWithoutWhatItsOwnBlocksAdd) {
  const auto literal = [](const std::string& name, const std::string& value) {
    return "\x40" + (static_cast<char>(name.size()) + name) +
           (static_cast<char>(value.size()) + value);
  };
  watched_.up(frame(Frame::headers, 0x5, 1, get("/first") + literal("a", "1")));
  watched_.up(frame(Frame::headers, 0x5, 3, get("/second") + literal("b", "2") + "\xbf"));
  const trace::DynamicTable& table = chapter().beginning->tables[up];
  EXPECT_THAT(table.entries(), ElementsAre(trace::DynamicTable::Entry{"a", "1"}));
  EXPECT_THAT(chapter().beginning->tables[down].entries(), IsEmpty());
  const auto& detail = std::get<trace::HeadersDetail>(chapter().frames.at(0).detail);
  EXPECT_EQ(detail.block->fields.back().name, "a");
  trace::DynamicTable after = table;
  EXPECT_TRUE(after.apply(*detail.block)) << "the block says the same";
}

TEST_F(ChaptersTest, ContentIsReadFromTheRightBytes) {
  first_load();
  second_load();
  const trace::Messages messages{chapter()};
  EXPECT_EQ(messages.content_of(chapter().exchanges.at(0), Direction::down), "second");
}

TEST_F(ChaptersTest, HasTheBytesOfFramesThatWereNotWholeWhenItBegan) {
  watched_.up(frame(Frame::headers, 0x5, 1, get("/first")));
  const std::string data = frame(Frame::data, 1, 1, "0123456789");
  watched_.down(frame(Frame::headers, 0x4, 1, header_block({{":status", "200"}})) +
                data.substr(0, 12));
  const std::string request = frame(Frame::headers, 0x5, 3, get("/second"));
  const std::string ping = frame(Frame::ping, 0, 0, "abcdefgh");
  watched_.up(ping + request.substr(0, 4));
  watched_.up(request.substr(4) + ping);
  watched_.down(data.substr(12));
  std::string said[2];
  for (const trace::Plaintext& piece : chapter().plaintext) {
    said[static_cast<std::size_t>(piece.direction)] += piece.bytes;
  }
  EXPECT_EQ(said[down], data);
  EXPECT_EQ(said[up], request + ping);
  EXPECT_EQ(chapter().plain_begin(Direction::up), chapter().frames.at(0).plain_begin);
  EXPECT_EQ(chapter().dropped, 0U);
  // The old one has what came before, the part of the piece too.
  EXPECT_EQ(watched_.trace.frames.back().type, trace::FrameType::ping);
}

TEST_F(ChaptersTest, CountsWhatTlsTookSinceItsBeginning) {
  first_load();
  const std::uint64_t before = watched_.trace.tls_bytes();
  second_load();
  EXPECT_EQ(chapter().own_tls_bytes(), 2 * record_overhead);
  EXPECT_EQ(chapter().tls_bytes(), before + 2 * record_overhead);
  EXPECT_EQ(watched_.trace.own_tls_bytes(), before);
}

TEST_F(ChaptersTest, ExchangesThatAreNotOverComeAlong) {
  watched_.up(frame(Frame::headers, 0x5, 1, get("/first")));
  watched_.up(frame(Frame::headers, 0x5, 3, get("/second")));
  watched_.down(frame(Frame::headers, 0x5, 1, header_block({{":status", "204"}})));
  watched_.land();
  ASSERT_THAT(chapter().exchanges, SizeIs(2));
  EXPECT_EQ(chapter().exchanges[0].path, "/first");
  EXPECT_TRUE(chapter().exchanges[0].last_byte_landed);
  EXPECT_FALSE(watched_.trace.exchanges.at(0).complete) << "not before the chapter was over";
  EXPECT_EQ(watched_.told(News::What::exchange_over), 1U);
  EXPECT_EQ(watched_.news.back().exchange->path, "/first");
}

TEST_F(ChaptersTest, WhatWasUnderWayStillLandsInTheOldOne) {
  watched_.up(frame(Frame::headers, 0x5, 1, get("/first")));
  watched_.down(frame(Frame::headers, 0x5, 1, header_block({{":status", "204"}})));
  watched_.up(frame(Frame::headers, 0x5, 3, get("/second")));
  EXPECT_FALSE(watched_.trace.frames.back().landed);
  watched_.land();
  EXPECT_EQ(watched_.trace.frames.back().landed, watched_.now);
  EXPECT_EQ(watched_.trace.plaintext.back().received.has_value(), true);
}

TEST_F(ChaptersTest, EachHasRoomOfItsOwn) {
  watched_.up(frame(Frame::headers, 0x5, 1, get("/first")));
  watched_.down(frame(Frame::headers, 0x4, 1, header_block({{":status", "200"}})));
  const std::string data = frame(Frame::data, 0, 1, std::string(16'000, 'x'));
  while (watched_.trace.dropped == 0) watched_.down(data);
  watched_.down(frame(Frame::data, 1, 1, ""));
  watched_.land();
  second_load();
  EXPECT_EQ(chapter().dropped, 0U);
  EXPECT_LT(chapter().held_bytes, 10'000U);
  EXPECT_EQ(trace::Messages{chapter()}.content_of(chapter().exchanges.at(0), Direction::down),
            "second");
}

TEST_F(ChaptersTest, AnyNumberOfThemCanBeBegunWithoutARequestAndDecodingGoesOn) {
  watched_.up(frame(Frame::headers, 0x5, 1, get("/first")));
  for (int n = 0; n < 3; ++n) {
    watched_.tap.begin_chapter();
    EXPECT_THAT(chapter().frames, IsEmpty());
    ASSERT_THAT(chapter().exchanges, SizeIs(1)) << "it is not answered";
    watched_.down(frame(Frame::headers, n == 2 ? 0x5 : 0x4, 1, header_block({{":status", "200"}})));
  }
  watched_.land();
  EXPECT_EQ(watched_.told(News::What::exchange_over), 1U);
  second_load();
  EXPECT_EQ(chapter().exchanges.back().path, "/second");
  EXPECT_EQ(chapter().trouble, "");
}

// A decoder that did not see the connection is fed with what is made up, and knows the same.
TEST_F(ChaptersTest, MadeUpFramesStandForAllThatWasBefore) {
  const std::string table_of_8192 = {0, 1, 0, 0, 0x20, 0};
  watched_.down(frame(Frame::settings, 0, 0, table_of_8192));
  watched_.up(frame(Frame::settings, 1, 0, ""));
  std::string block = "\x3f\xe1\x3f" + get("/first");  // a size update to 8192
  for (char n = 0; n < 120; ++n) block += std::string("\x40\x01") + 'n' + '\x02' + 'v' + n;
  watched_.up(frame(Frame::headers, 0x5, 1, block));
  second_load();

  Watched other;
  other.secure("h2");
  for (const trace::Plaintext& piece : trace::made_up_frames(chapter())) {
    other.say(piece.direction, piece.bytes);
  }
  other.tap.begin_chapter();
  EXPECT_EQ(other.trace.trouble, "");
  const trace::Beginning& expected = *chapter().beginning;
  const trace::Beginning& got = *other.tap.trace()->beginning;
  ASSERT_THAT(expected.tables[up].entries(), SizeIs(120));
  for (const std::size_t direction : {up, down}) {
    EXPECT_EQ(got.tables[direction], expected.tables[direction]);
    EXPECT_EQ(got.tables[direction].state().limit, expected.tables[direction].state().limit);
    EXPECT_EQ(got.settings[direction], expected.settings[direction]);
  }
}

TEST(Http1Chapters, BeginWithTheHeadOfTheRequest) {
  Watched watched;
  watched.divider = [](const trace::ConnectionTrace&, std::string_view path) {
    return path == "/second";
  };
  watched.secure("http/1.1");
  const auto load = [&watched](const std::string& path, const std::string& content) {
    watched.up("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    watched.down("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) +
                 "\r\n\r\n" + content);
    watched.land();
  };
  load("/first", "11111");
  load("/second", "2222222");
  const trace::ConnectionTrace& chapter = *watched.tap.trace();
  ASSERT_THAT(chapter.exchanges, SizeIs(1));
  EXPECT_EQ(chapter.exchanges[0].nth, 2U);
  EXPECT_EQ(trace::Messages{chapter}.content_of(chapter.exchanges[0], Direction::down), "2222222");
  EXPECT_THAT(chapter.plaintext.front().bytes, testing::StartsWith("GET /second"));
}

}  // namespace
}  // namespace muxlab::test
