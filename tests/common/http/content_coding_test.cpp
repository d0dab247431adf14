#include "common/http/content_coding.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace muxlab::test {
namespace {

constexpr http::AvailableCodings all{.gzip = true, .br = true};
constexpr http::AvailableCodings only_gzip{.gzip = true};
constexpr http::AvailableCodings none{};

// "br", or "identity!" when the client would rather have nothing.
std::string chosen(const http::Headers& request, http::AvailableCodings available) {
  const http::CodingChoice choice = http::choose_coding(request, available);
  return std::string{http::name_of(choice.coding)} + (choice.acceptable ? "" : "!");
}

struct Row {
  const char* accepted;
  const char* of_all;
  const char* of_gzip;
  const char* of_none;
};

void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const http::Headers request{{"accept-encoding", row.accepted}};
    EXPECT_EQ(chosen(request, all), row.of_all) << row.accepted;
    EXPECT_EQ(chosen(request, only_gzip), row.of_gzip) << row.accepted;
    EXPECT_EQ(chosen(request, none), row.of_none) << row.accepted;
  }
}

TEST(ContentCoding, IsChosenForTheStandardsExamples) {  // RFC 9110 section 12.5.3
  expect_rows({{"compress, gzip", "gzip", "gzip", "identity"},
               {"", "identity", "identity", "identity"},
               {"*", "br", "gzip", "identity"},
               {"compress;q=0.5, gzip;q=1.0", "gzip", "gzip", "identity"},
               {"gzip;q=1.0, identity; q=0.5, *;q=0", "gzip", "gzip", "identity"}});
}

TEST(ContentCoding, IsIdentityForWhoSaysNothing) {
  EXPECT_EQ(chosen({}, all), "identity");
  EXPECT_EQ(chosen({{"accept", "*/*"}}, all), "identity");
}

TEST(ContentCoding, IsOursToChooseAmongEquals) {
  expect_rows({{"gzip, deflate, br, zstd", "br", "gzip", "identity"},  // as browsers send it
               {"gzip, deflate", "gzip", "gzip", "identity"},
               {"br", "br", "identity", "identity"},
               {"identity, gzip, br", "br", "gzip", "identity"},
               {"br;q=0.001, gzip;q=0.001", "br", "gzip", "identity"}});
}

TEST(ContentCoding, FollowsTheClientsWeights) {
  expect_rows({{"br;q=0.8, gzip;q=0.9", "gzip", "gzip", "identity"},
               {"br;q=0.8, gzip;q=0.801", "gzip", "gzip", "identity"},
               {"identity;q=0.9, gzip;q=0.5, br;q=0.5", "identity", "identity", "identity"},
               {"gzip;q=0.5, *;q=0.8", "br", "identity", "identity"},
               {"*;q=0.5, identity", "identity", "identity", "identity"},
               {"br;q=0, *", "gzip", "gzip", "identity"},
               {"gzip;q=0, br;q=0.000", "identity", "identity", "identity"}});
}

TEST(ContentCoding, IsIdentityAllTheSameWhenAllIsRefused) {
  expect_rows({{"identity;q=0", "identity!", "identity!", "identity!"},
               {"*;q=0", "identity!", "identity!", "identity!"},
               {"br, identity;q=0", "br", "identity!", "identity!"},
               {"gzip, *;q=0", "gzip", "gzip", "identity!"},
               {"*;q=0, identity", "identity", "identity", "identity"}});
}

TEST(ContentCoding, TakesAnyCaseAndTheOldNameOfGzip) {
  expect_rows({{"GZip;Q=0.5", "gzip", "gzip", "identity"},
               {"BR", "br", "identity", "identity"},
               {"x-gzip", "gzip", "gzip", "identity"},
               {"Identity;q=0", "identity!", "identity!", "identity!"},
               {"\tgzip ; q=0.5 ,, br;\tq=0.4,", "gzip", "gzip", "identity"}});
}

TEST(ContentCoding, PassesOverMalformedMembers) {
  for (const char* member : {"br;q", "br;q=", "br;q=2", "br;q=1.1", "br;q=1.001", "br;q=0.1234",
                             "br;q=.5", "br;q=-1", "br;q=0x1", "br;level=9", "br;q=1;q=1", "br q=1",
                             "b r", "brotli", ";q=1", "br;", "br;q=01", "br;q= 1", "br;q=1 0"}) {
    const http::Headers request{{"accept-encoding", std::string{"gzip;q=0.1, "} + member}};
    EXPECT_EQ(chosen(request, all), "gzip") << member;
  }
}

TEST(ContentCoding, TakesTheFullFormsOfAQvalue) {
  for (const char* qvalue : {"1", "1.", "1.0", "1.00", "1.000", "0.5", "0.25", "0.125"}) {
    const http::Headers request{{"accept-encoding", std::string{"br;q="} + qvalue}};
    EXPECT_EQ(chosen(request, all), "br") << qvalue;
  }
  for (const char* qvalue : {"0", "0.", "0.0", "0.00", "0.000"}) {
    const http::Headers request{{"accept-encoding", std::string{"br;q="} + qvalue}};
    EXPECT_EQ(chosen(request, all), "identity") << qvalue;
  }
}

TEST(ContentCoding, CountsTheFirstMentionOverAllFields) {
  EXPECT_EQ(chosen({{"accept-encoding", "br;q=0"}, {"accept-encoding", "br, gzip"}}, all), "gzip");
  EXPECT_EQ(chosen({{"accept-encoding", "gzip"}, {"accept-encoding", "br"}}, all), "br");
}

TEST(ContentCoding, ReadsALimitedNumberOfMembers) {
  std::string accepted;
  for (std::size_t i = 1; i < http::max_codings_read; ++i) accepted += "x,";
  EXPECT_EQ(chosen({{"accept-encoding", accepted + "br"}}, all), "br");
  EXPECT_EQ(chosen({{"accept-encoding", accepted + "x, br"}}, all), "identity");
}

}  // namespace
}  // namespace muxlab::test
