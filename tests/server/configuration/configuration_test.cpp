#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "server/config_report.h"
#include "server/configuration/file.h"
#include "server/configuration/lane_rules.h"
#include "server/configuration/settings.h"
#include "server/configuration/values.h"
#include "server/reload.h"

namespace muxlab::test {
namespace {

using server::configuration::Configuration;
using server::configuration::LaneConfiguration;
using server::configuration::PortChoice;

Result<Configuration> parse(std::string_view text) {
  return server::configuration::parse_configuration(text, "/etc/muxlab.json");
}

// What a text is refused with, without the file's name at its front.
std::string fault_of(std::string_view text) {
  const auto read = parse(text);
  if (read.ok()) return "none";
  constexpr std::string_view front = "/etc/muxlab.json: ";
  EXPECT_EQ(read.failure().message.substr(0, front.size()), front);
  EXPECT_EQ(read.failure().message.find('\n'), std::string::npos);
  return read.failure().message.substr(front.size());
}

TEST(Configuration, IsTheDefaultWhereTheFileSaysNothing) {
  const Configuration all = parse("{}").value();

  EXPECT_EQ(all.site_port.number, 8443);
  EXPECT_TRUE(all.lab);
  EXPECT_EQ(all.limits.http1.idle_timeout, 60s);
  EXPECT_EQ(all.lanes.front().name, "h1-close");
}

TEST(Configuration, TakesWhatTheFileSays) {
  const Configuration all = parse(R"({ // comments are allowed
    "addresses": ["127.0.0.1"], "workers": 3, "ports": {"site": "auto", "plain": 0},
    "limits": {"http1": {"head_timeout_s": 0.5}, "http2": {"hpack_table": 0}},
    "lanes": [{"name": "slow", "protocol": "h2", "port": 9000, "scheduler": "round-robin"}]
  })")
                                .value();

  EXPECT_EQ(all.addresses, std::vector<std::string>{"127.0.0.1"});
  EXPECT_EQ(all.workers, 3U);
  EXPECT_EQ(all.site_port.kind, PortChoice::Kind::any);
  EXPECT_EQ(all.plain_port.kind, PortChoice::Kind::off);
  EXPECT_EQ(all.limits.http1.head_timeout, 500ms);
  EXPECT_EQ(all.limits.http2.endpoint.header_table_bytes, 0U);
  ASSERT_EQ(all.lanes.size(), 1U);
  EXPECT_EQ(all.lanes[0].port.value().number, 9000);
  EXPECT_EQ(all.lanes[0].scheduler, server::http2::Scheduler::round_robin);
}

TEST(Configuration, NamesTheBalancersAndTheKeysThatAreShared) {
  const Configuration all = parse(R"({"proxy_protocol": {"from": ["127.0.0.1", "10.0.0.0/8"]},
    "certificates": {"ticket_keys": "tickets.keys"}})")
                                .value();

  ASSERT_EQ(all.balancers.size(), 2U);
  EXPECT_EQ(all.balancers[0].text(), "127.0.0.1");
  EXPECT_TRUE(all.balancers[1].contains("10.20.30.40"));
  EXPECT_EQ(all.ticket_keys, "/etc/tickets.keys");
  EXPECT_TRUE(parse(R"({"proxy_protocol": {"from": null}})").value().balancers.empty());
}

TEST(Configuration, MeansPathsFromTheFilesFolder) {
  const Configuration all =
      parse(R"({"site": {"root": "pages/../web"}, "access_log": "-", "key_log": "/tmp/keys"})")
          .value();

  EXPECT_EQ(all.root, "/etc/web");
  EXPECT_EQ(all.access_log, "-");
  EXPECT_EQ(all.key_log, "/tmp/keys");
}

struct Mistake {
  const char* text;
  const char* fault;
};

TEST(Configuration, NamesEachMistakeAndItsCure) {
  const Mistake mistakes[] = {
      {"[]", "is no JSON object; muxlab config --example shows one"},
      {R"({"worker": 2})", "/worker is no key; did you mean workers?"},
      {R"({"lane": []})", "/lane is no key; did you mean lanes?"},
      {R"({"line": 80})",
       "/line is 80; give a line, such as \"cable\" or \"rtt=80ms,down=10mbit\", or null"},
      {R"({"line": "cabel"})", "/line: preset: \"cabel\" is none; did you mean cable?"},
      {R"({"lanes": [{"name": "a", "protocol": "h2", "line": "rtt=3s"}]})",
       "/lanes/0/line: rtt: \"3s\" won't do; give a time from 0ms to 2s, such as 80ms or 1.5s"},
      {R"({"ports": {"sites": 1}})", "/ports/sites is no key; did you mean site?"},
      {R"({"ports": {"xyz": 1}})", "/ports/xyz is no key; here are site, plain, console"},
      {R"({"a/b~": 1})",
       "/a~1b~0 is no key; here are addresses, host_names, workers, ports, proxy_protocol, lab, "
       "line, site, certificates, tls, access_log, watch, key_log, limits, lanes"},
      {R"({"ports": 1})", "/ports is 1; give an object with site, plain, console"},
      {R"({"workers": "many"})",
       "/workers is \"many\"; give a whole number from 1 to 1024, or null"},
      {R"({"workers": 1.5})", "/workers is 1.5; give a whole number from 1 to 1024, or null"},
      {R"({"workers": 1e400})",
       "has a number that is too large; muxlab config --example shows the form"},
      {R"({"workers": -1})", "/workers is -1; give a whole number from 1 to 1024, or null"},
      {R"({"lab": "yes"})", "/lab is \"yes\"; give true or false"},
      {R"({"addresses": ["here"]})",
       "/addresses is [\"here\"]; give a list of IP addresses, or null"},
      {R"({"ports": {"site": 65536}})",
       "/ports/site is 65536; give a port from 1 to 65535, 0 for none, or \"auto\""},
      {R"({"limits": {"http2": {"hpack_table": 65537}}})",
       "/limits/http2/hpack_table is 65537; give a whole number from 0 to 65536"},
      {R"({"limits": {"http1": {"head_timeout_s": 0}}})",
       "/limits/http1/head_timeout_s is 0; give a number of seconds from 0.1 to 86400"},
      {R"({"tls": {"groups": ["x25519", "x25520"]}})",
       "/tls/groups is [\"x25519\",\"x25520\"]; give a list of groups that this OpenSSL has, such "
       "as "
       "[\"x25519\", \"secp256r1\"], or null"},
      {R"({"access_log": ""})", "/access_log is \"\"; give a path, or null"},
      {R"({"certificates": {"certificate": "a.pem"}})",
       "/certificates/key is missing; certificate needs it: give both, or neither"},
      {R"({"proxy_protocol": {"from": "10.0.0.1"}})",
       "/proxy_protocol/from is \"10.0.0.1\"; give a list of IP addresses and networks, such as "
       "\"10.0.0.0/8\", or null"},
      {R"({"proxy_protocol": {"from": []}})",
       "/proxy_protocol/from is []; give a list of IP addresses and networks, such as "
       "\"10.0.0.0/8\", or null"},
      {R"({"proxy_protocol": {"from": ["127.0.0.1", "10.1.2.3/8"]}})",
       "/proxy_protocol/from: \"10.1.2.3/8\" says more than 8 bits; did you mean 10.0.0.0/8?"},
      {R"({"proxy_protocol": {"trust": ["127.0.0.1"]}})",
       "/proxy_protocol/trust is no key; here are from"},
      {R"({"certificates": {"ticket_keys": ""}})",
       "/certificates/ticket_keys is \"\"; give a path, or null"},
      {R"({"lab": true, "lab": false})",
       "has the name \"lab\" twice in one object; muxlab config --example shows the form"},
      {R"({"lanes": {}})", "/lanes is {}; give a list of at most 64 lanes"},
      {R"({"lanes": [1]})", "/lanes/0 is 1; give an object with a name and a protocol"},
      {R"({"lanes": [{"name": "a"}]})",
       "/lanes/0 has no protocol; every lane needs a name and a protocol"},
      {R"({"lanes": [{"name": "A", "protocol": "h2"}]})",
       "/lanes/0/name is \"A\"; give 1 to 32 lower-case letters, digits and hyphens, but not site, "
       "plain or console"},
      {R"({"lanes": [{"name": "a", "protocol": "h3"}]})",
       "/lanes/0/protocol is \"h3\"; give one of \"http/1.1\", \"h2\""},
      {R"({"lanes": [{"name": "a", "protocol": "h2"}, {"name": "a", "protocol": "h2"}]})",
       "/lanes/1/name is \"a\"; give a name that no other lane has"},
      {R"({"lanes": [{"name": "a", "protocol": "http/1.1", "push": true}]})",
       "/lanes/0/push is not for a lane of protocol \"http/1.1\"; leave it out"},
      {R"({"lanes": [{"name": "a", "protocol": "h2", "schedular": "fifo"}]})",
       "/lanes/0/schedular is no key; did you mean scheduler?"},
  };
  for (const Mistake& mistake : mistakes) EXPECT_EQ(fault_of(mistake.text), mistake.fault);
}

TEST(Configuration, IsRefusedWhereItIsNestedTooDeep) {
  EXPECT_EQ(fault_of("{\"ports\": " + std::string(100'000, '[')).find("is nested deeper than 64"),
            0U);
}

TEST(Configuration, NamesLineAndColumnOfWhatIsNoJson) {
  const std::string fault = fault_of("{\n  \"lab\": tru }");

  EXPECT_EQ(fault.find("is no JSON: line 2, column "), 0U);
  EXPECT_NE(fault.find("; muxlab config --example shows the form"), std::string::npos);
}

TEST(Configuration, NamesAFileThatIsNotThere) {
  const auto read = server::configuration::read_configuration("/nowhere/muxlab.json");

  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.failure().message,
            "/nowhere/muxlab.json: can't be read: No such file or directory; give --config a file "
            "(muxlab config --example prints one)");
}

TEST(Configuration, TheExampleSaysWhatIsSoWithoutIt) {
  const auto read = parse(server::configuration_example());
  ASSERT_TRUE(read.ok()) << read.failure().message;
  Configuration all = read.value();
  Configuration usual;

  for (const auto& key : server::configuration::configuration_keys()) {
    EXPECT_EQ(value_of(key.place(all)), value_of(key.place(usual))) << key.pointer;
  }
  ASSERT_EQ(all.lanes.size(), usual.lanes.size());
  for (std::size_t i = 0; i < usual.lanes.size(); ++i) {
    for (const auto& key : server::configuration::lane_keys()) {
      EXPECT_EQ(value_of(key.place(all.lanes[i])), value_of(key.place(usual.lanes[i])))
          << usual.lanes[i].name << key.pointer;
    }
  }
}

// Another value than the default for each type.
json::Json another(const json::Json& value, const server::configuration::Range& range) {
  if (value.is_boolean()) return !value.get<bool>();
  if (range.most > 0) return static_cast<std::uint64_t>(range.most);
  if (value == "priority") return "fifo";
  if (value == "h2") return "http/1.1";
  if (value.is_number()) return "auto";
  return nullptr;
}

TEST(Configuration, EveryKeyIsReadBackAsItWasWritten) {
  for (const auto& key : server::configuration::configuration_keys()) {
    Configuration all;
    const server::configuration::Place place = key.place(all);
    json::Json value = another(value_of(place), key.range);
    if (key.pointer == "/line") value = "cable";
    const bool addresses = key.pointer == "/addresses" || key.pointer == "/proxy_protocol/from";
    if (addresses) value = json::Json{"::1"};
    if (key.pointer == "/host_names") value = json::Json{"desk.example", "192.168.1.20"};
    if (key.pointer == "/tls/groups") value = json::Json{"secp384r1", "x25519"};
    if (value.is_null()) value = "/a/file";
    ASSERT_TRUE(read_value(value, key.range, place)) << key.pointer << ' ' << value;
    EXPECT_EQ(value_of(place), value) << key.pointer;
  }
}

TEST(Configuration, NoTwoKeysShareAPlace) {
  Configuration all;
  std::set<server::configuration::Place> places;
  std::set<std::string_view> pointers;
  for (const auto& key : server::configuration::configuration_keys()) {
    EXPECT_TRUE(places.insert(key.place(all)).second) << key.pointer;
    EXPECT_TRUE(pointers.insert(key.pointer).second) << key.pointer;
  }
}

TEST(LaneRules, TakeFromTheLimitsWhatTheLaneDoesNotSay) {
  server::configuration::LimitConfiguration limits;
  limits.http1.idle_timeout = 7s;
  limits.http2.endpoint.max_concurrent_streams = 9;
  LaneConfiguration lane;
  lane.protocol = server::configuration::LaneProtocol::http1;
  lane.max_requests = 3;

  const auto http1 = server::configuration::lane_of(lane, limits, {}).rules.http1.value();
  EXPECT_EQ(http1.idle_timeout, 7s);
  EXPECT_EQ(http1.max_requests, 3U);

  lane.protocol = server::configuration::LaneProtocol::http2;
  lane.header_table_bytes = 0;
  lane.push = true;
  const auto http2 = server::configuration::lane_of(lane, limits, {}).rules.http2.value();
  EXPECT_EQ(http2.endpoint.max_concurrent_streams, 9U);
  EXPECT_EQ(http2.endpoint.header_table_bytes, 0U);
  EXPECT_TRUE(http2.push);
}

TEST(LaneRules, GiveALaneTheLineOfAllUnlessItHasItsOwn) {
  const Configuration all = parse(R"({"line": "cable", "lanes": [
    {"name": "usual", "protocol": "h2"},
    {"name": "null", "protocol": "h2", "line": null},
    {"name": "far", "protocol": "h2", "line": "rtt=200ms"},
    {"name": "none", "protocol": "http/1.1", "line": "perfect"}]})")
                                .value();
  const auto line_of = [&all](std::size_t i) {
    return link::line_text(
        server::configuration::lane_of(all.lanes[i], all.limits, all.line).line.value());
  };

  EXPECT_EQ(line_of(0), "cable");
  EXPECT_EQ(line_of(1), "cable");
  EXPECT_EQ(line_of(2), "rtt=200ms");
  EXPECT_EQ(line_of(3), "perfect");
  EXPECT_EQ(server::configuration::lane_of(all.lanes[0], all.limits, {}).line, std::nullopt);
}

TEST(Settings, LayTheLineOfTheCommandLineOverThatOfTheFile) {
  server::configuration::ServeSettings settings;
  EXPECT_EQ(server::configuration::configuration_of(settings).value().line, std::nullopt);

  settings.line = link::parse_line("dsl").value();
  EXPECT_EQ(server::configuration::configuration_of(settings).value().line, settings.line);
}

TEST(LaneRules, DefaultLanesAreThoseOfTheLab) {
  const server::configuration::LimitConfiguration limits;
  const auto lanes = server::configuration::default_lanes();
  const auto wanted = server::lab::lab_lanes();

  ASSERT_EQ(lanes.size(), wanted.size());
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const server::lab::Lane made = server::configuration::lane_of(lanes[i], limits, {});
    EXPECT_EQ(made.name, wanted[i].name);
    EXPECT_EQ(made.protocol(), wanted[i].protocol());
    if (!wanted[i].rules.http1) continue;
    EXPECT_EQ(made.rules.http1->idle_timeout, wanted[i].rules.http1->idle_timeout);
    EXPECT_EQ(made.rules.http1->max_requests, wanted[i].rules.http1->max_requests);
  }
}

TEST(Reload, RefusesWhatIsDecidedAtTheStart) {
  const Configuration now;
  Configuration next = now;
  next.limits.http2.endpoint.max_concurrent_streams = 5;
  next.lanes[0].keep_alive = true;
  next.lanes[1].line = link::parse_line("3g").value();
  next.line = link::parse_line("cable").value();
  EXPECT_TRUE(server::check_reloadable(now, next).ok());

  next.plain_port = PortChoice::fixed(8081);
  EXPECT_EQ(server::check_reloadable(now, next).failure().message,
            "/ports/plain can't go from 8080 to 8081; ports, lanes and threads are made at the "
            "start: restart, or change it back");

  next = now;
  next.lanes[1].name = "other";
  EXPECT_EQ(server::check_reloadable(now, next).failure().message.substr(0, 47),
            "/lanes/1/name can't go from \"h1\" to \"other\"; po");

  next = now;
  next.lanes.pop_back();
  EXPECT_EQ(server::check_reloadable(now, next).failure().message.find("/lanes can't go from"), 0U);
}

}  // namespace
}  // namespace muxlab::test
