// The one table of the configuration: each key with its place in the program, its range, its reason
// and what it takes to change it. The file is read by it, and the documentation, the example and
// the JSON Schema are printed from it; a key that is not in it does not exist.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/configuration/configuration.h"

namespace muxlab::server::configuration {

// Where a value lies; its type says how it is written. What is optional or may be empty is null in
// the file.
using Place =
    std::variant<bool*, std::uint32_t*, std::uint64_t*, std::optional<std::uint32_t>*,
                 std::optional<std::uint64_t>*, Duration*, std::optional<Duration>*, std::string*,
                 std::filesystem::path*, std::vector<std::string>*, HostNames*, KeyExchangeGroups*,
                 std::vector<net::AddressRange>*, PortChoice*, std::optional<PortChoice>*,
                 std::optional<link::LineProfile>*, http2::Scheduler*, LaneProtocol*>;

// Of a number, both ends included.
struct Range {
  double least = 0;
  double most = 0;
  std::string_view unit = {};  // "bytes"; none for what is counted
};

enum class Change {
  by_reload,   // SIGHUP: for connections that are accepted from then on
  by_restart,  // what is decided once: sockets and threads
};

template <typename Section>
struct Key {
  std::string_view pointer;  // RFC 6901, from the section: "/ports/site", of a lane "/name"
  Place (*place)(Section&);
  Change change;
  Range range;  // where the value is a number
  std::string_view reason;
  std::optional<LaneProtocol> only = {};  // of a lane: the protocol that knows this key
};

// All of the file except the lanes.
std::span<const Key<Configuration>> configuration_keys();

// Of each element of /lanes.
std::span<const Key<LaneConfiguration>> lane_keys();
inline constexpr std::string_view lanes_pointer = "/lanes";

// Far beyond any machine's use: a slip of the hand is caught before it becomes threads.
inline constexpr unsigned max_workers = 1024;

// More than one server has, and few enough for a certificate that names them all.
inline constexpr std::size_t max_host_names = 32;

// All that TLS has, and more than a hello has room for.
inline constexpr std::size_t max_groups = 32;

// Bounds what is opened by one slip of the hand.
inline constexpr std::size_t max_lanes = 64;

}  // namespace muxlab::server::configuration
