// One page load in virtual time, as the server itself would serve it: its site, its certificates,
// the rules of one of its lanes. Reads on standard input what to load, in one JSON object:
//
//   {"certificates": "FOLDER", "root": "FOLDER", "lane": "h2", "line": "rtt=80ms,down=10mbit",
//    "connections": 6, "resume": true, "fields": [["user-agent", "curl"]],
//    "index": "/", "objects": ["/1.bin", "/2.bin"]}
//
// and prints {"ms": 1234.5, "connections": 1, "packets": 2048}.
#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

#include "common/http/service.h"
#include "common/json/json.h"
#include "server/assembly.h"
#include "server/race/virtual_load.h"

namespace muxlab::test {
namespace {

using json::Json;

template <typename Value>
Value or_throw(Result<Value> result) {
  if (!result.ok()) throw std::runtime_error(result.failure().message);
  return std::move(result.value());
}

server::configuration::Configuration configuration_of(const Json& wish) {
  server::configuration::Configuration configuration;
  configuration.certificate_folder = wish.at("certificates").get<std::string>();
  configuration.root = wish.value("root", std::string{});
  return configuration;
}

client::PagePlan plan_of(const Json& wish) {
  client::PagePlan plan{.index = wish.at("index").get<std::string>(), .objects = {}};
  for (const Json& path : wish.value("objects", Json::array())) {
    plan.objects.push_back({.path = path.get<std::string>()});
  }
  return plan;
}

client::Way way_of(const Json& wish, const server::dispatch::Rules& rules) {
  client::Way way{.protocol = rules.http2 ? Protocol::http2 : Protocol::http11};
  way.connections = wish.value("connections", way.connections);
  for (const Json& field : wish.value("fields", Json::array())) {
    way.fields.add(field.at(0).get<std::string>(), field.at(1).get<std::string>());
  }
  return way;
}

Json load(const Json& wish) {
  const server::configuration::Configuration configuration = configuration_of(wish);
  const auto credentials =
      or_throw(server::Credentials::load(configuration, tls::TicketKeys::random()));
  const auto terms = or_throw(credentials.terms_for(
      server::lane_named(wish.at("lane").get<std::string>(), configuration), configuration));
  server::site::Site site{or_throw(server::load_site(configuration))};
  const http::DateStamp date{std::chrono::sys_seconds{}};
  const http::Service service{site, date};

  const client::Way way = way_of(wish, terms.rules);
  const auto resumption =
      wish.value("resume", false) ? tls::Resumption::reuse_last : tls::Resumption::never;
  const auto identity = or_throw(tls::ClientIdentity::make(
      credentials.authority, server::dispatch::alpn_protocols(terms.rules), resumption));

  server::race::VirtualLoad load(server::race::Host{.service = service,
                                                    .rules = terms.rules,
                                                    .identity = &*terms.identity,
                                                    .limits = terms.limits},
                                 {.plan = plan_of(wish), .way = way, .identity = &identity},
                                 or_throw(link::parse_line(wish.at("line").get<std::string>())));
  const server::race::LoadOutcome outcome = load.run();
  if (!outcome.complete.ok()) throw std::runtime_error(outcome.complete.failure().message);
  return {{"ms", milliseconds(outcome.took)},
          {"connections", outcome.connections},
          {"packets", outcome.packets}};
}

}  // namespace
}  // namespace muxlab::test

int main() {
  try {
    const std::string wish{std::istreambuf_iterator<char>{std::cin}, {}};
    std::cout << muxlab::test::load(muxlab::test::or_throw(muxlab::json::parse(wish))) << '\n';
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "virtual_load: %s\n", problem.what());
    return 1;
  }
}
