
#include <algorithm>

#include "common/link/line_profile.h"

namespace muxlab::link {
namespace {

constexpr std::uint64_t kbit = 1'000;
constexpr std::uint64_t mbit = 1'000'000;

LineProfile line(std::string name, Duration rtt, std::uint64_t down_bps, std::uint64_t up_bps) {
  LineProfile made;
  made.preset = std::move(name);
  made.rtt = rtt;
  made.down_bps = down_bps;
  made.up_bps = up_bps;
  return made;
}

// Half a second of the way down: with 100 packets slow start would end long before the line is
// full.
LineProfile satellite() {
  LineProfile made = line("satellite", 600ms, 20 * mbit, 3 * mbit);
  made.queue_packets = 1'000;
  return made;
}

LineProfile lossy_wifi() {
  LineProfile made = line("lossy-wifi", 30ms, 30 * mbit, 15 * mbit);
  made.loss_down = 0.01;
  made.loss_up = 0.01;
  made.burst = 3;
  return made;
}

LineProfile perfect() {
  LineProfile made;
  made.preset = "perfect";
  return made;
}

std::vector<Preset> all_presets() {
  return {
      {line("fiber", 4ms, 100 * mbit, 20 * mbit), "Fibre to the home",
       "rtt: WebPageTest's profile FIOS. down, up: what the FCC calls broadband since its 2024 "
       "Broadband Deployment Report. queue: our choice"},
      {line("cable", 30ms, 50 * mbit, 10 * mbit), "The usual line at home",
       "rtt: WebPageTest's profile Cable, 28 ms, rounded. down, up: the medians of all lines in "
       "Ofcom's UK home broadband performance of March 2021, 50.4 and 9.8 Mbit/s, rounded. queue: "
       "our choice"},
      {line("dsl", 50ms, 1'500 * kbit, 384 * kbit), "An old telephone line, far from the exchange",
       "rtt, down, up: WebPageTest's profile DSL. queue: our choice"},
      {line("4g", 170ms, 9 * mbit, 9 * mbit), "A telephone on a busy mobile network",
       "rtt, down, up: WebPageTest's profile 4G. queue: our choice"},
      {line("3g", 300ms, 1'600 * kbit, 768 * kbit), "A telephone in the country",
       "rtt, down, up: WebPageTest's profile 3G. queue: our choice"},
      {satellite(), "A geostationary satellite",
       "rtt: the way up and down, 4 x 35,786 km, takes 477 ms; some 600 ms with what is on the "
       "ground. down, up: near HughesNet's 19.7 and 2.4 and Viasat's 18.1 and 3.4 Mbit/s, Ookla's "
       "US medians for Q2 2021. queue: our choice, about one round trip's worth"},
      {lossy_wifi(), "A wireless network at its edge",
       "down, up: Firefox's throttling profile Wi-Fi. rtt: as for cable, which lies behind it. "
       "loss, burst: our choice, to show what loss does; that losses of 802.11 come in bursts: "
       "Carvalho, Angeja and Navarro, IEEE Trans. Consumer Electronics 51 (2005). queue: our "
       "choice"},
      {perfect(), "No line: nothing is simulated", "As fast as the machine itself"},
  };
}

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = all_presets();
  return all;
}

const Preset* preset_named(std::string_view name) {
  const auto& all = presets();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Preset& each) { return each.profile.preset == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace muxlab::link
