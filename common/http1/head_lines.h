// Cuts the head of a message into its lines, strictly: CRLF alone ends a line, and no other control
// character but HTAB stands in one. Keeps its place between calls; of bytes none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/bytes.h"
#include "common/http1/characters.h"
#include "common/http1/refusal.h"

namespace muxlab::http1 {

// The head is not whole yet.
struct NeedsMore {};

class HeadLines {
 public:
  static constexpr std::size_t crlf_bytes = 2;

  struct Step {
    enum class Kind {
      line,        // `text`, without its CRLF
      needs_more,  // the line has not ended yet
      too_long,    // and it won't before `window_end`
      refused,     // `refusal` says why
    };
    Kind kind;
    std::string_view text{};
    Refusal refusal{};
  };

  // Looks for the next line in `input`, which begins where the head does and is given again with
  // more behind it. A byte at or behind `window_end` is never looked at, so how much has arrived
  // can't change the outcome.
  Step next(Bytes input, std::size_t window_end) {
    const Bytes window = input.first(std::min(input.size(), window_end));
    const std::size_t control = first_control(window, searched_to_);
    searched_to_ = control;
    const bool open =
        control == window.size() || (window[control] == '\r' && control + 1 == window.size());
    if (open) {
      return {window.size() == window_end ? Step::Kind::too_long : Step::Kind::needs_more};
    }
    if (window[control] != '\r' || window[control + 1] != '\n') {
      return {Step::Kind::refused, {}, stray_control(window[control])};
    }
    const Bytes line = window.subspan(begin_, control - begin_);
    begin_ = searched_to_ = control + crlf_bytes;
    return {Step::Kind::line, text_of(line)};
  }

  // Where the next line begins.
  std::size_t begin() const { return begin_; }

 private:
  static Refusal stray_control(std::uint8_t byte) {
    switch (byte) {
      case '\n':
        return {400, "A line ends in LF without CR."};
      case '\r':
        return {400, "The head holds a CR without LF."};
      default:
        return {400, "The head holds a control character."};
    }
  }

  std::size_t begin_ = 0;        // of the line being read
  std::size_t searched_to_ = 0;  // no control byte between begin_ and here
};

}  // namespace muxlab::http1
