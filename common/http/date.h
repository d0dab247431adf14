// The Date field, formatted once a second and read by every response.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace muxlab::http {

// IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string imf_fixdate(std::chrono::sys_seconds time);

class DateStamp {
 public:
  explicit DateStamp(std::chrono::sys_seconds now) { set(now); }

  void set(std::chrono::sys_seconds now) {
    if (now == time_ && !text_.empty()) return;
    time_ = now;
    text_ = imf_fixdate(now);
  }
  std::string_view text() const { return text_; }

 private:
  std::chrono::sys_seconds time_{};
  std::string text_;
};

}  // namespace muxlab::http
