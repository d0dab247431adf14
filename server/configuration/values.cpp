#include "server/configuration/values.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "common/tls/groups.h"
#include "common/tls/subject_name.h"

namespace muxlab::server::configuration {
namespace {

using http2::Scheduler;
using Path = std::filesystem::path;
using Texts = std::vector<std::string>;
using Ranges = std::vector<net::AddressRange>;

// As ALPN names them (RFC 7301 section 6).
constexpr std::array<std::pair<LaneProtocol, std::string_view>, 2> protocols{{
    {LaneProtocol::http1, "http/1.1"},
    {LaneProtocol::http2, "h2"},
}};

const auto& names_of(const Scheduler&) {
  return http2::scheduler_names;
}
const auto& names_of(const LaneProtocol&) {
  return protocols;
}

template <typename Any>
concept Enumeration = std::is_enum_v<Any>;

// ---- what each type may be -----------------------------------------------------------------

std::string words(const bool&, const Range&) {
  return "true or false";
}
template <std::unsigned_integral Number>
std::string words(const Number&, const Range& range) {
  return fmt::format("a whole number from {:.0f} to {:.0f}", range.least, range.most);
}
std::string words(const Duration&, const Range& range) {
  return fmt::format("a number of seconds from {} to {}", range.least, range.most);
}
std::string words(const std::string&, const Range&) {
  return "a text";
}
std::string words(const Path&, const Range&) {
  return "a path, or null";
}
std::string words(const Texts&, const Range&) {
  return "a list of IP addresses, or null";
}
std::string words(const KeyExchangeGroups&, const Range&) {
  return "a list of groups that this OpenSSL has, such as [\"x25519\", \"secp256r1\"], or null";
}
std::string words(const HostNames&, const Range&) {
  return "a list of host names or IP addresses, or null";
}
std::string words(const Ranges&, const Range&) {
  return "a list of IP addresses and networks, such as \"10.0.0.0/8\", or null";
}
std::string words(const link::LineProfile&, const Range&) {
  return "a line, such as \"cable\" or \"rtt=80ms,down=10mbit\"";
}
std::string words(const PortChoice&, const Range&) {
  return "a port from 1 to 65535, 0 for none, or \"auto\"";
}
template <Enumeration Enum>
std::string words(const Enum& any, const Range&) {
  Texts quoted;
  for (const auto& [value, name] : names_of(any)) quoted.push_back(fmt::format("\"{}\"", name));
  return fmt::format("one of {}", fmt::join(quoted, ", "));
}
template <typename Value>
std::string words(const std::optional<Value>&, const Range& range) {
  return words(Value{}, range) + ", or null";
}

// ---- as a schema ---------------------------------------------------------------------------

Json schema(const bool&, const Range&) {
  return {{"type", "boolean"}};
}
template <std::unsigned_integral Number>
Json schema(const Number&, const Range& range) {
  return {{"type", "integer"},
          {"minimum", static_cast<std::uint64_t>(range.least)},
          {"maximum", static_cast<std::uint64_t>(range.most)}};
}
Json schema(const Duration&, const Range& range) {
  return {{"type", "number"}, {"minimum", range.least}, {"maximum", range.most}};
}
Json schema(const std::string&, const Range&) {
  return {{"type", "string"}};
}
Json schema(const Path&, const Range&) {
  return {{"type", {"string", "null"}}, {"minLength", 1}};
}
Json schema(const Texts&, const Range&) {
  return {{"type", {"array", "null"}}, {"items", {{"type", "string"}}}, {"minItems", 1}};
}
Json schema(const KeyExchangeGroups&, const Range&) {
  return {{"type", {"array", "null"}},
          {"items", {{"type", "string"}, {"minLength", 1}}},
          {"minItems", 1},
          {"maxItems", max_groups}};
}
Json schema(const HostNames&, const Range&) {
  return {{"type", {"array", "null"}},
          {"items", {{"type", "string"}, {"minLength", 1}}},
          {"minItems", 1},
          {"maxItems", max_host_names}};
}
Json schema(const Ranges&, const Range& range) {
  return schema(Texts{}, range);
}
Json schema(const link::LineProfile&, const Range&) {
  return {{"type", "string"}, {"minLength", 1}, {"maxLength", link::longest_line_text}};
}
Json schema(const PortChoice&, const Range&) {
  const Json number{{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}};
  return {{"anyOf", Json::array({number, Json{{"const", "auto"}}})}};
}
template <Enumeration Enum>
Json schema(const Enum& any, const Range&) {
  Json names = Json::array();
  for (const auto& [value, name] : names_of(any)) names.push_back(name);
  return {{"enum", names}};
}
template <typename Value>
Json schema(const std::optional<Value>&, const Range& range) {
  return {{"anyOf", Json::array({schema(Value{}, range), Json{{"type", "null"}}})}};
}

// ---- read ----------------------------------------------------------------------------------

bool within(double number, const Range& range) {
  return number >= range.least && number <= range.most;
}

bool is_address(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  in6_addr ignored;
  return inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

bool read(const Json& value, const Range&, bool& place) {
  if (!value.is_boolean()) return false;
  place = value.get<bool>();
  return true;
}
template <std::unsigned_integral Number>
bool read(const Json& value, const Range& range, Number& place) {
  if (!value.is_number_unsigned() || !within(value.get<double>(), range)) return false;
  place = value.get<Number>();
  return true;
}
bool read(const Json& value, const Range& range, Duration& place) {
  if (!value.is_number() || !within(value.get<double>(), range)) return false;
  place = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value.get<double>()));
  return true;
}
bool read(const Json& value, const Range&, std::string& place) {
  if (!value.is_string()) return false;
  place = value.get<std::string>();
  return true;
}
bool read(const Json& value, const Range&, Path& place) {
  if (value.is_null()) {
    place.clear();
    return true;
  }
  // A NUL would end the name early where the system reads it.
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty() || text.find('\0') != std::string::npos) return false;
  place = text;
  return true;
}
bool read(const Json& value, const Range&, Texts& place) {
  if (value.is_null()) {
    place.clear();
    return true;
  }
  if (!value.is_array() || value.empty() || !std::all_of(value.begin(), value.end(), is_address)) {
    return false;
  }
  place = value.get<Texts>();
  return true;
}
bool read(const Json& value, const Range&, KeyExchangeGroups& place) {
  if (value.is_null()) {
    place.all.clear();
    return true;
  }
  const bool is_list = value.is_array() && !value.empty() && value.size() <= max_groups;
  if (!is_list ||
      !std::all_of(value.begin(), value.end(), [](const Json& each) { return each.is_string(); })) {
    return false;
  }
  place.all = value.get<Texts>();
  return !tls::unknown_group(place.all);
}
bool read(const Json& value, const Range&, HostNames& place) {
  HostNames names;
  if (!value.is_null() && (!value.is_array() || value.empty() || value.size() > max_host_names)) {
    return false;
  }
  for (const Json& each : value) {
    if (!each.is_string()) return false;
    auto name = tls::parse_subject_name(each.get_ref<const std::string&>());
    if (!name.ok()) return false;
    names.all.push_back(std::move(name.value().text));
  }
  place = std::move(names);
  return true;
}
bool read(const Json& value, const Range&, Ranges& place) {
  Ranges ranges;
  if (!value.is_null() && (!value.is_array() || value.empty())) return false;
  for (const Json& each : value) {
    if (!each.is_string()) return false;
    auto range = net::AddressRange::parse(each.get_ref<const std::string&>());
    if (!range.ok()) return false;
    ranges.push_back(std::move(range.value()));
  }
  place = std::move(ranges);
  return true;
}
bool read(const Json& value, const Range&, link::LineProfile& place) {
  if (!value.is_string()) return false;
  auto line = link::parse_line(value.get_ref<const std::string&>());
  if (line.ok()) place = std::move(line.value());
  return line.ok();
}
bool read(const Json& value, const Range&, PortChoice& place) {
  if (value == "auto") {
    place = PortChoice::any();
    return true;
  }
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 65535) return false;
  const auto number = value.get<std::uint16_t>();
  place = number == 0 ? PortChoice{} : PortChoice::fixed(number);
  return true;
}
template <Enumeration Enum>
bool read(const Json& value, const Range&, Enum& place) {
  for (const auto& [each, name] : names_of(place)) {
    if (value != name) continue;
    place = each;
    return true;
  }
  return false;
}
template <typename Value>
bool read(const Json& value, const Range& range, std::optional<Value>& place) {
  if (value.is_null()) {
    place.reset();
    return true;
  }
  Value read_one{};
  if (!read(value, range, read_one)) return false;
  place = read_one;
  return true;
}

// ---- write ---------------------------------------------------------------------------------

template <typename Plain>
Json write(const Plain& value) {
  return value;
}
// Whole seconds without a fraction.
Json write(const Duration& value) {
  const double seconds = std::chrono::duration<double>(value).count();
  if (seconds == std::floor(seconds)) return static_cast<std::int64_t>(seconds);
  return seconds;
}
Json write(const Path& value) {
  return value.empty() ? Json(nullptr) : Json(value.string());
}
Json write(const Texts& value) {
  return value.empty() ? Json(nullptr) : Json(value);
}
Json write(const KeyExchangeGroups& value) {
  return write(value.all);
}
Json write(const HostNames& value) {
  return write(value.all);
}
Json write(const Ranges& value) {
  Texts texts;
  for (const net::AddressRange& each : value) texts.push_back(each.text());
  return write(texts);
}
Json write(const link::LineProfile& value) {
  return link::line_text(value);
}
Json write(const PortChoice& value) {
  return value.kind == PortChoice::Kind::any ? Json("auto") : Json(value.number);
}
template <Enumeration Enum>
Json write(const Enum& value) {
  for (const auto& [each, name] : names_of(value)) {
    if (each == value) return name;
  }
  return nullptr;
}
template <typename Value>
Json write(const std::optional<Value>& value) {
  return value ? write(*value) : Json(nullptr);
}

}  // namespace

std::string expectation(const Place& place, const Range& range) {
  return std::visit([&range](const auto* value) { return words(*value, range); }, place);
}

Json schema_of(const Place& place, const Range& range) {
  return std::visit([&range](const auto* value) { return schema(*value, range); }, place);
}

bool read_value(const Json& value, const Range& range, const Place& place) {
  return std::visit([&](auto* where) { return read(value, range, *where); }, place);
}

Json value_of(const Place& place) {
  return std::visit([](const auto* value) { return write(*value); }, place);
}

bool is_needed(const Place& place) {
  return std::holds_alternative<std::string*>(place) ||
         std::holds_alternative<LaneProtocol*>(place);
}

namespace {

// Empty: no more can be said.
template <typename Value>
std::string fault(const Json&, const Value&) {
  return {};
}
std::string fault(const Json& value, const std::optional<link::LineProfile>&) {
  if (!value.is_string()) return {};
  const auto line = link::parse_line(value.get_ref<const std::string&>());
  return line.ok() ? std::string{} : line.failure().message;
}
std::string fault(const Json& value, const Ranges&) {
  if (!value.is_array()) return {};
  for (const Json& each : value) {
    if (!each.is_string()) return {};
    const auto range = net::AddressRange::parse(each.get_ref<const std::string&>());
    if (!range.ok()) return range.failure().message;
  }
  return {};
}

}  // namespace

std::string fault_within(const Json& value, const Place& place) {
  return std::visit([&value](const auto* where) { return fault(value, *where); }, place);
}

}  // namespace muxlab::server::configuration
