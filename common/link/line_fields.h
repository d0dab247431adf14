// The one table of a line's fields as text: how each is read, what it may be, how it is written.
// Inside this room; others read and write whole lines (line_profile.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/link/line_profile.h"

namespace muxlab::link {

struct Field {
  std::string_view name;
  // False: the text is none such; then the profile's field is whatever it may be.
  bool (*read)(std::string_view text, LineProfile& line);
  bool (*within)(const LineProfile& line);        // its range
  std::string (*form)();                          // what it may be, to stand behind "give"
  std::string (*write)(const LineProfile& line);  // empty: as on a line that does not say it
};

// In the order in which they are written.
std::span<const Field> fields();
const Field* field_named(std::string_view name);  // null: there is none

// One segment of `lose`.
std::optional<NamedLoss> read_named_loss(std::string_view text);
std::string lose_form();

// Without the spaces around it.
std::string_view trimmed(std::string_view text);

// Takes what stands before the next separator off the front, trimmed; the separator goes too.
std::string_view take(std::string_view& rest, char separator);

}  // namespace muxlab::link
