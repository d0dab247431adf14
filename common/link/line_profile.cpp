#include "common/link/line_profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/base/nearest_word.h"
#include "common/link/line_fields.h"
#include "common/link/line_units.h"

namespace muxlab::link {
namespace {

// What a person wrote, to stand in one line of a message.
std::string shown(std::string_view text) {
  constexpr std::size_t shown_bytes = 40;
  std::string plain{text.substr(0, shown_bytes)};
  for (char& c : plain) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text.size() > shown_bytes ? plain + "..." : plain;
}

// How often a packet of the good state is followed by the bad one (Gilbert and Elliott) is a share
// too: with short bursts not everything can be lost. Of a line that loses all there is no good
// state.
Status check_burst(const LineProfile& line) {
  constexpr double rounding = 1e-9;
  for (const double loss : {line.loss_down, line.loss_up}) {
    if (!line.burst || loss == 1) continue;
    const double least = loss / (1 - loss);
    if (*line.burst >= least * (1 - rounding)) continue;
    return Failure{fmt::format(
        "burst: {} in a row can't make up a loss of {}%; give at least {}, or leave it out",
        decimal_text(*line.burst), decimal_text(loss, -2),
        decimal_text(std::ceil(least * (1 - rounding))))};
  }
  return Done{};
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.push_back(preset.profile.preset);
  return names;
}

std::vector<std::string> field_names() {
  std::vector<std::string> names;
  for (const Field& field : fields()) names.emplace_back(field.name);
  return names;
}

Failure no_field(std::string_view name) {
  const auto known = field_names();
  if (const auto near = nearest_word(name, known)) {
    return {fmt::format("{}: is no field; did you mean {}?", shown(name), *near)};
  }
  return {fmt::format("{}: is no field; here are {}", shown(name), fmt::join(known, ", "))};
}

class Parser {
 public:
  Result<LineProfile> parse(std::string_view text);

 private:
  Status read_item(std::string_view item, bool first);
  Status read_word(std::string_view word, bool first);
  Status read_field(std::string_view name, std::string_view value);

  LineProfile line_;
  std::vector<std::string_view> given_;  // the fields so far
};

Result<LineProfile> Parser::parse(std::string_view text) {
  if (text.size() > longest_line_text) {
    return Failure{fmt::format("line: is longer than {} bytes", longest_line_text)};
  }
  bool more = true;
  for (bool first = true; more; first = false) {
    more = text.find(',') != text.npos;
    const std::string_view item = take(text, ',');
    if (item.empty()) {
      return Failure{
          fmt::format("line: {}; give a preset or fields, such as cable or rtt=80ms,down=10mbit",
                      first && !more ? "is empty" : "has a comma without a field beside it")};
    }
    if (Status read = read_item(item, first); !read.ok()) return read.failure();
  }
  if (Status checked = check_burst(line_); !checked.ok()) return checked.failure();
  forget_changed_preset(line_);
  return std::move(line_);
}

Status Parser::read_item(std::string_view item, bool first) {
  if (item.find('=') == item.npos) return read_word(item, first);
  std::string_view value = item;
  const std::string_view name = take(value, '=');
  return read_field(name, trimmed(value));
}

// What has no value is a preset, or a slip.
Status Parser::read_word(std::string_view word, bool first) {
  if (const Field* field = field_named(word)) {
    return Failure{fmt::format("{}: has no value; give {}", word, field->form())};
  }
  const Preset* preset = preset_named(word);
  if (preset == nullptr) return no_preset(word);
  if (!first) {
    return Failure{
        fmt::format("preset: {} stands behind others; give one, before all fields", word)};
  }
  line_ = preset->profile;
  return Done{};
}

Status Parser::read_field(std::string_view name, std::string_view value) {
  const Field* field = field_named(name);
  if (field == nullptr) return no_field(name);
  for (const std::string_view other : given_) {
    if (other == name) return Failure{fmt::format("{}: stands twice; leave one", name)};
    // "loss" is "loss_down" and "loss_up".
    if (other.substr(0, 4) != "loss" || (name != "loss" && other != "loss")) continue;
    if (!name.starts_with("loss")) continue;
    return Failure{
        fmt::format("{}: stands beside {}, which says the same; leave one", name, other)};
  }
  given_.push_back(field->name);
  if (field->read(value, line_) && field->within(line_)) return Done{};
  return Failure{fmt::format("{}: \"{}\" won't do; give {}", name, shown(value), field->form())};
}

}  // namespace

bool LineProfile::is_perfect() const {
  return rtt == 0ms && !down_bps && !up_bps && loss_down == 0 && loss_up == 0 && lose.empty();
}

Result<LineProfile> parse_line(std::string_view text) {
  return Parser{}.parse(text);
}

std::string line_text(const LineProfile& profile) {
  const Preset* preset = preset_named(profile.preset);
  if (preset != nullptr && preset->profile == profile) return profile.preset;
  std::string text;
  for (const Field& field : fields()) {
    const std::string value = field.write(profile);
    if (value.empty()) continue;
    if (!text.empty()) text += ',';
    fmt::format_to(std::back_inserter(text), "{}={}", field.name, value);
  }
  return text.empty() ? "rtt=0ms" : text;
}

Status check(const LineProfile& profile) {
  for (const Field& field : fields()) {
    if (field.within(profile)) continue;
    return Failure{fmt::format("{}: is out of range; give {}", field.name, field.form())};
  }
  return check_burst(profile);
}

void forget_changed_preset(LineProfile& profile) {
  const Preset* preset = preset_named(profile.preset);
  if (preset == nullptr || preset->profile != profile) profile.preset.clear();
}

Result<NamedLoss> parse_named_loss(std::string_view text) {
  if (const auto loss = read_named_loss(text)) return *loss;
  return Failure{fmt::format("lose: \"{}\" won't do; give {}", shown(text), lose_form())};
}

std::string named_loss_text(const NamedLoss& loss) {
  const std::string connection = loss.connection == 0 ? "" : fmt::format("c{}:", loss.connection);
  const std::string_view direction = loss.direction == Direction::up ? "up:" : "";
  return fmt::format("{}{}{}", connection, direction, loss.segment);
}

std::string_view name_of(CongestionControl kind) {
  switch (kind) {
    case CongestionControl::reno:
      return "reno";
    case CongestionControl::cubic:
      return "cubic";
  }
  return {};
}

std::optional<CongestionControl> congestion_control_named(std::string_view name) {
  for (const CongestionControl kind : {CongestionControl::reno, CongestionControl::cubic}) {
    if (name == name_of(kind)) return kind;
  }
  return std::nullopt;
}

Failure no_preset(std::string_view name) {
  const auto known = preset_names();
  if (const auto near = nearest_word(name, known)) {
    return {fmt::format("preset: \"{}\" is none; did you mean {}?", shown(name), *near)};
  }
  return {fmt::format("preset: \"{}\" is none; here are {}", shown(name), fmt::join(known, ", "))};
}

}  // namespace muxlab::link
