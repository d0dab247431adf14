// What a peer writes into these fields can be anything: random texts, made of the pieces the
// grammars are made of, must neither crash nor break what the readers promise.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>

#include "common/http/content_coding.h"
#include "common/http/date.h"
#include "common/http/date_parse.h"
#include "common/http/preconditions.h"
#include "common/http/range_body.h"

namespace muxlab::test {
namespace {

constexpr int rounds = 20000;
constexpr std::chrono::sys_seconds now{std::chrono::seconds{1795168800}};

class RandomText {
 public:
  explicit RandomText(std::uint32_t seed) : generator_(seed) {}

  std::size_t below(std::size_t limit) { return generator_() % limit; }

  template <std::size_t count>
  std::string of(const std::array<std::string_view, count>& pieces, std::size_t most_pieces) {
    std::string text;
    for (std::size_t left = below(most_pieces + 1); left > 0; --left) text += pieces[below(count)];
    if (below(8) == 0) text.insert(below(text.size() + 1), 1, static_cast<char>(below(256)));
    return text;
  }

 private:
  std::mt19937 generator_;
};

std::string read_all(http::Body& body, RandomText& random) {
  std::string all;
  std::array<std::uint8_t, 64> memory;
  while (true) {
    const MutableBytes room = MutableBytes{memory}.first(1 + random.below(memory.size()));
    const http::ReadOutcome outcome = body.read(room);
    all += text_of(Bytes{room}.first(outcome.bytes));
    if (outcome.kind == http::ReadOutcome::Kind::end) return all;
  }
}

TEST(RandomRanges, AreWithinTheContentApartAndExactlyTheBytesAskedFor) {
  RandomText random{9110};
  int answered = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t content_bytes = 1 + random.below(40);
    std::string asked = "bytes=";
    std::set<std::uint64_t> wanted;
    for (std::size_t left = 1 + random.below(http::max_byte_ranges); left > 0; --left) {
      const std::uint64_t first = random.below(50);
      const std::uint64_t last = first + random.below(10);
      asked += std::to_string(first) + "-" + std::to_string(last) + (left > 1 ? "," : "");
      for (std::uint64_t at = first; at <= last && at < content_bytes; ++at) wanted.insert(at);
    }
    const http::RangeSelection selection = http::select_ranges(asked, content_bytes);
    std::set<std::uint64_t> given;
    for (const http::ByteRange& range : selection.ranges) {
      for (std::uint64_t at = range.first; at <= range.last; ++at) {
        EXPECT_TRUE(given.insert(at).second) << asked << ": a byte twice";
      }
      EXPECT_FALSE(given.contains(range.last + 1)) << asked << ": adjacent";
    }
    ASSERT_EQ(given, wanted) << asked;
    EXPECT_EQ(selection.kind == http::RangeSelection::Kind::unsatisfiable, wanted.empty()) << asked;
    answered += selection.ranges.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(answered, rounds / 4);
}

TEST(RandomRanges, GiveABodyOfExactlyTheLengthThatWasSaid) {
  static constexpr std::array<std::string_view, 11> pieces{
      "bytes=", "0", "1", "7", "18446744073709551615", "-", "-", ",", ",", " ", "5-6"};
  RandomText random{2046};
  const auto content = std::make_shared<const std::string>("The quick brown fox jumps.");
  const std::string boundary = http::multipart_boundary(*content);
  for (int round = 0; round < rounds; ++round) {
    const std::string asked = "bytes=" + random.of(pieces, 30);
    const http::RangeSelection selection = http::select_ranges(asked, content->size());
    for (const http::ByteRange& range : selection.ranges) {
      ASSERT_LE(range.first, range.last) << asked;
      ASSERT_LT(range.last, content->size()) << asked;
      http::RangeBody body{content, range};
      EXPECT_EQ(read_all(body, random), content->substr(range.first, range.length())) << asked;
    }
    const http::MultipartRanges layout =
        http::lay_out_ranges(selection.ranges, content->size(), "text/plain", boundary);
    http::RangesBody body{content, layout};
    EXPECT_EQ(read_all(body, random).size(), layout.body_bytes) << asked;
  }
}

TEST(RandomTags, AreReadBackAsTheyAreWritten) {
  static constexpr std::array<std::string_view, 8> pieces{"\"", "W/", "a", "\"a\"",
                                                          ",",  " ",  "*", "W/\"b,c\""};
  RandomText random{883};
  int read = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string text = random.of(pieces, 12);
    const http::Headers headers{{"if-match", text}};
    const auto list = http::parse_entity_tags(headers, "if-match");
    if (!list || list->any) continue;
    ++read;
    for (const http::EntityTag& tag : list->tags) {
      const std::string written = http::entity_tag_text(tag);
      EXPECT_NE(text.find(written), std::string::npos) << text;
      EXPECT_TRUE(http::parse_entity_tag(written)) << written;
    }
  }
  EXPECT_GT(read, rounds / 50);
}

TEST(RandomDates, AreNothingOrATimeThatIsWrittenTheSame) {
  RandomText random{5322};
  int read = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string text = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (std::size_t left = random.below(3); left > 0; --left) {
      text[random.below(text.size())] = "0123456789, :SunMoGT"[random.below(20)];
    }
    const auto time = http::parse_http_date(text, now);
    if (!time) continue;
    ++read;
    EXPECT_EQ(http::imf_fixdate(*time), text);
  }
  EXPECT_GT(read, rounds / 50);
}

TEST(RandomPreconditions, AreAlwaysDecided) {
  static constexpr std::array<std::string_view, 6> names{
      "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"};
  static constexpr std::array<std::string_view, 9> pieces{"\"a\"",
                                                          "W/\"a\"",
                                                          ",",
                                                          " ",
                                                          "*",
                                                          "\"",
                                                          "Sun, 06 Nov 1994 08:49:37 GMT",
                                                          "Sunday, 06-Nov-94 08:49:37 GMT",
                                                          "bytes=0-1"};
  static constexpr std::array<std::string_view, 4> methods{"GET", "HEAD", "PUT", "OPTIONS"};
  RandomText random{1322};
  for (int round = 0; round < rounds; ++round) {
    http::Headers headers;
    for (std::size_t left = random.below(5); left > 0; --left)
      headers.add(names[random.below(names.size())], random.of(pieces, 3));
    const std::string_view method = methods[random.below(methods.size())];
    http::Validators current{.exists = random.below(4) > 0,
                             .etag = http::EntityTag{"a", random.below(2) == 0},
                             .last_modified = std::chrono::sys_seconds{std::chrono::seconds{1}}};
    const http::Preconditions decided = http::weigh_preconditions(method, headers, current, now);
    using enum http::PreconditionVerdict;
    if (decided.verdict == not_modified) {
      EXPECT_TRUE(method == "GET" || method == "HEAD");
    }
    if (decided.range_applies) {
      EXPECT_EQ(method, "GET");
      EXPECT_EQ(decided.verdict, proceed);
      EXPECT_EQ(headers.count("range"), 1U);
    }
  }
}

TEST(RandomCodings, AreOnlyWhatIsThere) {
  static constexpr std::array<std::string_view, 12> pieces{
      "br", "gzip", "identity", "*", ";q=", ";q=0", "0.5", "1", ",", ",", " ", ";"};
  RandomText random{1253};
  for (int round = 0; round < rounds; ++round) {
    const http::AvailableCodings available{.gzip = random.below(2) == 0,
                                           .br = random.below(2) == 0};
    const http::Headers request{{"accept-encoding", random.of(pieces, 20)}};
    const http::CodingChoice choice = http::choose_coding(request, available);
    if (choice.coding == http::ContentCoding::br) {
      EXPECT_TRUE(available.br);
    }
    if (choice.coding == http::ContentCoding::gzip) {
      EXPECT_TRUE(available.gzip);
    }
    if (!choice.acceptable) {
      EXPECT_EQ(choice.coding, http::ContentCoding::identity);
    }
  }
}

}  // namespace
}  // namespace muxlab::test
