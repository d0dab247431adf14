// For a test of what may not be read: root reads everything, so the test is someone else meanwhile.
#pragma once

#include <unistd.h>

#include <cstdlib>

namespace muxlab::test {

class NotRoot {
 public:
  NotRoot() {
    if (::geteuid() == 0) changed_ = ::seteuid(nobody) == 0;
  }
  ~NotRoot() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  static constexpr ::uid_t nobody = 65534;  // Linux's overflow user, whom nothing belongs to
  bool changed_ = false;
};

}  // namespace muxlab::test
