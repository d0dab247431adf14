#include "common/trace/json.h"

#include <fmt/chrono.h>

#include <cmath>

namespace muxlab::trace {

double rounded_ms(Duration duration) {
  constexpr double nanoseconds_in_a_microsecond = 1000;
  constexpr double microseconds_in_a_millisecond = 1000;
  return std::round(static_cast<double>(duration.count()) / nanoseconds_in_a_microsecond) /
         microseconds_in_a_millisecond;
}

std::string utc_text(std::chrono::system_clock::time_point when) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(when - second);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(second)), rest.count());
}

}  // namespace muxlab::trace
