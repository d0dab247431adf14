#include "server/ready_report.h"

#include <fmt/color.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

namespace muxlab::server {
namespace {

// The two colours of the protocols, as they read on a dark and on a light terminal.
constexpr auto http1_colour = fmt::rgb(0xD9822B);
constexpr auto http2_colour = fmt::rgb(0x3E8ED0);

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
  return fmt::fg(lane.rules.http2 ? http2_colour : http1_colour);
}

std::string page_of(const lab::Lane& lane) {
  return lane.name == "console" ? lane.url() : lane.url() + "mosaic/";
}

}  // namespace

std::string as_json(const ReadyReport& report) {
  nlohmann::ordered_json endpoints = nlohmann::ordered_json::array();
  for (const lab::Lane& lane : report.endpoints) {
    endpoints.push_back({{"name", lane.name},
                         {"port", lane.port},
                         {"protocol", lane.protocol()},
                         {"url", lane.url()}});
  }
  const nlohmann::ordered_json all{
      {"version", report.version},
      {"pid", getpid()},
      {"certificate",
       {{"authority", report.authority.string()}, {"spki_sha256", report.spki_sha256}}},
      {"endpoints", endpoints}};
  return all.dump() + "\n";
}

std::string as_text(const ReadyReport& report, bool colour) {
  std::string text = fmt::format("muxlab {} serves. Ctrl-C stops it.\n\n", report.version);
  for (const lab::Lane& lane : report.endpoints) {
    text += fmt::format(style_of(lane, colour), "  {:<9} {:<12}", lane.name, lane.protocol());
    fmt::format_to(std::back_inserter(text), " {:<31} {}\n", page_of(lane), what_it_is(lane));
  }
  if (!report.authority.empty()) {
    fmt::format_to(
        std::back_inserter(text),
        "\nYour browser warns until it trusts {}:\n`muxlab certs --cert-dir {}` says how.\n",
        report.authority.string(), report.authority.parent_path().string());
  }
  return text;
}

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace muxlab::server
