// The whole numbers that an address takes behind its "?", and sentences for the visitor who gives
// others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/base/result.h"
#include "common/base/time.h"

namespace muxlab::server::site {

struct NumberParameter {
  std::string_view name;
  std::uint64_t least;
  std::uint64_t most;
  std::uint64_t if_absent;
};

// Thinking time: the answer begins that much later.
inline constexpr NumberParameter delay_parameter{"delay_ms", 0, 10'000, 0};

inline Duration delay_of(std::uint64_t delay_ms) {
  return std::chrono::milliseconds{static_cast<std::int64_t>(delay_ms)};
}

// Reads "tiles=256&delay_ms=100" into `values`, one for each parameter. Refuses, naming every
// parameter and its range: one given twice, anything that is no number in range. Other parameters
// are not its business: links get them from whoever counts visitors.
Status read_numbers(std::string_view query, std::span<const NumberParameter> parameters,
                    std::span<std::uint64_t> values);

template <std::size_t count>
Result<std::array<std::uint64_t, count>> numbers_of(
    std::string_view query, const std::array<NumberParameter, count>& parameters) {
  std::array<std::uint64_t, count> values;
  if (Status done = read_numbers(query, parameters, values); !done.ok()) return done.failure();
  return values;
}

// The delay_ms of an address that takes nothing else.
Result<Duration> delay_asked(std::string_view query);

}  // namespace muxlab::server::site
