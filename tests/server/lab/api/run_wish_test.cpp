// What may be asked of a run and reported of it: each mistake is told by its field, and none ends
// the server.
#include "server/lab/api/run_wish.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/support/asking.h"

namespace muxlab::test {
namespace {

using json::Json;
using server::lab::api::read_report;
using server::lab::api::read_run_order;
using server::lab::api::RunOrder;
using server::site::PageDescriptions;
using server::site::read_page_json;

class RunWishTest : public ::testing::Test {
 protected:
  RunWishTest() {
    lab_.show(server::lab::lab_lanes());
    describe("mosaic", R"({"page": "mosaic", "parameters": {
      "tiles": {"default": 100, "min": 16, "max": 1024}, "word": {"default": "x"}}})");
    describe("my pages/\xc3\xa4", R"({"page": "my pages/\u00e4"})");
  }

  void describe(std::string_view folder, std::string_view text) {
    pages_.push_back(std::make_shared<const Json>(read_page_json(text, folder).value()));
  }

  // The order's target, or the detail of the problem.
  std::string answer_to(std::string_view text) const {
    auto read = read_run_order(json::parse(text).value(), lab_, pages_);
    if (const auto* order = std::get_if<RunOrder>(&read)) return order->wish.target;
    return detail_of(std::get<http::Response>(std::move(read)));
  }

  static std::string detail_of(http::Response response) {
    EXPECT_EQ(response.status, 400);
    return Json::parse(read(std::move(response)).body)["detail"];
  }

  server::lab::Lab lab_{1};
  PageDescriptions pages_;
};

TEST_F(RunWishTest, BecomesAnAddress) {
  const std::vector<std::pair<std::string, std::string>> table{
      {R"({"page": "mosaic", "lane": "h2"})", "mosaic/"},
      {R"({"page": "", "lane": "h2"})", ""},
      {R"({"page": "mosaic", "lane": "h2", "parameters": null, "line": null})", "mosaic/"},
      {R"({"page": "mosaic", "lane": "h1", "parameters": {"tiles": 16, "word": "a b&"}})",
       "mosaic/?tiles=16&word=a%20b%26"},
      {R"({"page": "my pages/\u00e4", "lane": "h2"})", "my%20pages/%C3%A4/"},
  };
  for (const auto& [text, target] : table) EXPECT_EQ(answer_to(text), target);
}

TEST_F(RunWishTest, IsToldWhichFieldIsWrong) {
  const std::string tiles = "parameters.tiles: give a whole number from 16 to 1024";
  const std::string page = R"({"lane": "h2", "page": "mosaic", )";
  const std::vector<std::pair<std::string, std::string>> table{
      {"null", "Give an object: "},
      {"[]", "Give an object: "},
      {"1", "Give an object: "},
      {"{}", "page: give a page's name"},
      {R"({"page": 1})", "page: give a page's name"},
      {R"({"page": ["mosaic"]})", "page: give a page's name"},
      {R"({"page": "x"})", "page: give one of mosaic, my pages/\xc3\xa4"},
      {R"({"page": "../mosaic"})", "page: give one of mosaic"},
      {R"({"page": "mosaic"})", "lane: give a lane's name"},
      {R"({"page": "mosaic", "lane": {}})", "lane: give a lane's name"},
      {R"({"page": "mosaic", "lane": "site"})", "lane: there is none of that name"},
      {page + R"("pages": 1})", "pages: a run has "},
      {page + R"("parameters": []})", "parameters: give an object"},
      {page + R"("parameters": {"x": 1}})", "parameters.x: the page takes tiles, word"},
      {R"({"page": "", "lane": "h2", "parameters": {"x": 1}})", "the page takes no parameters"},
      {page + R"("parameters": {"tiles": 15}})", tiles},
      {page + R"("parameters": {"tiles": "16"}})", tiles},
      {page + R"("parameters": {"tiles": 16.5}})", tiles},
      {page + R"("parameters": {"tiles": null}})", tiles},
      {page + R"("parameters": {"tiles": {}}})", tiles},
      {page + R"("parameters": {"tiles": 18446744073709551615}})", tiles},
      {page + R"("parameters": {"tiles": -9223372036854775808}})", tiles},
      {page + R"("parameters": {"tiles": 1e300}})", tiles},
      {page + R"("parameters": {"word": []}})", "parameters.word: give a number or a text"},
      {page + R"("parameters": {"word": ")" + std::string(257, 'a') + "\"}}",
       "parameters.word: give a number or a text"},
      {page + R"("warm": 1})", "warm: give true or false"},
      {page + R"("warm": null})", "warm: give true or false"},
      {page + R"("line": 1})", "line: 1 won't do"},
      {page + R"("line": {"rtt_ms": []}})", "rtt_ms: [] won't do"},
      {page + R"("line": {"seed": -1}})", "seed: -1 won't do"},
      {page + R"("line": {"lose": [null]}})", "lose: [null] won't do"},
      {page + R"("line": {"preset": 1}})", "preset: 1 won't do"},
      {page + R"("line": "nonsense"})", "nonsense"},
  };
  for (const auto& [text, sentence] : table) {
    const std::string said = answer_to(text);
    EXPECT_NE(said.find(sentence), std::string::npos) << text << "\n" << said;
  }
}

TEST_F(RunWishTest, IsToldWhatASiteWithoutDescribedPagesHas) {
  pages_.clear();
  EXPECT_EQ(answer_to(R"({"page": "x", "lane": "h2"})"),
            "page: this site describes none: give \"\", its front page");
}

TEST_F(RunWishTest, TakesAReportOfAnythingOrNothing) {
  for (const char* text : {"null", "{}", R"({"load_ms": null})", R"({"resources": []})",
                           R"({"load_ms": 1e3, "more": [1], "resources": [
                             {"path": "/x", "start": 0, "queued": null, "request": 3600000}]})"}) {
    const auto read = read_report(json::parse(text).value());
    EXPECT_TRUE(std::holds_alternative<std::vector<trace::ClientReport>>(read)) << text;
  }
}

TEST_F(RunWishTest, IsToldWhichFieldOfAReportIsWrong) {
  const std::string time = "give milliseconds from 0 to 3600000";
  const std::vector<std::pair<std::string, std::string>> table{
      {"[]", "Give an object, or null."},
      {"1", "Give an object, or null."},
      {R"({"load_ms": "1"})", "load_ms: " + time},
      {R"({"load_ms": -1})", "load_ms: " + time},
      {R"({"resources": {}})", "resources: give an array of at most 4096"},
      {R"({"resources": null})", "resources: give an array of at most 4096"},
      {R"({"resources": [1]})", "resources[0]: give an object with path and start"},
      {R"({"resources": [{"start": 1}]})", "resources[0].path: give a text"},
      {R"({"resources": [{"path": 1, "start": 1}]})", "resources[0].path: give a text"},
      {R"({"resources": [{"path": "/"}]})", "resources[0].start: give the milliseconds"},
      {R"({"resources": [{"path": "/", "start": 5, "request": 4.9}]})",
       "resources[0].request: it can't be asked for before it was known of"},
      {R"({"resources": [{"path": "/", "start": 5, "queued": 4, "request": 6}]})",
       "resources[0].queued: give a time from start to request"},
      {R"({"resources": [{"path": "/", "start": 5, "queued": 7, "request": 6}]})",
       "resources[0].queued: give a time from start to request"},
      {R"({"resources": [{"path": "/", "start": 5, "queued": 4}]})",
       "resources[0].queued: give a time from start to request"},
      {R"({"resources": [{"path": "/", "start": -1}]})", "resources[0].start: " + time},
      {R"({"resources": [{"path": "/", "start": null}]})", "resources[0].start: give the"},
      {R"({"resources": [{"path": "/", "start": "1"}]})", "resources[0].start: " + time},
      {R"({"resources": [{"path": "/", "start": 1e300}]})", "resources[0].start: " + time},
      {R"({"resources": [{"path": "/", "start": 1, "queued": []}]})", "[0].queued: " + time},
      {R"({"resources": [{"path": "/", "start": 1, "request": -1}]})", "[0].request: " + time},
  };
  for (const auto& [text, sentence] : table) {
    auto read = read_report(json::parse(text).value());
    ASSERT_TRUE(std::holds_alternative<http::Response>(read)) << text;
    const std::string said = detail_of(std::get<http::Response>(std::move(read)));
    EXPECT_NE(said.find(sentence), std::string::npos) << text << "\n" << said;
  }
}

}  // namespace
}  // namespace muxlab::test
