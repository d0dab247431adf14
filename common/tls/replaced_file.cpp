#include "common/tls/replaced_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace muxlab::tls {
namespace {

// A file under a name of its own until it is complete; removed unless it was put in place.
class DraftFile {
 public:
  // Made with mode 0600 and O_EXCL by mkostemps. The name ends as the target's, so that a rule that
  // keeps keys out of version control (*.pem) also holds for a draft that a crash leaves behind.
  explicit DraftFile(const std::filesystem::path& target) {
    const std::string ending = target.extension().string();
    name_ = (target.parent_path() / (target.stem().string() + ".XXXXXX" + ending)).string();
    descriptor_ = ::mkostemps(name_.data(), static_cast<int>(ending.size()), O_CLOEXEC);
  }

  ~DraftFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!in_place_) ::unlink(name_.c_str());
  }

  DraftFile(const DraftFile&) = delete;
  DraftFile& operator=(const DraftFile&) = delete;

  // Each step says whether it succeeded, and leaves its reason in errno if not.
  bool made() const { return descriptor_ >= 0; }

  bool write(Bytes bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
  }

  bool put_in_place(const std::filesystem::path& target, ::mode_t mode) {
    in_place_ = ::fchmod(descriptor_, mode) == 0 && ::fsync(descriptor_) == 0 &&
                ::rename(name_.c_str(), target.c_str()) == 0;
    return in_place_;
  }

 private:
  std::string name_;
  int descriptor_ = -1;
  bool in_place_ = false;
};

}  // namespace

Status replace_file(const std::filesystem::path& file, ::mode_t mode, Bytes bytes) {
  DraftFile draft{file};
  if (!draft.made() || !draft.write(bytes) || !draft.put_in_place(file, mode)) {
    return Failure{file.string() + ": cannot be written (" +
                   std::generic_category().message(errno) + ")"};
  }
  return Done{};
}

}  // namespace muxlab::tls
