#include "server/site/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace muxlab::server::site {
namespace {

// Never waits (a FIFO would) and never leaves `root`; errno says why not.
Descriptor open_beneath(int root, const std::string& name, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NONBLOCK);
  if ((flags & O_PATH) != 0) how.flags &= ~static_cast<std::uint64_t>(O_NONBLOCK);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return Descriptor{static_cast<int>(::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how))};
}

// "style.css" for "/style.css"; "." for the folder itself, whose name is empty.
std::string relative(const std::string& name) {
  return name.empty() ? "." : name.substr(1);
}

std::int64_t nanoseconds(const timespec& time) {
  // A file may claim to be of any year; 64 bits of nanoseconds end in 2262.
  constexpr std::int64_t last_second = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
  const std::int64_t seconds = std::clamp<std::int64_t>(time.tv_sec, -last_second, last_second);
  return seconds * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

FileStamp identity_of(const struct stat& status) {
  return {.device = static_cast<std::uint64_t>(status.st_dev),
          .inode = static_cast<std::uint64_t>(status.st_ino)};
}

std::string reason(int error) {
  return std::generic_category().message(error);
}

// What links do when they lead outside (EXDEV), in a circle or nowhere, or change meanwhile.
bool is_no_way(int error) {
  return error == EXDEV || error == ELOOP || error == ENOENT || error == ENOTDIR ||
         error == EAGAIN || error == ENXIO;
}

struct Entry {
  std::string name;
  bool plain_file = false;  // no link, as far as the folder itself says
};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// One walk through a folder. Each folder is read whole before those in it are entered.
class Walk {
 public:
  Walk(const std::filesystem::path& path, int root) : path_(path), root_(root) {}

  Status enter(const std::string& name);
  std::vector<FoundFile> take_found();

 private:
  Status read(const std::string& name, Descriptor folder, std::vector<Entry>& entries);
  Status look_at(const std::string& name, bool plain_file);
  Failure unreadable(const std::string& name) const {
    return {fmt::format("cannot read {}{}: {}", path_.string(), name, reason(errno))};
  }

  const std::filesystem::path& path_;
  int root_;
  std::size_t entries_seen_ = 0;
  std::vector<FileStamp> above_;  // the folders that the walk is in
  std::vector<FoundFile> found_;
};

Status Walk::enter(const std::string& name) {
  Descriptor folder = open_beneath(root_, relative(name), O_RDONLY | O_DIRECTORY);
  struct stat status {};
  if (!folder.open() || ::fstat(folder.number(), &status) != 0) {
    if (is_no_way(errno)) return Done{};
    return unreadable(name);
  }
  const FileStamp identity = identity_of(status);
  if (std::find(above_.begin(), above_.end(), identity) != above_.end()) return Done{};
  if (above_.size() > Folder::max_depth) {
    return Failure{fmt::format("{}{} lies more than {} folders deep: is it part of a site?",
                               path_.string(), name, Folder::max_depth)};
  }

  std::vector<Entry> entries;
  if (Status done = read(name, std::move(folder), entries); !done.ok()) return done;
  above_.push_back(identity);
  for (const Entry& entry : entries) {
    if (Status done = look_at(name + "/" + entry.name, entry.plain_file); !done.ok()) return done;
  }
  above_.pop_back();
  return Done{};
}

Status Walk::read(const std::string& name, Descriptor folder, std::vector<Entry>& entries) {
  const std::unique_ptr<DIR, CloseFolder> open{::fdopendir(folder.number())};
  if (!open) return unreadable(name);
  folder.release();  // closed with `open` from now on
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    if (entry->d_name[0] == '.') continue;
    if (++entries_seen_ > Folder::max_entries) {
      return Failure{fmt::format("{} holds more than {} files: is it the folder of a site?",
                                 path_.string(), Folder::max_entries)};
    }
    entries.push_back({entry->d_name, entry->d_type == DT_REG});
  }
  if (errno != 0) return unreadable(name);
  return Done{};
}

Status Walk::look_at(const std::string& name, bool plain_file) {
  struct stat status {};
  if (plain_file) {
    if (::fstatat(root_, relative(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return Done{};
  } else {
    const Descriptor there = open_beneath(root_, relative(name), O_PATH);
    if (!there.open() || ::fstat(there.number(), &status) != 0) {
      if (is_no_way(errno)) return Done{};
      return unreadable(name);
    }
  }
  if (S_ISDIR(status.st_mode)) return enter(name);
  if (S_ISREG(status.st_mode)) found_.push_back({name, stamp_of(status)});
  return Done{};
}

std::vector<FoundFile> Walk::take_found() {
  std::sort(found_.begin(), found_.end(),
            [](const FoundFile& one, const FoundFile& other) { return one.name < other.name; });
  return std::move(found_);
}

}  // namespace

Result<Folder> Folder::open(const std::filesystem::path& path) {
  Descriptor root{::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  struct stat status {};
  if (!root.open() || ::fstat(root.number(), &status) != 0) {
    return Failure{fmt::format("cannot open the folder {}: {}", path.string(), reason(errno))};
  }
  const Descriptor probe = open_beneath(root.number(), ".", O_RDONLY | O_DIRECTORY);
  if (!probe.open() && (errno == ENOSYS || errno == EPERM)) {
    return Failure{fmt::format(
        "cannot keep {} closed: openat2 is missing here; it needs Linux 5.6 and a container that "
        "allows it",
        path.string())};
  }
  return Folder{path, std::move(root), identity_of(status)};
}

Result<std::vector<FoundFile>> Folder::list() const {
  Walk walk{path_, root_.number()};
  if (Status done = walk.enter(""); !done.ok()) return done.failure();
  return walk.take_found();
}

std::optional<OpenedFile> Folder::open_file(const std::string& name) const {
  Descriptor descriptor = open_beneath(root_.number(), relative(name), O_RDONLY);
  struct stat status {};
  if (!descriptor.open() || ::fstat(descriptor.number(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return OpenedFile{std::move(descriptor), stamp_of(status)};
}

}  // namespace muxlab::server::site
