#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/common/trace/sample_run.h"

namespace muxlab::test {
namespace {

using Json = nlohmann::json;

Json har_of(const std::shared_ptr<const trace::RunTrace>& run) {
  return Json::parse(all_of(trace::har(run)));
}

Json entry_for(const Json& har, const std::string& name) {
  for (const Json& entry : har["log"]["entries"]) {
    if (entry["request"]["url"].get<std::string>().ends_with(name)) return entry;
  }
  ADD_FAILURE() << "no entry for " << name;
  return {};
}

// --- what the specification asks for (HAR 1.2): what must be there, and what it is

void expect_text(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    EXPECT_TRUE(object.contains(name) && object[name].is_string()) << name << " of " << object;
  }
}
void expect_whole(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    EXPECT_TRUE(object.contains(name) && object[name].is_number_integer())
        << name << " of " << object;
    EXPECT_GE(object.value(name, -2), -1) << name;
  }
}
void expect_pairs(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    ASSERT_TRUE(object.contains(name) && object[name].is_array()) << name << " of " << object;
    for (const Json& pair : object[name]) expect_text(pair, {"name", "value"});
  }
}
void expect_time(const Json& object) {
  expect_text(object, {"startedDateTime"});
  static const std::regex iso_8601{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))"};
  EXPECT_TRUE(std::regex_match(object["startedDateTime"].get<std::string>(), iso_8601));
}

void expect_timings(const Json& entry) {
  const Json& timings = entry["timings"];
  double sum = 0;
  for (const char* name : {"blocked", "dns", "connect", "send", "wait", "receive", "ssl"}) {
    ASSERT_TRUE(timings.contains(name) && timings[name].is_number()) << name;
    const double took = timings[name].get<double>();
    EXPECT_TRUE(took >= 0 || took == -1) << name << " " << took;
    if (took > 0 && std::string_view{name} != "ssl") sum += took;  // that is within connect
  }
  for (const char* name : {"send", "wait", "receive"}) EXPECT_GE(timings[name], 0) << name;
  EXPECT_NEAR(entry["time"].get<double>(), sum, 1e-6);
}

void expect_valid_entry(const Json& entry) {
  expect_text(entry, {"pageref", "connection"});
  expect_time(entry);
  ASSERT_TRUE(entry["cache"].is_object());
  const Json& request = entry["request"];
  expect_text(request, {"method", "url", "httpVersion"});
  expect_pairs(request, {"headers", "queryString", "cookies"});
  expect_whole(request, {"headersSize", "bodySize"});
  const Json& response = entry["response"];
  expect_text(response, {"statusText", "httpVersion", "redirectURL"});
  expect_pairs(response, {"headers", "cookies"});
  expect_whole(response, {"status", "headersSize", "bodySize"});
  expect_text(response["content"], {"mimeType"});
  expect_whole(response["content"], {"size"});
  expect_timings(entry);
}

void expect_valid(const Json& har) {
  const Json& log = har.at("log");
  EXPECT_EQ(log["version"], "1.2");
  expect_text(log["creator"], {"name", "version"});
  ASSERT_TRUE(log["pages"].is_array() && log["entries"].is_array());
  for (const Json& page : log["pages"]) {
    expect_text(page, {"id", "title"});
    expect_time(page);
    ASSERT_TRUE(page["pageTimings"].is_object());
  }
  for (const Json& entry : log["entries"]) {
    EXPECT_EQ(entry["pageref"], log["pages"][0]["id"]);
    expect_valid_entry(entry);
  }
}

TEST(Har, IsAsTheSpecificationSays) {
  const Json har = har_of(sample_run());
  expect_valid(har);
  EXPECT_EQ(har["log"]["entries"].size(), 6U);
  expect_valid(har_of(std::make_shared<const trace::RunTrace>()));
}

TEST(Har, SaysOnWhichConnectionAndHow) {
  const Json har = har_of(sample_run());
  const Json picture = entry_for(har, "/a.png");
  EXPECT_EQ(picture["connection"], "c17");
  EXPECT_EQ(picture["_stream"], 3);
  EXPECT_EQ(picture["request"]["httpVersion"], "HTTP/2");
  EXPECT_EQ(picture["request"]["url"], "https://localhost:8453/r/k3/mosaic/a.png");
  EXPECT_EQ(picture["request"]["headers"], Json::array()) << "pseudo-header fields are none";
  EXPECT_EQ(picture["response"]["status"], 200);
  EXPECT_EQ(picture["response"]["statusText"], "") << "HTTP/2 has none";
  const Json style = entry_for(har, "/style.css");
  EXPECT_EQ(style["request"]["httpVersion"], "HTTP/1.1");
  EXPECT_EQ(style["request"]["url"], "http://localhost:8453/r/k3/mosaic/style.css");
  EXPECT_EQ(style["response"]["statusText"], "OK");
  EXPECT_EQ(style["response"]["headers"][0],
            (Json{{"name", "Content-Type"}, {"value", "text/css"}}));
}

TEST(Har, HasTheTimesOfTheClient) {
  const Json har = har_of(sample_run());
  const Json document = entry_for(har, "?tiles=2&x");
  EXPECT_EQ(document["startedDateTime"], "2026-11-20T08:00:00.000000Z");
  EXPECT_EQ(document["timings"]["connect"], 160.0);
  EXPECT_EQ(document["timings"]["send"], 40.0);
  EXPECT_EQ(document["timings"]["wait"], 41.0);
  EXPECT_EQ(document["time"], 241.0);
  const Json picture = entry_for(har, "/a.png");
  EXPECT_EQ(picture["startedDateTime"], "2026-11-20T08:00:00.240500Z")
      << "the client discovered it";
  EXPECT_EQ(picture["timings"]["blocked"], 0.5);
  EXPECT_EQ(picture["timings"]["connect"], -1);
  EXPECT_EQ(picture["timings"]["receive"], 20.0);
}

TEST(Har, HasTheContentOfTextsAndTheSizeOfAllElse) {
  const Json har = har_of(sample_run());
  EXPECT_EQ(entry_for(har, "?tiles=2&x")["response"]["content"]["text"],
            "<title>Mosa\xc3\xafque</title>");
  EXPECT_EQ(entry_for(har, "/style.css")["response"]["content"]["text"], "p { color: red }");
  const Json picture = entry_for(har, "/a.png")["response"]["content"];
  EXPECT_EQ(picture["size"], 30000);
  EXPECT_FALSE(picture.contains("text"));
}

TEST(Har, PutsChunksTogether) {
  ConnectionBuilder connection{Protocol::http11};
  connection.request(1, "/chunked", 0ms, 1ms);
  connection.head(1, "text/plain", 2ms, 3ms);
  for (const std::string content : {"two ", "parts", ""}) {
    const bool last = content.empty();
    const std::string bytes = std::to_string(content.size()) + "\r\n" + content + "\r\n";
    trace::BodyDetail detail;
    detail.content_bytes = static_cast<std::uint32_t>(content.size());
    detail.last = last;
    connection.text(Direction::down, trace::FrameType::chunk, bytes, 3ms, 4ms).detail =
        std::move(detail);
  }
  connection.exchange_on(1).body = 9;
  const Json har = har_of(std::make_shared<const trace::RunTrace>(run_of({connection.built()})));
  EXPECT_EQ(entry_for(har, "/chunked")["response"]["content"]["text"], "two parts");
}

TEST(Har, HasOnlyTheSizeOfATextThatWasNotKeptWhole) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/cut", 0ms, 1ms);
  connection.head(1, "text/plain", 2ms, 3ms);
  connection.content(1, "kept", 3ms, 4ms);
  connection.content(1, "dropped", 4ms, 5ms, true);
  connection.trace.plaintext.pop_back();
  const Json har = har_of(std::make_shared<const trace::RunTrace>(run_of({connection.built()})));
  const Json content = entry_for(har, "/cut")["response"]["content"];
  EXPECT_EQ(content["size"], 11);
  EXPECT_FALSE(content.contains("text"));
}

TEST(Har, MarksWhatWasPushed) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/", 0ms, 10ms);
  connection.request(2, "/style.css", 20ms, 30ms).pushed = true;
  connection.head(2, "text/css", 21ms, 31ms);
  connection.content(2, "p{}", 21ms, 35ms, true);
  const Json har = har_of(std::make_shared<const trace::RunTrace>(run_of({connection.built()})));
  expect_valid(har);
  const Json style = entry_for(har, "/style.css");
  EXPECT_EQ(style["_pushed"], true);
  EXPECT_EQ(style["timings"]["wait"], 1.0);
  EXPECT_EQ(style["timings"]["receive"], 4.0);
  EXPECT_FALSE(entry_for(har, "8453/").contains("_pushed"));
}

}  // namespace
}  // namespace muxlab::test
