#include "server/logs/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "tests/support/scratch_folder.h"

namespace muxlab::test {
namespace {

using server::logs::AccessLog;

class AccessLogTest : public ::testing::Test {
 protected:
  http::FinishedExchange exchange() const {
    return {.connection = facts_,
            .protocol = Protocol::http2,
            .nth = 3,
            .stream = 5,
            .method = "GET",
            .target = "/mosaic/",
            .status = 200,
            .body_bytes = 2311,
            .took = 1234us,
            .complete = true};
  }

  std::string written(const http::FinishedExchange& exchange) {
    const std::string file = folder_.path() / "access.log";
    Result<AccessLog> log = AccessLog::open(file);
    EXPECT_TRUE(log.ok());
    log.value().add(exchange);
    log.value().flush();
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }

  ScratchFolder folder_;
  ConnectionFacts facts_{.id = 17, .client_address = "127.0.0.1", .tls = std::nullopt};
};

TEST_F(AccessLogTest, WritesOneLineForAnExchange) {
  EXPECT_THAT(
      written(exchange()),
      ::testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z 127\\.0\\.0\\.1 "
                              "c17 3 5 h2 GET /mosaic/ 200 2311 1\\.234\n"));
}

TEST_F(AccessLogTest, HasNoStreamOnHttp1AndMarksWhatWasCut) {
  http::FinishedExchange cut = exchange();
  cut.protocol = Protocol::http11;
  cut.stream = 0;
  cut.complete = false;
  EXPECT_THAT(written(cut), ::testing::HasSubstr(" c17 3 - http/1.1 GET /mosaic/ 200! 2311 "));
}

TEST_F(AccessLogTest, KeepsALineAtABearableLength) {
  const std::string target = "/" + std::string(8000, 'x');
  http::FinishedExchange wordy = exchange();
  wordy.target = target;
  EXPECT_LT(written(wordy).size(), 700U);
}

TEST_F(AccessLogTest, NamesTheFileThatItCanNotWrite) {
  const Result<AccessLog> log = AccessLog::open("/nowhere/access.log");
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.failure().message,
            "/nowhere/access.log: can't be written: No such file or directory; give --access-log "
            "another file");
}

}  // namespace
}  // namespace muxlab::test
