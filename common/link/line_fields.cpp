#include "common/link/line_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/link/line_units.h"

namespace muxlab::link {
namespace {

constexpr int percent = -2;  // as a power of ten
constexpr std::string_view unlimited = "unlimited";
constexpr std::string_view no_burst = "none";

// ---- one value -----------------------------------------------------------------------------

bool read_rtt(std::string_view text, LineProfile& line) {
  const auto nanoseconds = read_quantity(text, time_units);
  constexpr auto most = static_cast<std::uint64_t>(longest_rtt.count());
  if (!nanoseconds || *nanoseconds > most) return false;
  line.rtt = Duration{static_cast<Duration::rep>(*nanoseconds)};
  return true;
}
std::string rtt_text(const LineProfile& line) {
  return quantity_text(static_cast<std::uint64_t>(line.rtt.count()), time_units);
}

bool read_rate(std::string_view text, std::optional<std::uint64_t>& rate) {
  rate = read_quantity(text, rate_units);
  return text == unlimited || rate.has_value();
}
std::string rate_text(const std::optional<std::uint64_t>& rate) {
  return rate ? quantity_text(*rate, rate_units) : std::string{unlimited};
}

bool read_share(std::string_view text, double& share) {
  if (!text.ends_with('%')) return false;
  text.remove_suffix(1);
  const auto read = read_decimal(text, percent);
  share = read.value_or(0);
  return read.has_value();
}
std::string share_text(double share) {
  return decimal_text(share, percent) + "%";
}

bool read_burst(std::string_view text, LineProfile& line) {
  line.burst = read_decimal(text);
  return text == no_burst || line.burst.has_value();
}

// Either sort of queue replaces the other.
bool read_queue(std::string_view text, LineProfile& line) {
  line.queue_packets = LineProfile{}.queue_packets;
  line.queue_bytes = read_quantity(text, size_units);
  if (line.queue_bytes) return true;
  const auto packets = read_whole(text);
  line.queue_packets = packets.value_or(0);
  return packets.has_value();
}
std::string queue_text(const LineProfile& line) {
  if (line.queue_bytes) return quantity_text(*line.queue_bytes, size_units);
  return fmt::to_string(line.queue_packets);
}

bool read_lose(std::string_view text, LineProfile& line) {
  line.lose.clear();
  if (text.ends_with('+')) return false;
  do {
    const auto loss = read_named_loss(take(text, '+'));
    if (!loss || line.lose.size() == most_named_losses) return false;
    line.lose.push_back(*loss);
  } while (!text.empty());
  return true;
}
std::string lose_text(const LineProfile& line) {
  std::string text;
  for (const NamedLoss& loss : line.lose) {
    if (!text.empty()) text += '+';
    text += named_loss_text(loss);
  }
  return text;
}

bool read_congestion_control(std::string_view text, LineProfile& line) {
  const auto kind = congestion_control_named(text);
  line.congestion_control = kind.value_or(CongestionControl::reno);
  return kind.has_value();
}

bool read_seed(std::string_view text, LineProfile& line) {
  const auto seed = read_whole(text);
  line.seed = seed.value_or(0);
  return seed.has_value();
}

// ---- ranges --------------------------------------------------------------------------------

bool rate_is_within(const std::optional<std::uint64_t>& rate) {
  return !rate || (*rate >= lowest_bps && *rate <= highest_bps);
}

bool is_share(double loss) {
  return loss == 0 || (loss >= least_loss && loss <= 1);
}

bool burst_is_within(const LineProfile& line) {
  return !line.burst || (*line.burst >= 1 && *line.burst <= longest_burst);
}

bool queue_is_within(const LineProfile& line) {
  if (line.queue_packets < 1 || line.queue_packets > most_queue_packets) return false;
  return !line.queue_bytes ||
         (*line.queue_bytes >= least_queue_bytes && *line.queue_bytes <= most_queue_bytes);
}

bool lose_is_within(const LineProfile& line) {
  return line.lose.size() <= most_named_losses &&
         std::all_of(line.lose.begin(), line.lose.end(),
                     [](const NamedLoss& loss) { return loss.segment > 0; });
}

// ---- what each may be ----------------------------------------------------------------------

std::string rtt_form() {
  const auto longest = static_cast<std::uint64_t>(longest_rtt.count());
  return fmt::format("a time from 0ms to {}, such as 80ms or 1.5s",
                     quantity_text(longest, time_units));
}
std::string rate_form() {
  return fmt::format("bits a second from {} to {}, such as 10mbit or 384kbit, or {}",
                     rate_text(lowest_bps), rate_text(highest_bps), unlimited);
}
std::string share_form() {
  return fmt::format("0% or a percentage from {} to 100%, such as 1% or 0.5%",
                     share_text(least_loss));
}
std::string burst_form() {
  return fmt::format("how many are lost in a row, from 1 to {}, such as 4 or 2.5, or {}",
                     decimal_text(longest_burst), no_burst);
}
std::string queue_form() {
  return fmt::format("packets from 1 to {}, such as 100, or bytes from {} to {}, such as 64kB",
                     most_queue_packets, quantity_text(least_queue_bytes, size_units),
                     quantity_text(most_queue_bytes, size_units));
}
std::string congestion_control_form() {
  return "reno or cubic";
}
std::string seed_form() {
  return fmt::format("a whole number from 0 to {}", UINT64_MAX);
}

// ---- the fields ----------------------------------------------------------------------------

// "loss" speaks for both directions where they agree, the other two where they don't.
std::string one_loss_text(const LineProfile& line, double loss) {
  return line.loss_down == line.loss_up || loss == 0 ? "" : share_text(loss);
}

constexpr Field all_fields[] = {
    {"rtt", read_rtt,
     [](const LineProfile& line) { return line.rtt >= 0ms && line.rtt <= longest_rtt; }, rtt_form,
     [](const LineProfile& line) { return line.rtt == 0ms ? "" : rtt_text(line); }},
    {"down",
     [](std::string_view text, LineProfile& line) { return read_rate(text, line.down_bps); },
     [](const LineProfile& line) { return rate_is_within(line.down_bps); }, rate_form,
     [](const LineProfile& line) { return line.down_bps ? rate_text(line.down_bps) : ""; }},
    {"up", [](std::string_view text, LineProfile& line) { return read_rate(text, line.up_bps); },
     [](const LineProfile& line) { return rate_is_within(line.up_bps); }, rate_form,
     [](const LineProfile& line) { return line.up_bps ? rate_text(line.up_bps) : ""; }},
    {"loss",
     [](std::string_view text, LineProfile& line) {
       const bool read = read_share(text, line.loss_down);
       line.loss_up = line.loss_down;
       return read;
     },
     // Where the two differ, each is the next fields' to judge.
     [](const LineProfile& line) {
       return line.loss_down != line.loss_up || is_share(line.loss_down);
     },
     share_form,
     [](const LineProfile& line) {
       const bool said = line.loss_down == line.loss_up && line.loss_down > 0;
       return said ? share_text(line.loss_down) : "";
     }},
    {"loss_down",
     [](std::string_view text, LineProfile& line) { return read_share(text, line.loss_down); },
     [](const LineProfile& line) { return is_share(line.loss_down); }, share_form,
     [](const LineProfile& line) { return one_loss_text(line, line.loss_down); }},
    {"loss_up",
     [](std::string_view text, LineProfile& line) { return read_share(text, line.loss_up); },
     [](const LineProfile& line) { return is_share(line.loss_up); }, share_form,
     [](const LineProfile& line) { return one_loss_text(line, line.loss_up); }},
    {"burst", read_burst, burst_is_within, burst_form,
     [](const LineProfile& line) { return line.burst ? decimal_text(*line.burst) : ""; }},
    {"lose", read_lose, lose_is_within, lose_form, lose_text},
    {"queue", read_queue, queue_is_within, queue_form,
     [](const LineProfile& line) {
       const bool usual = !line.queue_bytes && line.queue_packets == LineProfile{}.queue_packets;
       return usual ? "" : queue_text(line);
     }},
    {"cc", read_congestion_control, [](const LineProfile&) { return true; },
     congestion_control_form,
     [](const LineProfile& line) {
       const bool usual = line.congestion_control == CongestionControl::reno;
       return std::string{usual ? "" : name_of(line.congestion_control)};
     }},
    {"seed", read_seed, [](const LineProfile&) { return true; }, seed_form,
     [](const LineProfile& line) { return line.seed == 1 ? "" : fmt::to_string(line.seed); }},
};

}  // namespace

std::span<const Field> fields() {
  return all_fields;
}

const Field* field_named(std::string_view name) {
  const auto found = std::find_if(std::begin(all_fields), std::end(all_fields),
                                  [&](const Field& each) { return each.name == name; });
  return found == std::end(all_fields) ? nullptr : found;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

std::optional<NamedLoss> read_named_loss(std::string_view text) {
  NamedLoss loss;
  if (text.starts_with('c')) {
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find(':'), text.size());
    const auto connection = read_whole(text.substr(0, end));
    if (!connection || *connection == 0 || *connection > UINT32_MAX) return std::nullopt;
    loss.connection = static_cast<std::uint32_t>(*connection);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (const Direction direction : {Direction::down, Direction::up}) {
    if (!text.starts_with(fmt::format("{}:", name_of(direction)))) continue;
    loss.direction = direction;
    text.remove_prefix(name_of(direction).size() + 1);
    break;
  }
  const auto segment = read_whole(text);
  if (!segment || *segment == 0) return std::nullopt;
  loss.segment = *segment;
  return loss;
}

std::string lose_form() {
  return fmt::format(
      "segments as c1:7 (connection 1, the 7th down), c1:up:7 or 7 (of every connection), divided "
      "by +, at most {}",
      most_named_losses);
}
}  // namespace muxlab::link
