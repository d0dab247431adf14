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

// Nothing begins before its page, or before what stands above it.
void expect_in_order(const Json& log) {
  auto before = log["pages"][0]["startedDateTime"].get<std::string>();
  for (const Json& entry : log["entries"]) {
    const auto begins = entry["startedDateTime"].get<std::string>();
    EXPECT_LE(before, begins);
    before = begins;
  }
}

void expect_valid(const Json& har) {
  const Json& log = har.at("log");
  expect_in_order(log);
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
  EXPECT_EQ(picture["connection"], "50017") << "the client's port";
  EXPECT_EQ(picture["_connectionId"], "c17");
  EXPECT_EQ(picture["serverIPAddress"], "127.0.0.1");
  EXPECT_EQ(picture["_stream"], 3);
  EXPECT_EQ(picture["_http2_stream_id"], 3);
  EXPECT_EQ(picture["request"]["httpVersion"], "HTTP/2.0");
  EXPECT_EQ(picture["request"]["url"], "https://localhost:8453/r/k3/mosaic/a.png");
  EXPECT_EQ(picture["request"]["headers"], Json::array()) << "pseudo-header fields are none";
  EXPECT_EQ(picture["response"]["status"], 200);
  EXPECT_EQ(picture["response"]["statusText"], "") << "HTTP/2 has none";
  const Json style = entry_for(har, "/style.css");
  EXPECT_EQ(style["request"]["httpVersion"], "HTTP/1.1");
  EXPECT_FALSE(style.contains("_http2_stream_id"));
  EXPECT_FALSE(style.contains("serverIPAddress")) << "it is not known";
  EXPECT_EQ(entry_for(har, "/six.txt")["connection"], "49152") << "its own is another one's, too";
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
  EXPECT_EQ(document["timings"]["ssl"], 80.0) << "within connect: TCP took one round trip";
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

Json har_of(ConnectionBuilder& connection, std::vector<trace::ClientReport> reports = {}) {
  trace::RunTrace run = run_of({connection.built()});
  run.run.started = std::chrono::system_clock::from_time_t(1795161600);
  run.run.reports = std::move(reports);
  return har_of(std::make_shared<const trace::RunTrace>(std::move(run)));
}

// Of which viewers draw lines across the waterfall, one of them at each entry.
TEST(Har, ClaimsNoEventOfABrowser) {
  const Json timings = har_of(sample_run())["log"]["pages"][0]["pageTimings"];
  EXPECT_EQ(timings["onContentLoad"], -1);
  EXPECT_EQ(timings["onLoad"], -1);
  EXPECT_EQ(timings["_lastByteLanded"], 342.0);
}

TEST(Har, BeginsThePageWithWhatTheClientDiscoveredFirst) {
  ConnectionBuilder connection{Protocol::http11};
  connection.opened(0ms);
  connection.request(1, "/", 20ms, 30ms);
  connection.head(1, "text/plain", 31ms, 40ms);
  connection.content(1, "", 31ms, 40ms, true);
  const Json har = har_of(connection, {{"/", at(-5ms)}});
  expect_valid(har);
  EXPECT_EQ(har["log"]["pages"][0]["startedDateTime"], "2026-11-20T07:59:59.995000Z");
  EXPECT_EQ(har["log"]["pages"][0]["pageTimings"]["_lastByteLanded"], 45.0);
}

TEST(Har, PutsEntriesInTheOrderInWhichTheyBegan) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/received-first", 120ms, 130ms);
  connection.request(3, "/sent-first", 110ms, 140ms);
  const Json har = har_of(connection);
  expect_valid(har);
  EXPECT_EQ(har["log"]["entries"][0]["request"]["url"], "http://localhost:8453/sent-first");
}

TEST(Har, CountsAHandshakeForTheRequestThatWaitedForItOnly) {
  const auto preconnected = [] {
    ConnectionBuilder connection{Protocol::http2};
    connection.opened(0ms).greeted(80ms).ready(160ms);
    connection.request(1, "/late", 300ms, 340ms);
    return connection;
  };
  ConnectionBuilder unasked = preconnected();
  const Json early = har_of(unasked)["log"]["entries"][0];
  EXPECT_EQ(early["startedDateTime"], "2026-11-20T08:00:00.300000Z");
  EXPECT_EQ(early["timings"]["connect"], -1) << "a browser had opened it beforehand";
  EXPECT_EQ(early["_connectTimeMs"], 1795161600000.0) << "all the same it was then";

  ConnectionBuilder awaited = preconnected();
  const Json waited = har_of(awaited, {{"/late", at(100ms)}})["log"]["entries"][0];
  EXPECT_EQ(waited["startedDateTime"], "2026-11-20T08:00:00.100000Z");
  EXPECT_EQ(waited["timings"]["blocked"], 0.0);
  EXPECT_EQ(waited["timings"]["connect"], 60.0) << "what was left of it";
  EXPECT_EQ(waited["timings"]["ssl"], 60.0);
  EXPECT_EQ(waited["timings"]["send"], 180.0) << "with what the client took";
}

TEST(Har, CountsTcpsHandshakeInCleartextToo) {
  ConnectionBuilder connection{Protocol::http11};
  connection.opened(0ms).greeted(80ms);
  connection.request(1, "/", 300us, 120ms);
  const Json timings = har_of(connection)["log"]["entries"][0]["timings"];
  EXPECT_EQ(timings["connect"], 80.0);
  EXPECT_EQ(timings["ssl"], -1);
  EXPECT_EQ(timings["send"], 40.0);
}

TEST(Har, SaysHowLongTheClientHesitated) {
  ConnectionBuilder connection{Protocol::http2};
  connection.opened(0ms).greeted(80ms).ready(160ms);
  connection.request(1, "/", 170ms, 210ms);
  connection.request(3, "/later", 250ms, 290ms);
  trace::ClientReport report{"/later", at(200ms)};
  report.queued = at(230ms);
  const Json later = har_of(connection, {report})["log"]["entries"][1];
  EXPECT_EQ(later["timings"]["blocked"], 50.0);
  EXPECT_EQ(later["timings"]["_blocked_queueing"], 30.0);
}

TEST(Har, ReadsCookiesOfBothProtocols) {
  for (const Protocol protocol : {Protocol::http11, Protocol::http2}) {
    ConnectionBuilder connection{protocol};
    connection.request(1, "/", 10ms, 20ms);
    connection.field("Cookie", "a=1; b=x=y");
    connection.field("cookie", "c=");
    connection.head(1, "text/plain", 21ms, 1s);
    connection.field("Set-Cookie",
                     "sid=42; Path=/; Domain=localhost; Expires=Fri, 20 Nov 2026 09:00:00 GMT; "
                     "HttpOnly; secure; SameSite=Lax");
    connection.field("set-cookie", "brief=1; Expires=Fri, 20 Nov 2026 09:00:00 GMT; Max-Age=60");
    connection.field("set-cookie", "odd=1; Expires=tomorrow; Max-Age=99999999999999999999");
    const Json entry = har_of(connection)["log"]["entries"][0];
    const Json sent = {{{"name", "a"}, {"value", "1"}},
                       {{"name", "b"}, {"value", "x=y"}},
                       {{"name", "c"}, {"value", ""}}};
    EXPECT_EQ(entry["request"]["cookies"], sent);
    const Json& set = entry["response"]["cookies"];
    EXPECT_EQ(set[0], (Json{{"name", "sid"},
                            {"value", "42"},
                            {"path", "/"},
                            {"domain", "localhost"},
                            {"expires", "2026-11-20T09:00:00.000000Z"},
                            {"httpOnly", true},
                            {"secure", true},
                            {"sameSite", "Lax"}}));
    EXPECT_EQ(set[1]["expires"], "2026-11-20T08:01:01.000000Z") << "Max-Age has the last word";
    EXPECT_EQ(set[2], (Json{{"name", "odd"}, {"value", "1"}}));
  }
}

TEST(Har, HasWhatWasPosted) {
  for (const Protocol protocol : {Protocol::http11, Protocol::http2}) {
    ConnectionBuilder connection{protocol};
    connection.request(1, "/form", 10ms, 20ms);
    connection.field("content-type", "application/x-www-form-urlencoded");
    connection.upload("name=value&x", 10ms, 20ms);
    connection.request(3, "/picture", 30ms, 40ms);
    connection.field("content-type", "image/png");
    connection.upload("\x89PNG", 30ms, 40ms);
    connection.request(5, "/nothing", 50ms, 60ms);
    const Json entries = har_of(connection)["log"]["entries"];
    EXPECT_EQ(entries[0]["request"]["postData"],
              (Json{{"mimeType", "application/x-www-form-urlencoded"}, {"text", "name=value&x"}}));
    EXPECT_EQ(entries[0]["request"]["bodySize"], 12);
    const Json& picture = entries[1]["request"]["postData"];
    EXPECT_EQ(picture["mimeType"], "image/png");
    EXPECT_FALSE(picture.contains("text"));
    EXPECT_FALSE(entries[2]["request"].contains("postData"));
  }
}

TEST(Har, NamesPrioritiesAndKindsAsDevToolsDoes) {
  ConnectionBuilder connection{Protocol::http2};
  connection.request(1, "/", 10ms, 20ms).priority = "u=0, i";
  connection.field("sec-fetch-dest", "document");
  connection.request(3, "/script", 30ms, 40ms).priority = "i";
  connection.field("sec-fetch-dest", "script");
  connection.field("referer", "https://localhost:8453/");
  connection.request(5, "/picture", 50ms, 60ms).priority = "u=6";
  connection.head(5, "image/png", 61ms, 70ms);
  connection.request(7, "/unknown", 80ms, 90ms);
  const Json entries = har_of(connection)["log"]["entries"];
  const auto told = [&entries](std::size_t index) {
    return std::pair{entries[index].value("_priority", "none"),
                     entries[index]["_resourceType"].get<std::string>()};
  };
  EXPECT_EQ(told(0), (std::pair<std::string, std::string>{"VeryHigh", "document"}));
  EXPECT_EQ(told(1), (std::pair<std::string, std::string>{"Low", "script"})) << "u=3 by default";
  EXPECT_EQ(told(2), (std::pair<std::string, std::string>{"VeryLow", "image"}));
  EXPECT_EQ(told(3), (std::pair<std::string, std::string>{"none", "other"}));
  EXPECT_EQ(entries[1]["_initiator"],
            (Json{{"type", "other"}, {"url", "https://localhost:8453/"}}));
}

// As waterfall-tools reads them.
TEST(Har, HasTheAbsoluteTimesAndPiecesOfWebPageTest) {
  const Json har = har_of(sample_run());
  constexpr double started = 1795161600000;
  const Json document = entry_for(har, "?tiles=2&x");
  EXPECT_EQ(document["_connectTimeMs"], started);
  EXPECT_EQ(document["_sslStartTimeMs"], started + 80);
  EXPECT_EQ(document["_connectEndTimeMs"], started + 160);
  const Json picture = entry_for(har, "/a.png");
  EXPECT_FALSE(picture.contains("_connectTimeMs"));
  EXPECT_EQ(picture["_firstDataTimeMs"], started + 322);
  EXPECT_EQ(picture["_lastDataTimeMs"], started + 342);
  EXPECT_EQ(picture["_chunks"], (Json{{{"ts", started + 322}, {"bytes", 10000}},
                                      {{"ts", started + 332}, {"bytes", 10000}},
                                      {{"ts", started + 342}, {"bytes", 10000}}}));
  EXPECT_EQ(picture["response"]["_transferSize"],
            picture["response"]["headersSize"].get<int>() + 30000);
}

}  // namespace
}  // namespace muxlab::test
