#include "common/link/line_profile.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

using link::CongestionControl;
using link::LineProfile;
using link::NamedLoss;
using link::parse_line;

std::string fault_of(std::string_view text) {
  const auto read = parse_line(text);
  return read.ok() ? "none" : read.failure().message;
}

LineProfile line(std::string_view text) {
  const auto read = parse_line(text);
  EXPECT_TRUE(read.ok()) << text << ": " << read.failure().message;
  return read.ok() ? read.value() : LineProfile{};
}

TEST(LineProfile, TakesEveryFieldOfTheText) {
  const LineProfile all = line(
      "rtt=80ms,down=10mbit,up=2.5mbit,loss_down=1%,loss_up=0.25%,burst=4,lose=c1:7+c12:up:3+5,"
      "queue=64kB,cc=cubic,seed=7");

  EXPECT_EQ(all.preset, "");
  EXPECT_EQ(all.rtt, 80ms);
  EXPECT_EQ(all.down_bps, 10'000'000U);
  EXPECT_EQ(all.up_bps, 2'500'000U);
  EXPECT_EQ(all.loss_down, 0.01);
  EXPECT_EQ(all.loss_up, 0.0025);
  EXPECT_EQ(all.burst, 4.0);
  EXPECT_EQ(all.lose,
            (std::vector<NamedLoss>{
                {1, Direction::down, 7}, {12, Direction::up, 3}, {0, Direction::down, 5}}));
  EXPECT_EQ(all.queue_bytes, 64'000U);
  EXPECT_EQ(all.congestion_control, CongestionControl::cubic);
  EXPECT_EQ(all.seed, 7U);
}

TEST(LineProfile, HasNoDistanceNoLimitAndNoLossWhereNothingIsSaid) {
  const LineProfile only_a_seed = line("seed=3");

  EXPECT_TRUE(only_a_seed.is_perfect());
  EXPECT_EQ(only_a_seed.queue_packets, 100U);
  EXPECT_FALSE(line("rtt=1ms").is_perfect());
  EXPECT_FALSE(line("up=10mbit").is_perfect());
  EXPECT_FALSE(line("lose=7").is_perfect());
}

TEST(LineProfile, TakesAPresetAndWhatIsChangedOfIt) {
  EXPECT_EQ(line("cable"), link::preset_named("cable")->profile);

  const LineProfile far = line("cable, rtt=200ms");
  EXPECT_EQ(far.preset, "");
  EXPECT_EQ(far.rtt, 200ms);
  EXPECT_EQ(far.down_bps, line("cable").down_bps);

  EXPECT_EQ(line("cable,down=unlimited").down_bps, std::nullopt);
  EXPECT_EQ(line("lossy-wifi,burst=none").burst, std::nullopt);
  EXPECT_EQ(line("satellite,queue=64kB").queue_packets, 100U);
}

TEST(LineProfile, IsStillThePresetWhenWhatWasChangedIsTheSame) {
  EXPECT_EQ(line("cable,rtt=30ms").preset, "cable");
}

TEST(LineProfile, TakesBothEndsOfEveryRange) {
  for (const char* text :
       {"rtt=0ms", "rtt=2s", "rtt=2000ms", "down=8kbit", "up=10gbit", "loss=0%", "loss=100%",
        "loss=0.0000001%", "burst=1", "burst=1000", "queue=1", "queue=10000", "queue=1.5kB",
        "queue=15MB", "seed=0", "seed=18446744073709551615",
        "lose=c4294967295:up:18446744073709551615", "loss=100%,burst=1", "loss=90%,burst=9"}) {
    EXPECT_EQ(fault_of(text), "none") << text;
  }
}

TEST(LineProfile, NamesEachMistakeAndItsCure) {
  const std::string times = "a time from 0ms to 2s, such as 80ms or 1.5s";
  const std::string rates =
      "bits a second from 8kbit to 10gbit, such as 10mbit or 384kbit, or unlimited";
  const std::string shares = "0% or a percentage from 0.0000001% to 100%, such as 1% or 0.5%";
  const std::string bursts =
      "how many are lost in a row, from 1 to 1000, such as 4 or 2.5, or none";
  const std::string queues =
      "packets from 1 to 10000, such as 100, or bytes from 1.5kB to 15MB, such as 64kB";
  const std::string segments =
      "segments as c1:7 (connection 1, the 7th down), c1:up:7 or 7 (of every connection), divided "
      "by +, at most 64";
  const std::pair<const char*, std::string> mistakes[] = {
      {"rtt=80", "rtt: \"80\" won't do; give " + times},
      {"rtt=", "rtt: \"\" won't do; give " + times},
      {"rtt=-1ms", "rtt: \"-1ms\" won't do; give " + times},
      {"rtt=1e2ms", "rtt: \"1e2ms\" won't do; give " + times},
      {"rtt=2.1s", "rtt: \"2.1s\" won't do; give " + times},
      {"rtt=.5s", "rtt: \".5s\" won't do; give " + times},
      {"rtt=0.0000001ms", "rtt: \"0.0000001ms\" won't do; give " + times},
      {"rtt=99999999999999999999s", "rtt: \"99999999999999999999s\" won't do; give " + times},
      {"down=10mb", "down: \"10mb\" won't do; give " + rates},
      {"down=10", "down: \"10\" won't do; give " + rates},
      {"up=0bit", "up: \"0bit\" won't do; give " + rates},
      {"up=11gbit", "up: \"11gbit\" won't do; give " + rates},
      {"loss=0.01", "loss: \"0.01\" won't do; give " + shares},
      {"loss=101%", "loss: \"101%\" won't do; give " + shares},
      {"loss_up=nan%", "loss_up: \"nan%\" won't do; give " + shares},
      {"loss_down=0.00000001%", "loss_down: \"0.00000001%\" won't do; give " + shares},
      {"burst=0.5", "burst: \"0.5\" won't do; give " + bursts},
      {"loss=50%,burst=1001", "burst: \"1001\" won't do; give " + bursts},
      {"loss=90%,burst=2",
       "burst: 2 in a row can't make up a loss of 90%; give at least 9, or leave it out"},
      {"queue=0", "queue: \"0\" won't do; give " + queues},
      {"queue=64kb", "queue: \"64kb\" won't do; give " + queues},
      {"queue=1kB", "queue: \"1kB\" won't do; give " + queues},
      {"lose=c0:7", "lose: \"c0:7\" won't do; give " + segments},
      {"lose=c1:0", "lose: \"c1:0\" won't do; give " + segments},
      {"lose=c1:7+", "lose: \"c1:7+\" won't do; give " + segments},
      {"lose=c1", "lose: \"c1\" won't do; give " + segments},
      {"lose=c1:left:7", "lose: \"c1:left:7\" won't do; give " + segments},
      {"cc=bbr", "cc: \"bbr\" won't do; give reno or cubic"},
      {"seed=-1", "seed: \"-1\" won't do; give a whole number from 0 to 18446744073709551615"},
      {"rtt", "rtt: has no value; give " + times},
      {"rtt=1ms,rtt=1ms", "rtt: stands twice; leave one"},
      {"loss=1%,loss_up=2%", "loss_up: stands beside loss, which says the same; leave one"},
      {"loss_down=1%,loss=2%", "loss: stands beside loss_down, which says the same; leave one"},
      {"rrt=80ms", "rrt: is no field; did you mean rtt?"},
      {"colour=red",
       "colour: is no field; here are rtt, down, up, loss, loss_down, loss_up, burst, lose, queue, "
       "cc, seed"},
      {"cabel", "preset: \"cabel\" is none; did you mean cable?"},
      {"rtt=1ms,carrier-pigeon",
       "preset: \"carrier-pigeon\" is none; here are fiber, cable, dsl, 4g, 3g, satellite, "
       "lossy-wifi, perfect"},
      {"rtt=1ms,cable", "preset: cable stands behind others; give one, before all fields"},
      {"dsl,cable", "preset: cable stands behind others; give one, before all fields"},
      {"", "line: is empty; give a preset or fields, such as cable or rtt=80ms,down=10mbit"},
      {"  ", "line: is empty; give a preset or fields, such as cable or rtt=80ms,down=10mbit"},
      {"cable,",
       "line: has a comma without a field beside it; give a preset or fields, such as cable or "
       "rtt=80ms,down=10mbit"},
  };
  for (const auto& [text, fault] : mistakes) EXPECT_EQ(fault_of(text), fault) << text;
}

TEST(LineProfile, ShowsOnlyTheBeginningOfWhatIsLongAndNothingThatCantBePrinted) {
  const std::string fault = fault_of("cc=\n\xff\x1b" + std::string(1000, 'x'));

  EXPECT_EQ(fault.substr(0, 30), "cc: \"???" + std::string(22, 'x'));
  EXPECT_LT(fault.size(), 100U);
  EXPECT_EQ(fault_of(std::string(5000, 'x')), "line: is longer than 4096 bytes");
  EXPECT_NE(fault_of(std::string("rtt=80ms\0", 9)), "none");
}

TEST(LineProfile, LosesAtMostSoManyNamedSegments) {
  std::string text = "lose=1";
  for (int i = 2; i <= 64; ++i) text += fmt::format("+{}", i);

  EXPECT_EQ(line(text).lose.size(), 64U);
  EXPECT_NE(fault_of(text + "+65"), "none");
}

TEST(LineText, IsWrittenInTheLargestUnitWithoutAFraction) {
  const std::pair<const char*, const char*> texts[] = {
      {"rtt=1.5s", "rtt=1500ms"},
      {"rtt=2000ms", "rtt=2s"},
      {"rtt=0.25ms", "rtt=0.25ms"},
      {"rtt=80.000ms", "rtt=80ms"},
      {"down=10000kbit", "down=10mbit"},
      {"down=1.5mbit", "down=1500kbit"},
      {"up=1000000001bit", "up=1000000001bit"},
      {"down=unlimited,up=8000bit", "up=8kbit"},
      {"loss=1.0%", "loss=1%"},
      {"loss=0.0000001%", "loss=0.0000001%"},
      {"loss_down=1%,loss_up=1%", "loss=1%"},
      {"loss_up=0.1%", "loss_up=0.1%"},
      {"loss_up=12.5%,loss_down=100%", "loss_down=100%,loss_up=12.5%"},
      {"loss=1%,burst=1.50", "loss=1%,burst=1.5"},
      {"queue=100", "rtt=0ms"},
      {"queue=1514.0kB", "queue=1514kB"},
      {"queue=1.514kB", "queue=1.514kB"},
      {"lose=c3:down:7+up:1", "lose=c3:7+up:1"},
      {"seed=1,cc=reno", "rtt=0ms"},
      {"cable", "cable"},
      {"cable,rtt=200ms", "rtt=200ms,down=50mbit,up=10mbit"},
      {"satellite,seed=2", "rtt=600ms,down=20mbit,up=3mbit,queue=1000,seed=2"},
  };
  for (const auto& [text, short_text] : texts) {
    EXPECT_EQ(link::line_text(line(text)), short_text);
    EXPECT_EQ(line(short_text), line(text));
  }
}

// Anything that the ranges allow, the awkward more often than chance would.
class AnyLine {
 public:
  explicit AnyLine(std::uint64_t seed) : random_(seed) {}

  LineProfile next() {
    LineProfile any;
    if (chance()) any.rtt = Duration{static_cast<Duration::rep>(number(0, 2'000'000'000))};
    if (chance()) any.down_bps = number(link::lowest_bps, link::highest_bps);
    if (chance()) any.up_bps = number(8, 10'000) * 1'000;
    if (chance()) any.loss_down = share();
    any.loss_up = chance() ? any.loss_down : share();
    if (chance()) any.burst = std::uniform_real_distribution<double>{101, 1000}(random_);
    for (std::uint64_t i = number(0, 3); i > 0; --i) any.lose.push_back(named_loss());
    if (chance())
      any.queue_packets = number(1, link::most_queue_packets);
    else if (chance())
      any.queue_bytes = number(link::least_queue_bytes, link::most_queue_bytes);
    if (chance()) any.congestion_control = CongestionControl::cubic;
    if (chance()) any.seed = random_();
    return any;
  }

 private:
  bool chance() { return random_() % 2 == 0; }
  std::uint64_t number(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>{least, most}(random_);
  }
  double share() {
    if (chance()) return static_cast<double>(number(0, 100)) / 1000;
    return std::pow(10, -std::uniform_real_distribution<double>{0.01, 8.9}(random_));
  }
  NamedLoss named_loss() {
    return {static_cast<std::uint32_t>(number(0, 3)), chance() ? Direction::down : Direction::up,
            number(1, std::numeric_limits<std::uint64_t>::max())};
  }

  std::mt19937_64 random_;
};

TEST(LineText, OfAnyLineReadsBackAsTheSameLine) {
  AnyLine lines{4};
  for (int i = 0; i < 5'000; ++i) {
    const LineProfile any = lines.next();
    ASSERT_TRUE(link::check(any).ok()) << link::check(any).failure().message;
    const std::string text = link::line_text(any);
    const auto read = parse_line(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.failure().message;
    ASSERT_EQ(read.value(), any) << text;
    ASSERT_EQ(link::line_text(read.value()), text);
  }
}

// Slips of the hand: nothing that is read is out of range, and all of it is written so that it
// reads back.
TEST(LineText, ThatIsReadThoughItIsOddIsWithinTheRanges) {
  const std::string characters = ".,=+:%0123456789abcdeiklmnoprstuw-_ \xff";
  AnyLine lines{5};
  std::mt19937_64 random{6};
  int read_at_all = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = link::line_text(lines.next());
    for (int slips = 1 + i % 3; slips > 0; --slips) {
      const std::size_t at = random() % text.size();
      const char typed = characters[random() % characters.size()];
      text.replace(at, random() % 2, random() % 2, typed);
      if (text.empty()) text = "cable,";
    }
    const auto read = parse_line(text);
    if (!read.ok()) continue;
    ++read_at_all;
    ASSERT_TRUE(link::check(read.value()).ok()) << text;
    ASSERT_EQ(line(link::line_text(read.value())), read.value()) << text;
  }
  EXPECT_GT(read_at_all, 1'000);
}

TEST(LineCheck, NamesTheFieldThatIsOutOfItsRange) {
  using Change = void (*)(LineProfile&);
  const std::pair<Change, const char*> mistakes[] = {
      {[](LineProfile& line) { line.rtt = -1ms; }, "rtt: "},
      {[](LineProfile& line) { line.rtt = 2001ms; }, "rtt: "},
      {[](LineProfile& line) { line.down_bps = 7'999; }, "down: "},
      {[](LineProfile& line) { line.up_bps = 0; }, "up: "},
      {[](LineProfile& line) { line.loss_down = 1.5; }, "loss_down: "},
      {[](LineProfile& line) { line.loss_up = std::nan(""); }, "loss_up: "},
      {[](LineProfile& line) { line.burst = 0; }, "burst: "},
      {[](LineProfile& line) { line.burst = std::numeric_limits<double>::infinity(); }, "burst: "},
      {[](LineProfile& line) { line.lose.resize(65); }, "lose: "},
      {[](LineProfile& line) { line.lose.resize(1, {.connection = 1, .segment = 0}); }, "lose: "},
      {[](LineProfile& line) { line.queue_packets = 0; }, "queue: "},
      {[](LineProfile& line) { line.queue_bytes = 1; }, "queue: "},
  };
  for (const auto& [change, field] : mistakes) {
    LineProfile wrong;
    change(wrong);
    const Status checked = link::check(wrong);
    ASSERT_FALSE(checked.ok()) << field;
    EXPECT_EQ(checked.failure().message.find(field), 0U) << checked.failure().message;
  }
}

TEST(LinePresets, AreWithinTheRangesUnderTheirNamesWithTheirSources) {
  std::set<std::string> names;
  for (const link::Preset& preset : link::presets()) {
    const LineProfile& profile = preset.profile;
    EXPECT_TRUE(names.insert(profile.preset).second) << profile.preset;
    EXPECT_TRUE(link::check(profile).ok()) << profile.preset;
    EXPECT_EQ(line(profile.preset), profile);
    EXPECT_EQ(link::line_text(profile), profile.preset);
    EXPECT_FALSE(preset.what.empty());
    EXPECT_FALSE(preset.source.empty());
  }
  EXPECT_EQ(names, (std::set<std::string>{"fiber", "cable", "dsl", "4g", "3g", "satellite",
                                          "lossy-wifi", "perfect"}));
  EXPECT_TRUE(link::preset_named("perfect")->profile.is_perfect());
  EXPECT_EQ(link::preset_named("pigeon"), nullptr);
}

}  // namespace
}  // namespace muxlab::test
