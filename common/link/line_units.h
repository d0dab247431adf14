// Quantities as people write them: a decimal number and a unit. Nothing is rounded, neither way:
// what is written reads back the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace muxlab::link {

// Ten to this power of the smallest thing that is counted: a mbit is 10^6 bits.
struct Unit {
  std::string_view name;
  int power;
};

// From the smallest; of a second, of nanoseconds, of bytes.
inline constexpr Unit rate_units[] = {{"bit", 0}, {"kbit", 3}, {"mbit", 6}, {"gbit", 9}};
inline constexpr Unit time_units[] = {{"ms", 6}, {"s", 9}};
inline constexpr Unit size_units[] = {{"kB", 3}, {"MB", 6}};

// "2.5mbit" is 2'500'000. None: no number, no unit or one that is not there, too large to be
// counted, or finer than what is counted.
std::optional<std::uint64_t> read_quantity(std::string_view text, std::span<const Unit> units);

// In the largest unit that needs no fraction, "1500kbit"; else in the smallest, "0.25ms".
std::string quantity_text(std::uint64_t count, std::span<const Unit> units);

// Digits alone. None: anything else, or too large.
std::optional<std::uint64_t> read_whole(std::string_view text);

// Digits, with a fraction or without, times ten to `power`: "0.5" with -2 is 0.005.
std::optional<double> read_decimal(std::string_view text, int power = 0);

// The shortest text that read_decimal() reads back with the same power. Needs a value that is
// finite and not negative.
std::string decimal_text(double value, int power = 0);

}  // namespace muxlab::link
