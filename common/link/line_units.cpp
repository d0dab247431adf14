#include "common/link/line_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace muxlab::link {
namespace {

constexpr std::string_view digits = "0123456789";

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(digits) == text.npos;
}

// What stands before and behind the point; the second empty where there is none.
struct Decimal {
  std::string whole;
  std::string fraction;
};

std::optional<Decimal> split(std::string_view number) {
  const std::size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  if (!is_digits(whole)) return std::nullopt;
  if (point == number.npos) return Decimal{std::string{whole}, {}};
  const std::string_view fraction = number.substr(point + 1);
  if (!is_digits(fraction)) return std::nullopt;
  return Decimal{std::string{whole}, std::string{fraction}};
}

// `figures` with the point behind the first `whole` of them, without zeros that say nothing.
std::string with_point(std::string figures, int whole) {
  if (whole < 1) {
    figures.insert(0, static_cast<std::size_t>(1 - whole), '0');
    whole = 1;
  }
  const auto point = static_cast<std::size_t>(whole);
  if (figures.size() <= point) return figures.append(point - figures.size(), '0');
  const std::size_t end = std::max(figures.find_last_not_of('0') + 1, point);
  figures.resize(end);
  if (end > point) figures.insert(point, 1, '.');
  return figures;
}

std::uint64_t ten_to(int power) {
  std::uint64_t value = 1;
  for (int i = 0; i < power; ++i) value *= 10;
  return value;
}

}  // namespace

std::optional<std::uint64_t> read_whole(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || !is_digits(text)) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> read_quantity(std::string_view text, std::span<const Unit> units) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& each) { return each.name == text.substr(end); });
  auto number = split(text.substr(0, end));
  if (unit == units.end() || !number) return std::nullopt;
  std::string& fraction = number->fraction;
  fraction.resize(fraction.find_last_not_of('0') + 1);
  const auto places = static_cast<std::size_t>(unit->power);
  if (fraction.size() > places) return std::nullopt;
  fraction.resize(places, '0');
  return read_whole(number->whole + fraction);
}

std::string quantity_text(std::uint64_t count, std::span<const Unit> units) {
  const Unit* chosen = &units.front();
  for (const Unit& unit : units) {
    if (count >= ten_to(unit.power) && count % ten_to(unit.power) == 0) chosen = &unit;
  }
  std::string figures = fmt::to_string(count);
  const int whole = static_cast<int>(figures.size()) - chosen->power;
  return with_point(std::move(figures), whole).append(chosen->name);
}

std::optional<double> read_decimal(std::string_view text, int power) {
  if (!split(text)) return std::nullopt;
  // One conversion, so that 0.1 % is the double that is nearest to 0.001.
  const std::string scaled = fmt::format("{}e{}", text, power);
  double value = 0;
  const auto [end, error] = std::from_chars(scaled.data(), scaled.data() + scaled.size(), value);
  if (error != std::errc{} || end != scaled.data() + scaled.size()) return std::nullopt;
  return value;
}

std::string decimal_text(double value, int power) {
  std::array<char, 32> room;  // the longest is "2.2250738585072014e-308"
  const auto written =
      std::to_chars(room.data(), room.data() + room.size(), value, std::chars_format::scientific);
  const std::string_view text{room.data(), written.ptr};
  const std::size_t mark = text.find('e');
  std::string figures{text.substr(0, mark)};
  std::erase(figures, '.');
  if (value == 0) return "0";
  std::string_view exponent_text = text.substr(mark + 1);
  if (exponent_text.front() == '+') exponent_text.remove_prefix(1);
  int exponent = 0;
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  return with_point(std::move(figures), 1 + exponent - power);
}

}  // namespace muxlab::link
