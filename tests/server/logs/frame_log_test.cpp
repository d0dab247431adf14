// The live log of frames: what a line says, and that a reader who pauses stops nobody.
#include "server/logs/frame_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "server/logs/frame_line.h"
#include "tests/support/hand_made_trace.h"
#include "tests/support/scratch_folder.h"

namespace muxlab::test {
namespace {

using server::logs::FrameLog;
using server::tap::News;
using ::testing::HasSubstr;
using ::testing::Not;
using trace::FrameType;
using What = News::What;

std::string line_of(const OwnTrace& on, std::size_t index, bool coloured = false) {
  return server::logs::frame_line(*on, on->frames[index], Instant{}, coloured);
}

TEST(FrameLine, SaysWhatMattersOfAFrame) {
  const OwnTrace c17 = connection(17);
  add_frame(*c17, FrameType::headers, Direction::down, 91, 204817us, fields(":status", "200"));
  c17->frames[0].flags = 0x5;
  EXPECT_EQ(line_of(c17, 0),
            "    0.204817 c17    ↓ 1     HEADERS               91 END_STREAM END_HEADERS   200\n");

  add_frame(*c17, FrameType::window_update, Direction::up, 4, 1s, trace::WindowUpdateDetail{65535});
  EXPECT_THAT(line_of(c17, 1), HasSubstr("↑ 1     WINDOW_UPDATE"));
  EXPECT_THAT(line_of(c17, 1), HasSubstr(" +65535\n"));

  trace::HeadersDetail request = fields(":method", "GET");
  request.block->fields.push_back({.name = ":path", .value = "/mosaic/"});
  add_frame(*c17, FrameType::headers, Direction::up, 30, 1s, std::move(request));
  EXPECT_THAT(line_of(c17, 2), HasSubstr(" GET /mosaic/\n"));

  add_frame(*c17, FrameType::rst_stream, Direction::up, 4, 1s,
            trace::ErrorDetail{.code = 8, .debug = {}});
  EXPECT_THAT(line_of(c17, 3), HasSubstr(" CANCEL\n"));

  add_frame(*c17, FrameType::settings, Direction::up, 12, 1s,
            trace::SettingsDetail{{{0x3, 100}, {0x4, 65536}}});
  EXPECT_THAT(line_of(c17, 4),
              HasSubstr(" MAX_CONCURRENT_STREAMS=100 INITIAL_WINDOW_SIZE=65536\n"));
}

TEST(FrameLine, IsColouredByProtocolAndErrorsApart) {
  const OwnTrace h2 = connection(1);
  const OwnTrace h1 = connection(2, "h1", Protocol::http11);
  add_data(*h2, 10, 1s);
  add_frame(*h2, FrameType::goaway, Direction::down, 8, 1s,
            trace::ErrorDetail{.code = 1, .debug = "why"});
  add_frame(*h2, FrameType::goaway, Direction::down, 8, 1s,
            trace::ErrorDetail{.code = 0, .debug = {}});
  add_frame(*h1, FrameType::body, Direction::down, 10, 1s, trace::BodyDetail{});
  EXPECT_THAT(line_of(h2, 0, true), HasSubstr("\x1b[38;5;32m"));
  EXPECT_THAT(line_of(h2, 1, true), HasSubstr("\x1b[38;5;160m"));
  EXPECT_THAT(line_of(h2, 2, true), HasSubstr("\x1b[38;5;32m"));
  EXPECT_THAT(line_of(h1, 0, true), HasSubstr("\x1b[38;5;130m"));
  EXPECT_THAT(line_of(h2, 0), Not(HasSubstr("\x1b")));
}

TEST(FrameLine, LetsNoPeerMoveTheCursorOrFloodTheTerminal) {
  const OwnTrace c1 = connection(1);
  add_frame(*c1, FrameType::goaway, Direction::up, 99, 1s,
            trace::ErrorDetail{.code = 0, .debug = "\x1b[2J\r\n\x9b" + std::string(9000, 'x')});
  const std::string line = line_of(c1, 0);
  EXPECT_THAT(line, HasSubstr("\\x1b[2J\\x0d\\x0a\\x9bxx"));
  EXPECT_THAT(line, ::testing::EndsWith("x...\n"));
  EXPECT_LT(line.size(), 300U);
}

class FrameLogTest : public ::testing::Test {
 protected:
  // A pipe whose reader pauses.
  FrameLog on_a_pipe(FrameLog::Form form) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    reader_ = net::Descriptor{ends[0]};
    EXPECT_EQ(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    return FrameLog{net::Descriptor{ends[1]}, form, Instant{}};
  }
  std::string read_all() {
    std::string all;
    std::string room(65536, '\0');
    for (;;) {
      const ssize_t count = read(reader_.number(), room.data(), room.size());
      if (count <= 0) return all;
      all.append(room, 0, static_cast<std::size_t>(count));
    }
  }
  void frame(FrameLog& log) { log.heard(c1_, news_of(*c1_, What::frame, add_data(*c1_, 10, 1ms))); }

  net::Descriptor reader_;
  OwnTrace c1_ = connection(1);
};

TEST_F(FrameLogTest, AppendsLinesOfJsonToItsFile) {
  const ScratchFolder folder;
  const std::string file = folder.path() / "frames.jsonl";
  Result<FrameLog> log = FrameLog::open(file, Instant{});
  ASSERT_TRUE(log.ok());
  frame(log.value());
  c1_->trouble = "a \"quoted\" reason";
  log.value().heard(c1_, {What::gave_up});
  log.value().heard(c1_, {What::frame_landed, 0});
  log.value().advance();

  std::ifstream stream{file};
  std::string line;
  ASSERT_TRUE(std::getline(stream, line));
  const auto first = nlohmann::json::parse(line);
  EXPECT_EQ(first["connection"], "c1");
  EXPECT_EQ(first["lane"], "h2");
  EXPECT_EQ(first["type"], "DATA");
  EXPECT_EQ(first["written"], 1);
  ASSERT_TRUE(std::getline(stream, line));
  EXPECT_EQ(nlohmann::json::parse(line)["trouble"], "a \"quoted\" reason");
  EXPECT_FALSE(std::getline(stream, line));
}

TEST_F(FrameLogTest, NamesTheFileThatItCanNotWrite) {
  const Result<FrameLog> log = FrameLog::open("/nowhere/frames.jsonl", Instant{});
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.failure().message,
            "/nowhere/frames.jsonl: can't be written: No such file or directory; give --watch "
            "another file");
}

TEST_F(FrameLogTest, DropsWhatIsTooMuchForOneTickAndSaysSo) {
  FrameLog log = on_a_pipe(FrameLog::Form::text);
  for (std::size_t i = 0; i < server::logs::most_logged_frames_a_tick + 7; ++i) frame(log);
  for (int ticks = 0; ticks < 100; ++ticks) {
    log.advance();
    if (read_all().find("7 frames are not shown: there were too many\n") != std::string::npos) {
      return;
    }
  }
  FAIL() << "nothing was said";
}

TEST_F(FrameLogTest, NeverWaitsForAReaderThatPauses) {
  FrameLog log = on_a_pipe(FrameLog::Form::json_lines);
  constexpr int ticks = 8;
  for (int tick = 0; tick < ticks; ++tick) {
    for (std::size_t i = 0; i < server::logs::most_logged_frames_a_tick; ++i) frame(log);
    log.advance();  // would hang for ever if it waited
  }
  // Once it reads again it has whole lines, and the number of those that are missing.
  std::string all;
  for (int tick = 0; tick < 50; ++tick) {
    all += read_all();
    log.advance();
  }
  all += read_all();
  std::size_t told = 0;
  std::size_t dropped = 0;
  std::istringstream lines{all};
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("dropped")) {
      dropped += json["dropped"].get<std::size_t>();
    } else {
      ++told;
    }
  }
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(told + dropped, ticks * server::logs::most_logged_frames_a_tick);
}

TEST_F(FrameLogTest, GoesOnWhenItsReaderHasLeft) {
  FrameLog log = on_a_pipe(FrameLog::Form::text);
  const auto before = signal(SIGPIPE, SIG_IGN);
  reader_ = {};
  for (int tick = 0; tick < 3; ++tick) {
    frame(log);
    log.advance();
  }
  signal(SIGPIPE, before);
}

}  // namespace
}  // namespace muxlab::test
