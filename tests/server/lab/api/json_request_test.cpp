// Content of requests: what it may be is common/json's to say; here is how a client is told.
#include "server/lab/api/json_request.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/asking.h"

namespace muxlab::test {
namespace {

using server::lab::api::accept_json;

Answer sent(const std::string& text) {
  http::Upload upload = accept_json([](const json::Json& json) {
    return http::text_response(200, "application/json", json.dump());
  });
  upload.content(bytes_of(text));
  return read(upload.ended({}));
}

TEST(JsonRequest, IsReadToItsEnd) {
  EXPECT_EQ(sent(R"({"a": [1, null]})").body, R"({"a":[1,null]})");
}

TEST(JsonRequest, IsToldWhatIsWrongWithIt) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "The content is no JSON: line 1, column 1: "},
      {"// no\n1", "The content is no JSON: line 1, column 1: "},
      {"\"\xff\"", "The content is no JSON: line 1, column 2: "},
      {R"({"a": 1, "a": 1})", R"(The content has the name \"a\" twice in one object.)"},
      {"1e400", "The content has a number that is too large."},
      {std::string(16'000, '['), "The content is nested deeper than 64."},
  };
  for (const auto& [text, sentence] : table) {
    const Answer answer = sent(text);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.field("content-type"), "application/problem+json");
    EXPECT_NE(answer.body.find(sentence), std::string::npos) << answer.body;
  }
}

}  // namespace
}  // namespace muxlab::test
