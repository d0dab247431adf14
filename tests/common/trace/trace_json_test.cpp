#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/common/trace/sample_run.h"

namespace muxlab::test {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;

Json json_of(const std::shared_ptr<const trace::RunTrace>& run) {
  return Json::parse(all_of(trace::trace_json(run)));
}

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

TEST(TraceJson, HasAllItsParts) {
  const Json json = json_of(sample_run());
  EXPECT_THAT(keys_of(json),
              testing::UnorderedElementsAre("run", "connections", "exchanges", "frames", "segments",
                                            "congestion", "time", "cost"));
  EXPECT_EQ(json["run"]["started"], "2026-11-20T08:00:00.000000Z");
  EXPECT_EQ(json["run"]["line"]["rtt_ms"], 80);
  EXPECT_EQ(json["run"]["load_ms"], 342.0);
  EXPECT_EQ(json["connections"].size(), 3U);
  EXPECT_EQ(json["exchanges"].size(), 6U);
}

TEST(TraceJson, OfNothingIsWholeToo) {
  const Json json = json_of(std::make_shared<const trace::RunTrace>());
  EXPECT_EQ(json["frames"], Json::array());
  EXPECT_EQ(json["time"], nullptr);
  EXPECT_EQ(json["run"]["load_ms"], nullptr);
  EXPECT_EQ(json["run"]["line"], nullptr);
  EXPECT_EQ(json["cost"]["connections"], 0);
}

TEST(TraceJson, SaysWhatIsNotKnownAsNull) {
  const Json json = json_of(sample_run());
  EXPECT_EQ(json["connections"][1]["tls"], nullptr);
  EXPECT_EQ(json["connections"][1]["ready"], nullptr);
  EXPECT_EQ(json["connections"][2]["closed"], nullptr);
  EXPECT_EQ(json["connections"][2]["closed_by"], nullptr);
  EXPECT_EQ(json["exchanges"][0]["discovered"], nullptr);
}

TEST(TraceJson, GivesAnExchangeItsTimesFromTheRunsStart) {
  trace::RunTrace run = *sample_run();
  run.run.start = at(100ms + 250ns);
  const Json json = json_of(std::make_shared<const trace::RunTrace>(run));
  for (const Json& exchange : json["exchanges"]) {
    if (exchange["path"] != "/r/k3/mosaic/a.png") continue;
    EXPECT_EQ(exchange["id"], 5);
    EXPECT_EQ(exchange["connection"], "c17");
    EXPECT_EQ(exchange["stream"], 3);
    EXPECT_EQ(exchange["nth"], 2);
    EXPECT_EQ(exchange["priority"], "u=5, i");
    EXPECT_EQ(exchange["discovered"], 140.5) << "to the microsecond";
    EXPECT_EQ(exchange["queued"], 140.6);
    EXPECT_EQ(exchange["sent"], 141.0);
    EXPECT_EQ(exchange["first_byte_landed"], 222.0);
    EXPECT_EQ(exchange["bytes"]["body"], 30000);
    return;
  }
  FAIL() << "the picture is not there";
}

TEST(TraceJson, NamesTheExchangeThatBlocksAnother) {
  const Json json = json_of(sample_run());
  const Json& second = json["exchanges"][5];
  ASSERT_EQ(second["path"], "/r/k3/mosaic/b.png");
  for (const Json& wait : second["blocked"]) {
    if (wait["by"] != "connection") continue;
    EXPECT_EQ(wait["exchange"], json["exchanges"][4]["id"]);
  }
}

TEST(TraceJson, ShowsEachFrameWithItsDetail) {
  const Json json = json_of(sample_run());
  const Json& frames = json["frames"];
  EXPECT_EQ(frames[0]["type"], "PREFACE");
  EXPECT_EQ(frames[1]["detail"]["settings"][1],
            (Json{{"name", "INITIAL_WINDOW_SIZE"}, {"value", 131072}}));
  EXPECT_EQ(frames[1]["detail"]["windows"]["server"],
            (Json{{"connection", 65535}, {"stream", nullptr}}));
  const Json& answer = frames[4];
  EXPECT_EQ(answer["type"], "HEADERS");
  EXPECT_EQ(answer["direction"], "down");
  EXPECT_THAT(answer["flags"], ElementsAre("END_HEADERS"));
  EXPECT_EQ(answer["written"], 201.0);
  EXPECT_EQ(answer["landed"], 241.0);
  EXPECT_EQ(answer["detail"]["fields"][1], (Json{{"name", "content-type"},
                                                 {"value", "text/html; charset=utf-8"},
                                                 {"representation", "literal with indexing"},
                                                 {"huffman_name", false},
                                                 {"huffman_value", false},
                                                 {"index", 31},
                                                 {"encoded", 26},
                                                 {"plain", 36}}));
  EXPECT_EQ(answer["detail"]["table"]["bytes"], 68);
  const Json& goaway = frames[18];
  EXPECT_EQ(goaway["detail"], (Json{{"error", "ENHANCE_YOUR_CALM"},
                                    {"code", 11},
                                    {"last_stream", 5},
                                    {"debug", "calm down"}}));
}

TEST(TraceJson, ShowsHttp1InTheSameTerms) {
  const Json json = json_of(sample_run());
  for (const Json& frame : json["frames"]) {
    if (frame["connection"] != "c18") continue;
    EXPECT_EQ(frame["type"], "REQUEST_HEAD");
    EXPECT_EQ(frame["stream"], 1);
    EXPECT_EQ(frame["detail"]["start_line"], "GET /r/k3/mosaic/style.css HTTP/1.1");
    EXPECT_EQ(frame["detail"]["fields"][0]["representation"], "text");
    EXPECT_EQ(frame["detail"]["fields"][0]["index"], nullptr);
    return;
  }
}

TEST(TraceJson, ShowsSegmentsAndTheSendersWindow) {
  const Json json = json_of(sample_run());
  EXPECT_EQ(json["segments"][1]["fate"], "lost");
  EXPECT_EQ(json["segments"][1]["at"], 203.0);
  EXPECT_EQ(json["congestion"][0]["window_packets"], 10);
}

TEST(TraceJson, PartsOfTheTimeAddUp) {
  const Json json = json_of(sample_run());
  double sum = 0;
  for (const auto& [part, ms] : json["time"].items()) sum += ms.get<double>();
  EXPECT_NEAR(sum, json["run"]["load_ms"].get<double>(), 0.004) << "each is rounded for itself";
}

TEST(TraceJson, LeavesOutTheStreamsOfOtherRunsAndWhatIsOutsideOfItsTimeOnTheConnection) {
  ConnectionBuilder connection{Protocol::http2};
  connection.settings(Direction::down, {}, 1ms, 2ms);
  connection.request(1, "/r/k4/", 10ms, 20ms);
  connection.request(3, "/r/k3/", 30ms, 40ms);
  connection.request(5, "/favicon.ico", 31ms, 41ms);
  connection.window_update(Direction::up, 0, 100, 45ms, 55ms);
  connection.head(1, "text/html", 50ms, 60ms);
  connection.head(3, "text/html", 50ms, 60ms);
  connection.window_update(Direction::up, 0, 100, 90ms, 95ms);
  trace::RunTrace run = run_of({connection.built()});
  run.run.id = "k3";
  run.run.invalid_because = {"The line was changed after the run was begun."};
  run.connections[0].from = at(30ms);
  run.connections[0].until = at(80ms);
  const Json json = json_of(std::make_shared<const trace::RunTrace>(std::move(run)));
  std::vector<int> streams;
  for (const Json& frame : json["frames"]) streams.push_back(frame["stream"].get<int>());
  EXPECT_EQ(streams, (std::vector<int>{3, 5, 0, 3}));
  EXPECT_EQ(json["exchanges"].size(), 1U);
  EXPECT_EQ(json["run"]["valid"], false);
  EXPECT_EQ(json["run"]["invalid_because"][0], "The line was changed after the run was begun.");
}

TEST(TraceJson, ReplacesWhatIsNoText) {
  ConnectionBuilder connection{Protocol::http11};
  connection.request(1, "/\xff", 0ms, 1ms);
  const Json json = json_of(std::make_shared<const trace::RunTrace>(run_of({connection.built()})));
  EXPECT_EQ(json["exchanges"][0]["path"], "/\xef\xbf\xbd");
}

TEST(TraceJson, ComesInSmallPieces) {
  const trace::Pieces pieces = trace::trace_json(sample_run());
  std::string piece;
  while (pieces(piece)) {
    EXPECT_LT(piece.size(), 4096U);
    piece.clear();
  }
  EXPECT_FALSE(pieces(piece)) << "the end stays the end";
}

TEST(FrameJson, IsTheFrameInOneLine) {
  const auto connection = sample_http2(17);
  const Json whole = json_of(sample_run())["frames"][0];
  const std::string line = trace::frame_json(*connection, connection->frames[0], at(0ms));
  EXPECT_EQ(Json::parse(line), whole);
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace muxlab::test
