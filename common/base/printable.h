// Text that others chose, made fit for a terminal and for a line of a log: a file's name may hold
// any byte, and some of them would move the cursor.
#pragma once

#include <string>
#include <string_view>

namespace muxlab {

// Control characters, C1 ones too (U+0080 to U+009F), and what is not UTF-8 as "\x1b"; all else as
// it is.
std::string printable(std::string_view text);

}  // namespace muxlab
