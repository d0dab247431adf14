// How urgent an exchange is, by the value of its priority field.
#pragma once

#include <charconv>
#include <string_view>

namespace muxlab::trace {

// RFC 9218 section 4.1: 0 is the most urgent; what does not say has 3.
inline int urgency_of(std::string_view priority) {
  constexpr int without = 3;
  const std::size_t at = priority.find("u=");
  if (at == std::string_view::npos) return without;
  int urgency = without;
  std::from_chars(priority.data() + at + 2, priority.data() + priority.size(), urgency);
  return urgency;
}

}  // namespace muxlab::trace
