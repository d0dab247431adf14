// Everything that `muxlab serve` can be told, with its defaults. Values only: where each one stands
// in the file, what it may be and why is the table's to say (keys.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/connection/connection.h"
#include "common/link/line_profile.h"
#include "common/net/address_range.h"
#include "server/http1/options.h"
#include "server/http2/session.h"

namespace muxlab::server::configuration {

// A port as a person gives it: a number, 0 for "off", or "auto" for any free one.
struct PortChoice {
  enum class Kind { off, any, fixed };
  Kind kind = Kind::off;
  std::uint16_t number = 0;

  static PortChoice fixed(std::uint16_t number) { return {Kind::fixed, number}; }
  static PortChoice any() { return {Kind::any, 0}; }
};

// Of TLS's key exchange, by the names of IANA's registry; none: tls::usual_groups().
struct KeyExchangeGroups {
  std::vector<std::string> all;
};

// Names and addresses that clients know the server by though it does not listen on them: behind a
// port mapping, say. Each in its one spelling.
struct HostNames {
  std::vector<std::string> all;
};

enum class LaneProtocol { http1, http2 };

// A lane as a person describes it. What is not given is as the limits say.
struct LaneConfiguration {
  std::string name;
  std::optional<PortChoice> port;  // none: beside the other lanes, from 11 above the console's
  LaneProtocol protocol = LaneProtocol::http2;

  bool keep_alive = true;  // the rest of HTTP/1.1
  std::optional<std::uint64_t> max_requests = {};

  std::optional<link::LineProfile> line = {};  // none: as all lanes'
  bool tap = true;

  std::optional<Duration> timeout = {};  // of an idle connection, in both protocols
  bool early_hints = false;              // the same

  std::optional<std::uint32_t> max_streams = {};  // the rest of HTTP/2
  std::optional<std::uint32_t> header_table_bytes = {};
  std::optional<std::uint32_t> stream_window_bytes = {};
  std::optional<std::uint32_t> connection_window_bytes = {};
  http2::Scheduler scheduler = http2::Scheduler::priority;
  bool push = false;
};

// What every port holds its peers to, unless a lane says otherwise.
struct LimitConfiguration {
  connection::Limits connection;
  http1::Options http1;
  http2::Options http2;
};

// The lanes of the lab, as they are when nobody says otherwise.
std::vector<LaneConfiguration> default_lanes();

struct Configuration {
  std::vector<std::string> addresses;    // empty: this machine only, 127.0.0.1 and ::1
  HostNames host_names;                  // besides those of the addresses
  std::optional<std::uint32_t> workers;  // none: one for each CPU
  PortChoice site_port = PortChoice::fixed(8443);
  PortChoice plain_port = PortChoice::fixed(8080);
  PortChoice console_port = PortChoice::fixed(8440);
  bool lab = true;
  std::filesystem::path root;         // empty: the demo pages
  std::filesystem::path certificate;  // empty: the local certificates
  std::filesystem::path key;
  std::filesystem::path certificate_folder;  // empty: below the user's home
  std::filesystem::path ticket_keys;         // empty: of this process alone
  KeyExchangeGroups groups;
  std::vector<net::AddressRange> balancers;  // empty: clients connect by themselves
  std::filesystem::path access_log;          // empty: none; "-": standard output
  std::filesystem::path key_log;             // empty: none
  std::filesystem::path watch;               // empty: none; "-": a log for people's eyes
  LimitConfiguration limits;
  std::optional<link::LineProfile> line;  // of every lane without its own; none: nothing simulated
  std::vector<LaneConfiguration> lanes = default_lanes();
};

}  // namespace muxlab::server::configuration
