#include "common/tls/key_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace muxlab::tls {

Result<std::shared_ptr<const KeyLog>> KeyLog::open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Failure{file.string() + ": can't be written (" + std::generic_category().message(errno) +
                   "); give the key log another file"};
  }
  return std::shared_ptr<const KeyLog>{new KeyLog{descriptor}};
}

KeyLog::~KeyLog() {
  ::close(descriptor_);
}

void KeyLog::add(std::string_view line) const {
  std::string whole{line};
  whole += '\n';
  while (::write(descriptor_, whole.data(), whole.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace muxlab::tls
