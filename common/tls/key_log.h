// The file that TLS secrets are appended to, in the form of NSS's SSLKEYLOGFILE: with it Wireshark
// reads a capture. Whoever has it reads everything, so its owner alone may (mode 0600).
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "common/base/result.h"

namespace muxlab::tls {

class KeyLog {
 public:
  // Fails with one line that names the file and the cure.
  static Result<std::shared_ptr<const KeyLog>> open(const std::filesystem::path& file);

  KeyLog(const KeyLog&) = delete;
  KeyLog& operator=(const KeyLog&) = delete;
  ~KeyLog();

  // Appends `line` and its end at once, so that the lines of several threads stay whole. A line
  // that can't be written is dropped: a log must not stop the server.
  void add(std::string_view line) const;

 private:
  explicit KeyLog(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace muxlab::tls
