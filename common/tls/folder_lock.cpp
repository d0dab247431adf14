#include "common/tls/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace muxlab::tls {
namespace {

Failure cannot_lock(const std::filesystem::path& folder) {
  return {folder.string() + ": cannot be locked (" + std::generic_category().message(errno) +
          "); choose a folder on a local disk that this user may read"};
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return cannot_lock(folder);
  FolderLock lock{descriptor};
  while (::flock(descriptor, LOCK_EX) != 0) {
    if (errno != EINTR) return cannot_lock(folder);
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace muxlab::tls
