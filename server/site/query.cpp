#include "server/site/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>

#include "common/http/query.h"

namespace muxlab::server::site {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return UINT64_MAX;  // out of every range here
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What the visitor sent is not repeated: it would need escaping.
Failure refused(std::string mistake, std::span<const NumberParameter> parameters) {
  std::string sentence = std::move(mistake) + " This address takes ";
  std::string_view before;
  for (const NumberParameter& parameter : parameters) {
    fmt::format_to(std::back_inserter(sentence), "{}{}: a whole number from {} to {}", before,
                   parameter.name, parameter.least, parameter.most);
    before = "; ";
  }
  fmt::format_to(std::back_inserter(sentence), "; as in ?{}={}.", parameters.front().name,
                 parameters.front().if_absent);
  return {std::move(sentence)};
}

Result<std::uint64_t> read_value(const NumberParameter& parameter, std::string_view text,
                                 std::span<const NumberParameter> parameters) {
  const std::optional<std::uint64_t> number = parse_number(text);
  if (!number)
    return refused(fmt::format("The value of {} is not a number.", parameter.name), parameters);
  if (*number < parameter.least || *number > parameter.most) {
    return refused(fmt::format("The value of {} is out of range.", parameter.name), parameters);
  }
  return *number;
}

}  // namespace

Status read_numbers(std::string_view query, std::span<const NumberParameter> parameters,
                    std::span<std::uint64_t> values) {
  assert(parameters.size() == values.size() && parameters.size() <= 32);
  for (std::size_t i = 0; i < parameters.size(); ++i) values[i] = parameters[i].if_absent;
  std::uint32_t given = 0;  // a bit for each
  while (!query.empty()) {
    const http::QueryPair pair = http::take_pair(query);
    const auto named = [&pair](const NumberParameter& known) { return known.name == pair.name; };
    const auto parameter = std::find_if(parameters.begin(), parameters.end(), named);
    if (parameter == parameters.end()) continue;  // others add their own: ?utm_source=...
    const auto index = static_cast<std::size_t>(parameter - parameters.begin());
    if ((given >> index & 1u) != 0) {
      return refused(fmt::format("There is more than one {} in the address.", parameter->name),
                     parameters);
    }
    given |= 1u << index;
    const Result<std::uint64_t> value = read_value(*parameter, pair.value, parameters);
    if (!value.ok()) return value.failure();
    values[index] = value.value();
  }
  return Done{};
}

Result<Duration> delay_asked(std::string_view query) {
  static constexpr std::array<NumberParameter, 1> parameters{delay_parameter};
  const auto numbers = numbers_of(query, parameters);
  if (!numbers.ok()) return numbers.failure();
  return delay_of(numbers.value().front());
}

}  // namespace muxlab::server::site
