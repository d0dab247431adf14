// A folder held by one process or thread at a time, as long as this object lives. Binds only those
// who ask for the lock too; leaves nothing behind when its holder dies.
#pragma once

#include <filesystem>
#include <utility>

#include "common/base/result.h"

namespace muxlab::tls {

class FolderLock {
 public:
  // Waits for the present holder. Fails with one line that names the folder and the cure.
  static Result<FolderLock> take(const std::filesystem::path& folder);

  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // of the folder itself
};

}  // namespace muxlab::tls
