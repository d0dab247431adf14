#include "server/lab/api/line_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/nearest_word.h"

namespace muxlab::server::lab::api {
namespace {

using json::Json;
using json::or_null;
using json::shown;
using link::LineProfile;

// ---- one value; false: it is none such ------------------------------------------------------

bool read_number(const Json& value, double least, double most, double& number) {
  if (!value.is_number()) return false;
  number = value.get<double>();
  return number >= least && number <= most;
}

template <typename Number>
bool read_whole(const Json& value, std::uint64_t least, std::uint64_t most, Number& number) {
  if (!value.is_number_unsigned()) return false;
  const auto read = value.get<std::uint64_t>();
  if (read < least || read > most) return false;
  number = static_cast<Number>(read);
  return true;
}

bool read_rtt(const Json& value, LineProfile& line) {
  double read_ms = 0;
  if (!read_number(value, 0, milliseconds(link::longest_rtt), read_ms)) return false;
  constexpr double nanoseconds_in_one = 1e6;
  line.rtt = Duration{std::llround(read_ms * nanoseconds_in_one)};
  return true;
}

bool read_rate(const Json& value, std::optional<std::uint64_t>& rate) {
  rate.reset();
  return value.is_null() || read_whole(value, link::lowest_bps, link::highest_bps, rate.emplace());
}

bool read_share(const Json& value, double& share) {
  return read_number(value, 0, 1, share) && (share == 0 || share >= link::least_loss);
}

bool read_burst(const Json& value, LineProfile& line) {
  line.burst.reset();
  return value.is_null() || read_number(value, 1, link::longest_burst, line.burst.emplace());
}

bool read_lose(const Json& value, LineProfile& line) {
  line.lose.clear();
  if (!value.is_array() || value.size() > link::most_named_losses) return false;
  for (const Json& each : value) {
    if (!each.is_string()) return false;
    const auto loss = link::parse_named_loss(each.get_ref<const std::string&>());
    if (!loss.ok()) return false;
    line.lose.push_back(loss.value());
  }
  return true;
}

bool read_queue_bytes(const Json& value, LineProfile& line) {
  line.queue_bytes.reset();
  return value.is_null() || read_whole(value, link::least_queue_bytes, link::most_queue_bytes,
                                       line.queue_bytes.emplace());
}

bool read_congestion_control(const Json& value, LineProfile& line) {
  if (!value.is_string()) return false;
  const auto kind = link::congestion_control_named(value.get_ref<const std::string&>());
  line.congestion_control = kind.value_or(link::CongestionControl::reno);
  return kind.has_value();
}

// Whole milliseconds without a fraction.
Json rtt_json(const LineProfile& line) {
  const double rtt_ms = milliseconds(line.rtt);
  if (rtt_ms == std::floor(rtt_ms)) return static_cast<std::int64_t>(rtt_ms);
  return rtt_ms;
}

Json lose_json(const LineProfile& line) {
  Json texts = Json::array();
  for (const link::NamedLoss& loss : line.lose) texts.push_back(link::named_loss_text(loss));
  return texts;
}

// ---- the fields ----------------------------------------------------------------------------

struct Field {
  std::string_view name;
  bool (*read)(const Json& value, LineProfile& line);
  std::string (*form)();  // to stand behind "give"
  Json (*write)(const LineProfile& line);
};

std::string rate_form() {
  return fmt::format("bits a second, a whole number from {} to {}, or null for no limit",
                     link::lowest_bps, link::highest_bps);
}
std::string share_form() {
  return fmt::format("a share of packets, 0 or a number from {} to 1", link::least_loss);
}

constexpr std::string_view preset_field = "preset";

// The preset is read before all others, and then stands already.
constexpr Field fields[] = {
    {preset_field,
     [](const Json& value, LineProfile&) { return value.is_string() || value.is_null(); },
     [] { return std::string{"a preset's name, or null"}; },
     [](const LineProfile& line) {
       return line.preset.empty() ? Json(nullptr) : Json(line.preset);
     }},
    {"rtt_ms", read_rtt,
     [] {
       return fmt::format("a number of milliseconds from 0 to {}", milliseconds(link::longest_rtt));
     },
     rtt_json},
    {"down_bps",
     [](const Json& value, LineProfile& line) { return read_rate(value, line.down_bps); },
     rate_form, [](const LineProfile& line) { return or_null(line.down_bps); }},
    {"up_bps", [](const Json& value, LineProfile& line) { return read_rate(value, line.up_bps); },
     rate_form, [](const LineProfile& line) { return or_null(line.up_bps); }},
    {"loss_down",
     [](const Json& value, LineProfile& line) { return read_share(value, line.loss_down); },
     share_form, [](const LineProfile& line) { return Json(line.loss_down); }},
    {"loss_up",
     [](const Json& value, LineProfile& line) { return read_share(value, line.loss_up); },
     share_form, [](const LineProfile& line) { return Json(line.loss_up); }},
    {"burst", read_burst,
     [] {
       return fmt::format("how many are lost in a row, a number from 1 to {}, or null",
                          link::longest_burst);
     },
     [](const LineProfile& line) { return or_null(line.burst); }},
    {"lose", read_lose,
     [] {
       return fmt::format("a list of at most {} segments, such as \"c1:7\", \"c1:up:7\" or \"7\"",
                          link::most_named_losses);
     },
     lose_json},
    {"queue_packets",
     [](const Json& value, LineProfile& line) {
       return read_whole(value, 1, link::most_queue_packets, line.queue_packets);
     },
     [] { return fmt::format("a whole number from 1 to {}", link::most_queue_packets); },
     [](const LineProfile& line) { return Json(line.queue_packets); }},
    {"queue_bytes", read_queue_bytes,
     [] {
       return fmt::format("a whole number from {} to {}, or null for a queue of packets",
                          link::least_queue_bytes, link::most_queue_bytes);
     },
     [](const LineProfile& line) { return or_null(line.queue_bytes); }},
    {"congestion_control", read_congestion_control,
     [] { return std::string{"\"reno\" or \"cubic\""}; },
     [](const LineProfile& line) { return Json(link::name_of(line.congestion_control)); }},
    {"seed",
     [](const Json& value, LineProfile& line) {
       return read_whole(value, 0, UINT64_MAX, line.seed);
     },
     [] { return fmt::format("a whole number from 0 to {}", UINT64_MAX); },
     [](const LineProfile& line) { return Json(line.seed); }},
};

Failure no_field(const std::string& name) {
  std::vector<std::string> known;
  for (const Field& field : fields) known.emplace_back(field.name);
  const std::string quoted = shown(Json(name));
  const std::string plain = quoted.substr(1, quoted.size() - 2);
  if (const auto near = nearest_word(name, known)) {
    return {fmt::format("{}: is no field; did you mean {}?", plain, *near)};
  }
  return {fmt::format("{}: is no field; here are {}", plain, fmt::join(known, ", "))};
}

Result<LineProfile> preset_of(const Json& json) {
  const auto given = json.find(preset_field);
  if (given == json.end() || !given->is_string()) return LineProfile{};
  const auto& name = given->get_ref<const std::string&>();
  const link::Preset* preset = link::preset_named(name);
  if (preset == nullptr) return link::no_preset(name);
  return preset->profile;
}

}  // namespace

Json line_json(const LineProfile& profile) {
  Json json = Json::object();
  for (const Field& field : fields) json[std::string{field.name}] = field.write(profile);
  return json;
}

Result<LineProfile> line_from_json(const Json& json) {
  if (json.is_string()) return link::parse_line(json.get_ref<const std::string&>());
  if (!json.is_object()) {
    return Failure{
        fmt::format("line: {} won't do; give an object, or a text such as "
                    "\"rtt=80ms,down=10mbit\"",
                    shown(json))};
  }
  Result<LineProfile> line = preset_of(json);
  if (!line.ok()) return line;
  for (const auto& [name, value] : json.items()) {
    const auto field = std::find_if(std::begin(fields), std::end(fields),
                                    [&](const Field& each) { return each.name == name; });
    if (field == std::end(fields)) return no_field(name);
    if (field->read(value, line.value())) continue;
    return Failure{fmt::format("{}: {} won't do; give {}", name, shown(value), field->form())};
  }
  // Each is within its range; together they may not be possible.
  if (Status checked = link::check(line.value()); !checked.ok()) return checked.failure();
  // Where bytes are given packets don't count, and are not kept either.
  if (line.value().queue_bytes) line.value().queue_packets = LineProfile{}.queue_packets;
  link::forget_changed_preset(line.value());
  return line;
}

std::string field_of(const Failure& failure) {
  return failure.message.substr(0, failure.message.find(':'));
}

}  // namespace muxlab::server::lab::api
