#include "server/configuration/file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <span>

#include "common/base/nearest_word.h"
#include "server/configuration/values.h"

namespace muxlab::server::configuration {
namespace {

using json::shown;

// For a lane's name, which stands in addresses of the console and in file names.
constexpr std::size_t max_lane_name_bytes = 32;
constexpr std::string_view lane_name_form =
    "1 to 32 lower-case letters, digits and hyphens, but not site, plain or console";

bool is_lane_name(const std::string& name) {
  if (name.empty() || name.size() > max_lane_name_bytes) return false;
  if (name == "site" || name == "plain" || name == "console") return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

// "~" and "/" in a name are escaped (RFC 6901 section 3).
std::string pointer_to(const std::string& at, const std::string& name) {
  std::string pointer = at + "/";
  for (const char each : name)
    pointer += each == '~' ? "~0" : each == '/' ? "~1" : std::string{each};
  return pointer;
}

// The names that may follow `group` in the table: "site", "plain" and "console" behind "/ports".
template <typename Section>
std::vector<std::string> names_behind(const std::string& group,
                                      std::span<const Key<Section>> keys) {
  std::vector<std::string> names;
  for (const Key<Section>& key : keys) {
    if (!key.pointer.starts_with(group + "/")) continue;
    const std::string_view rest = key.pointer.substr(group.size() + 1);
    std::string name{rest.substr(0, rest.find('/'))};
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : file_(file) {}

  Result<Configuration> read(std::string_view text);

 private:
  // `at` is where the section stands in the file, `group` where in the section `object` stands.
  template <typename Section>
  Status read_group(const Json& object, const std::string& at, const std::string& group,
                    std::span<const Key<Section>> keys, Section& section);
  template <typename Section>
  Status read_key(const Json& value, const std::string& pointer, const Key<Section>& key,
                  Section& section);
  Status read_lanes(const Json& lanes);
  Status check_lane(const Json& given, const std::string& at, const LaneConfiguration& lane) const;
  Status check_certificate() const;

  Failure unknown(const std::string& pointer, const std::string& name,
                  std::vector<std::string> known) const;
  Failure wrong(const std::string& pointer, const Json& value, const std::string& cure) const;
  Failure fault(const std::string& what) const { return {file_.string() + ": " + what}; }

  const std::filesystem::path& file_;
  Configuration configuration_;
};

Result<Configuration> Reader::read(std::string_view text) {
  const Result<Json> all = json::parse(text, json::Comments::ignored);
  if (!all.ok()) {
    return fault(fmt::format("{}; muxlab config --example shows the form", all.failure().message));
  }
  if (!all.value().is_object())
    return fault("is no JSON object; muxlab config --example shows one");
  if (Status read = read_group(all.value(), {}, {}, configuration_keys(), configuration_);
      !read.ok()) {
    return read.failure();
  }
  if (Status checked = check_certificate(); !checked.ok()) return checked.failure();
  return std::move(configuration_);
}

template <typename Section>
Status Reader::read_group(const Json& object, const std::string& at, const std::string& group,
                          std::span<const Key<Section>> keys, Section& section) {
  for (const auto& [name, value] : object.items()) {
    const std::string place = pointer_to(group, name);
    const std::string pointer = at + place;
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const Key<Section>& each) { return each.pointer == place; });
    Status read = Done{};
    if (key != keys.end()) {
      read = read_key(value, pointer, *key, section);
    } else if (pointer == lanes_pointer) {
      read = read_lanes(value);
    } else if (const auto inner = names_behind(place, keys); inner.empty()) {
      return unknown(pointer, name, names_behind(group, keys));
    } else if (!value.is_object()) {
      return wrong(pointer, value, fmt::format("an object with {}", fmt::join(inner, ", ")));
    } else {
      read = read_group(value, at, place, keys, section);
    }
    if (!read.ok()) return read;
  }
  return Done{};
}

template <typename Section>
Status Reader::read_key(const Json& value, const std::string& pointer, const Key<Section>& key,
                        Section& section) {
  const Place place = key.place(section);
  if (!read_value(value, key.range, place)) {
    const std::string within = fault_within(value, place);
    if (!within.empty()) return fault(fmt::format("{}: {}", pointer, within));
    return wrong(pointer, value, expectation(place, key.range));
  }
  const auto* path = std::get_if<std::filesystem::path*>(&place);
  if (path != nullptr && !(*path)->empty() && **path != "-") {
    **path = (file_.parent_path() / **path).lexically_normal();
  }
  return Done{};
}

Status Reader::read_lanes(const Json& lanes) {
  const std::string at{lanes_pointer};
  if (!lanes.is_array() || lanes.size() > max_lanes) {
    return wrong(at, lanes, fmt::format("a list of at most {} lanes", max_lanes));
  }
  configuration_.lanes.clear();
  std::set<std::string> names;
  for (const Json& given : lanes) {
    const std::string pointer = fmt::format("{}/{}", at, configuration_.lanes.size());
    if (!given.is_object()) return wrong(pointer, given, "an object with a name and a protocol");
    LaneConfiguration lane;
    if (Status read = read_group(given, pointer, {}, lane_keys(), lane); !read.ok()) return read;
    if (Status checked = check_lane(given, pointer, lane); !checked.ok()) return checked;
    if (!names.insert(lane.name).second) {
      return wrong(pointer + "/name", lane.name, "a name that no other lane has");
    }
    configuration_.lanes.push_back(std::move(lane));
  }
  return Done{};
}

Status Reader::check_lane(const Json& given, const std::string& at,
                          const LaneConfiguration& lane) const {
  for (const char* needed : {"name", "protocol"}) {
    if (!given.contains(needed)) {
      return fault(fmt::format("{} has no {}; every lane needs a name and a protocol", at, needed));
    }
  }
  if (!is_lane_name(lane.name)) return wrong(at + "/name", lane.name, std::string{lane_name_form});
  for (const Key<LaneConfiguration>& key : lane_keys()) {
    if (!key.only || *key.only == lane.protocol) continue;
    const auto name = key.pointer.substr(1);
    if (!given.contains(name)) continue;
    return fault(fmt::format("{}{} is not for a lane of protocol {}; leave it out", at, key.pointer,
                             given.at("protocol").dump()));
  }
  return Done{};
}

Status Reader::check_certificate() const {
  if (configuration_.certificate.empty() == configuration_.key.empty()) return Done{};
  const bool lacks_key = configuration_.key.empty();
  return fault(fmt::format("/certificates/{} is missing; {} needs it: give both, or neither",
                           lacks_key ? "key" : "certificate", lacks_key ? "certificate" : "key"));
}

Failure Reader::unknown(const std::string& pointer, const std::string& name,
                        std::vector<std::string> known) const {
  if (pointer.rfind('/') == 0) known.emplace_back(lanes_pointer.substr(1));
  if (const auto near = nearest_word(name, known)) {
    return fault(fmt::format("{} is no key; did you mean {}?", pointer, *near));
  }
  return fault(fmt::format("{} is no key; here are {}", pointer, fmt::join(known, ", ")));
}

Failure Reader::wrong(const std::string& pointer, const Json& value,
                      const std::string& cure) const {
  return fault(fmt::format("{} is {}; give {}", pointer, shown(value), cure));
}

}  // namespace

Result<Configuration> parse_configuration(std::string_view text,
                                          const std::filesystem::path& file) {
  return Reader{file}.read(text);
}

Result<Configuration> read_configuration(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::string text(max_configuration_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() || stream.bad()) {
    if (stream.gcount() > 0) {
      return Failure{
          fmt::format("{}: is longer than 1 MiB; is it the configuration?", file.string())};
    }
    return Failure{
        fmt::format("{}: can't be read: {}; give --config a file (muxlab config "
                    "--example prints one)",
                    file.string(), std::strerror(errno))};
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_configuration(text, file);
}

}  // namespace muxlab::server::configuration
