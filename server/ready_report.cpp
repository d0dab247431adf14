#include "server/ready_report.h"

#include <fmt/color.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "common/json/json.h"
#include "server/listened_names.h"

namespace muxlab::server {
namespace {

// The two colours of the protocols, as they read on a dark and on a light terminal.
constexpr auto http1_rgb = fmt::rgb(0xD9822B);
constexpr auto http2_rgb = fmt::rgb(0x3E8ED0);

std::string_view what_it_is(const lab::Lane& lane) {
  if (lane.name == "site") return "the site; ALPN decides";
  if (lane.name == "plain") return "the site in cleartext";
  if (lane.name == "console") return "start here";
  if (lane.name == "h1-close") return "a new connection for every request";
  if (lane.name == "h1") return "keep-alive";
  if (lane.name == "h2") return "one connection, multiplexed";
  if (lane.name == "h2-fifo") return "one answer after the other";
  if (lane.name == "h2-push") return "server push";
  if (lane.name == "h2-hints") return "103 Early Hints";
  return "";
}

fmt::text_style style_of(const lab::Lane& lane, bool colour) {
  if (!colour || (lane.rules.http1 && lane.rules.http2)) return {};
  return fmt::fg(lane.rules.http2 ? http2_rgb : http1_rgb);
}

// By what the server can be reached, and whether its certificate says so.
struct Reach {
  std::vector<std::string> by_others;  // other machines, named by the certificate
  std::vector<std::string> unnamed;
};

Reach reach_of(const ReadyReport& report) {
  Reach reach;
  const std::vector<std::string>& named = report.certificate.names;
  for (const std::string& each : report.names) {
    if (std::find(named.begin(), named.end(), each) == named.end()) {
      reach.unnamed.push_back(each);
    } else if (!is_loopback(each)) {
      reach.by_others.push_back(each);
    }
  }
  return reach;
}

// How a person comes to a browser that does not warn, here and elsewhere.
std::string trust_text(const ReadyReport& report) {
  const std::string authority = report.authority.string();
  std::string text = fmt::format(
      "\nYour browser warns until it trusts {}:\n`muxlab certs --cert-dir {}` says how.\n",
      authority, report.authority.parent_path().string());
  const Reach reach = reach_of(report);
  if (!reach.by_others.empty()) {
    const bool has_console = report.endpoints.back().name == "console";
    const lab::Lane& first = has_console ? report.endpoints.back() : report.endpoints.front();
    fmt::format_to(std::back_inserter(text),
                   "On another device trust a copy of that file, then open\n{}\n",
                   first.url(host_to_open({reach.by_others.front()})));
  }
  if (!reach.unnamed.empty()) {
    fmt::format_to(std::back_inserter(text),
                   "The certificate can't name {}:\nits authority vouches for private networks "
                   "alone. --cert and --key take another.\n",
                   fmt::join(reach.unnamed, ", "));
  }
  return text;
}

}  // namespace

std::string as_json(const ReadyReport& report) {
  const std::string host = host_to_open(report.addresses);
  json::Json endpoints = json::Json::array();
  for (const lab::Lane& lane : report.endpoints) {
    endpoints.push_back({{"name", lane.name},
                         {"port", lane.port},
                         {"protocol", lane.protocol()},
                         {"url", lane.url(host)}});
  }
  const json::Json all{{"version", report.version},
                       {"pid", getpid()},
                       {"certificate",
                        {{"authority", report.authority.string()},
                         {"spki_sha256", report.certificate.spki_sha256_base64},
                         {"names", report.certificate.names}}},
                       {"endpoints", endpoints}};
  return all.dump() + "\n";
}

std::string as_text(const ReadyReport& report, bool colour) {
  const std::string host = host_to_open(report.addresses);
  std::string text = fmt::format("muxlab {} serves. Ctrl-C stops it.\n\n", report.version);
  for (const lab::Lane& lane : report.endpoints) {
    const std::string url = lane.url(host) + (lane.name == "console" ? "" : report.page);
    text += fmt::format(style_of(lane, colour), "  {:<9} {:<12}", lane.name, lane.protocol());
    fmt::format_to(std::back_inserter(text), " {:<31} {}\n", url, what_it_is(lane));
  }
  if (!report.authority.empty()) text += trust_text(report);
  return text;
}

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace muxlab::server
