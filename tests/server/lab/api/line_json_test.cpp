#include "server/lab/api/line_json.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace muxlab::test {
namespace {

using Json = nlohmann::ordered_json;
using link::LineProfile;
using server::lab::api::line_from_json;
using server::lab::api::line_json;

LineProfile line(std::string_view text) {
  const auto read = line_from_json(Json::parse(text));
  EXPECT_TRUE(read.ok()) << text << ": " << read.failure().message;
  return read.ok() ? read.value() : LineProfile{};
}

std::string fault_of(std::string_view text) {
  const auto read = line_from_json(Json::parse(text));
  return read.ok() ? "none" : read.failure().message;
}

TEST(LineJson, OfAPresetHasEveryField) {
  EXPECT_EQ(line_json(link::preset_named("cable")->profile).dump(),
            R"({"preset":"cable","rtt_ms":30,"down_bps":50000000,"up_bps":10000000,)"
            R"("loss_down":0.0,"loss_up":0.0,"burst":null,"lose":[],"queue_packets":100,)"
            R"("queue_bytes":null,"congestion_control":"reno","seed":1})");
}

TEST(LineJson, SaysNullForWhatIsNotThere) {
  const Json json = line_json(link::parse_line("rtt=0.25ms,lose=c1:7+up:3,queue=64kB").value());

  EXPECT_TRUE(json["preset"].is_null());
  EXPECT_TRUE(json["down_bps"].is_null());
  EXPECT_EQ(json["rtt_ms"], 0.25);
  EXPECT_EQ(json["lose"], Json::parse(R"(["c1:7", "up:3"])"));
  EXPECT_EQ(json["queue_bytes"], 64'000);
}

TEST(LineJson, OfAnyLineReadsBackAsTheSameLine) {
  for (const link::Preset& preset : link::presets()) {
    EXPECT_EQ(line_from_json(line_json(preset.profile)).value(), preset.profile);
  }
  for (const char* text :
       {"rtt=0.000001ms", "rtt=1.234567s,loss=0.1%", "loss_up=33.3%,burst=2.5,cc=cubic",
        "queue=1514.0kB,seed=18446744073709551615", "lose=1+c2:up:3"}) {
    const LineProfile profile = link::parse_line(text).value();
    EXPECT_EQ(line_from_json(line_json(profile)).value(), profile) << text;
    EXPECT_EQ(line(line_json(profile).dump()), profile) << text;
  }
}

TEST(LineJson, ChangesThePresetWhereverItStands) {
  const LineProfile far = line(R"({"rtt_ms": 200, "preset": "cable"})");

  EXPECT_EQ(far.rtt, 200ms);
  EXPECT_EQ(far.down_bps, 50'000'000U);
  EXPECT_EQ(far.preset, "");
  EXPECT_EQ(line(R"({"preset": "cable", "rtt_ms": 30})").preset, "cable");
}

TEST(LineJson, TakesTheTextOfALineToo) {
  EXPECT_EQ(line(R"("cable")").preset, "cable");
  EXPECT_EQ(line(R"("rtt=80ms,loss=1%")").loss_up, 0.01);
  EXPECT_EQ(fault_of(R"("cabel")"), "preset: \"cabel\" is none; did you mean cable?");
}

TEST(LineJson, KeepsNoPacketsBesideBytes) {
  EXPECT_EQ(line(R"({"queue_bytes": 64000, "queue_packets": 7})").queue_packets, 100U);
  EXPECT_EQ(line(R"({"preset": "satellite", "queue_bytes": 64000})").queue_packets, 100U);
}

TEST(LineJson, NamesTheFieldThatIsWrongAndItsCure) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"7", "line: 7 won't do; give an object, or a text such as \"rtt=80ms,down=10mbit\""},
      {R"({"rtt": 80})", "rtt: is no field; did you mean rtt_ms?"},
      {R"({"colour": 1})",
       "colour: is no field; here are preset, rtt_ms, down_bps, up_bps, loss_down, loss_up, burst, "
       "lose, queue_packets, queue_bytes, congestion_control, seed"},
      {R"({"preset": "cabel"})", "preset: \"cabel\" is none; did you mean cable?"},
      {R"({"preset": 4})", "preset: 4 won't do; give a preset's name, or null"},
      {R"({"rtt_ms": 2001})",
       "rtt_ms: 2001 won't do; give a number of milliseconds from 0 to 2000"},
      {R"({"rtt_ms": "80"})",
       "rtt_ms: \"80\" won't do; give a number of milliseconds from 0 to 2000"},
      {R"({"rtt_ms": null})",
       "rtt_ms: null won't do; give a number of milliseconds from 0 to 2000"},
      {R"({"down_bps": 7999})",
       "down_bps: 7999 won't do; give bits a second, a whole number from 8000 to 10000000000, or "
       "null for no limit"},
      {R"({"up_bps": -1})",
       "up_bps: -1 won't do; give bits a second, a whole number from 8000 to 10000000000, or null "
       "for no limit"},
      {R"({"loss_down": 1.5})",
       "loss_down: 1.5 won't do; give a share of packets, 0 or a number from 1e-09 to 1"},
      {R"({"loss_up": 1e-10})",
       "loss_up: 1e-10 won't do; give a share of packets, 0 or a number from 1e-09 to 1"},
      {R"({"burst": 0})",
       "burst: 0 won't do; give how many are lost in a row, a number from 1 to 1000, or null"},
      {R"({"loss_down": 0.9, "burst": 2})",
       "burst: 2 in a row can't make up a loss of 90%; give at least 9, or leave it out"},
      {R"({"lose": ["c1"]})",
       "lose: [\"c1\"] won't do; give a list of at most 64 segments, such as \"c1:7\", \"c1:up:7\" "
       "or \"7\""},
      {R"({"queue_packets": 0})", "queue_packets: 0 won't do; give a whole number from 1 to 10000"},
      {R"({"queue_bytes": 1})",
       "queue_bytes: 1 won't do; give a whole number from 1500 to 15000000, or null for a queue of "
       "packets"},
      {R"({"congestion_control": "bbr"})",
       "congestion_control: \"bbr\" won't do; give \"reno\" or \"cubic\""},
      {R"({"seed": 1.5})",
       "seed: 1.5 won't do; give a whole number from 0 to 18446744073709551615"},
  };
  for (const auto& [text, fault] : mistakes) EXPECT_EQ(fault_of(text), fault) << text;

  const auto wrong = line_from_json(Json::parse(R"({"rtt_ms": 2001})"));
  EXPECT_EQ(server::lab::api::field_of(wrong.failure()), "rtt_ms");
}

}  // namespace
}  // namespace muxlab::test
