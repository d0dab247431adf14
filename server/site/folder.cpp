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

// Why a name led nowhere; empty when it only changed meanwhile, which the next look will see.
std::string why_no_way(int error, bool plain) {
  if (error == EAGAIN || (plain && error == ENOENT)) return {};
  if (error == EXDEV) return "is a link that leads outside";
  if (error == ELOOP) return "is a link in a circle";
  if (error == ENOENT || error == ENOTDIR) return "is a link to nowhere";
  return reason(error);
}

// A name that begins with a dot is its owner's own business, like .git; but in this one, at the
// root of a site, lies what others are meant to find (RFC 8615 section 3).
bool is_hidden(const std::string& folder, std::string_view name) {
  return name.front() == '.' && !(folder.empty() && name == ".well-known");
}

struct Entry {
  std::string name;
  unsigned char type = DT_UNKNOWN;  // as far as the folder itself says
};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// One walk through a folder. Each folder is read whole before those in it are entered.
class Walk {
 public:
  Walk(const std::filesystem::path& path, int root) : path_(path), root_(root) {}

  Result<Listing> take();

 private:
  Status enter(const std::string& name);
  // errno's number; 0: it was read.
  int read(const std::string& name, Descriptor folder, std::vector<Entry>& entries) const;
  Status look_at(const std::string& name, unsigned char type);
  Status unreadable(const std::string& name, int error);
  void leave_out(const std::string& name, std::string why) {
    if (!why.empty()) listing_.left_out.push_back({name, std::move(why)});
  }

  const std::filesystem::path& path_;
  int root_;
  std::size_t entries_seen_ = 0;
  std::vector<FileStamp> above_;  // the folders that the walk is in
  Listing listing_;
};

Status Walk::enter(const std::string& name) {
  if (above_.size() > Folder::max_depth) {
    leave_out(name, fmt::format("lies more than {} folders deep", Folder::max_depth));
    return Done{};
  }
  Descriptor folder = open_beneath(root_, relative(name), O_RDONLY | O_DIRECTORY);
  struct stat status = {};
  // Asked for "." in it: that takes the right to reach what lies there.
  if (!folder.open() || ::fstatat(folder.number(), ".", &status, 0) != 0) {
    return unreadable(name, errno);
  }
  const FileStamp identity = identity_of(status);
  if (std::find(above_.begin(), above_.end(), identity) != above_.end()) {
    leave_out(name, "is a link back to a folder above it");
    return Done{};
  }
  std::vector<Entry> entries;
  if (const int error = read(name, std::move(folder), entries); error != 0) {
    return unreadable(name, error);
  }
  entries_seen_ += entries.size();
  if (entries_seen_ > Folder::max_entries) {
    return Failure{fmt::format("{} holds more than {} files: is it the folder of a site?",
                               path_.string(), Folder::max_entries)};
  }

  above_.push_back(identity);
  for (const Entry& entry : entries) {
    if (Status done = look_at(name + "/" + entry.name, entry.type); !done.ok()) return done;
  }
  above_.pop_back();
  return Done{};
}

Status Walk::unreadable(const std::string& name, int error) {
  if (name.empty()) {
    return Failure{fmt::format("cannot read {}: {}", path_.string(), reason(error))};
  }
  leave_out(name, why_no_way(error, true));
  return Done{};
}

int Walk::read(const std::string& name, Descriptor folder, std::vector<Entry>& entries) const {
  const std::unique_ptr<DIR, CloseFolder> open{::fdopendir(folder.number())};
  if (!open) return errno;
  folder.release();  // closed with `open` from now on
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    if (is_hidden(name, entry->d_name)) continue;
    entries.push_back({entry->d_name, entry->d_type});
    if (entries.size() > Folder::max_entries) break;  // enough to be refused
  }
  return errno;
}

Status Walk::look_at(const std::string& name, unsigned char type) {
  const std::string path = relative(name);
  struct stat status = {};
  int error = 0;
  if (type == DT_REG) {
    if (::fstatat(root_, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) error = errno;
  } else {
    const Descriptor there = open_beneath(root_, path, O_PATH);
    if (!there.open() || ::fstat(there.number(), &status) != 0) error = errno;
  }
  if (error == 0 && S_ISDIR(status.st_mode)) return enter(name);
  if (error == 0 && S_ISREG(status.st_mode)) {
    listing_.files.push_back({name, stamp_of(status)});
  } else {
    const bool plain = type == DT_REG || type == DT_DIR;
    leave_out(name, error == 0 ? "is neither a file nor a folder" : why_no_way(error, plain));
  }
  return Done{};
}

Result<Listing> Walk::take() {
  if (Status done = enter(""); !done.ok()) return done.failure();
  const auto by_name = [](const auto& one, const auto& other) { return one.name < other.name; };
  std::sort(listing_.files.begin(), listing_.files.end(), by_name);
  std::sort(listing_.left_out.begin(), listing_.left_out.end(), by_name);
  return std::move(listing_);
}

}  // namespace

Result<Folder> Folder::open(const std::filesystem::path& path) {
  Descriptor root{::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  struct stat status = {};
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

Result<Listing> Folder::list() const {
  return Walk{path_, root_.number()}.take();
}

Result<OpenedFile> Folder::open_file(const std::string& name) const {
  Descriptor descriptor = open_beneath(root_.number(), relative(name), O_RDONLY);
  struct stat status = {};
  if (!descriptor.open() || ::fstat(descriptor.number(), &status) != 0) {
    return Failure{reason(errno)};
  }
  if (!S_ISREG(status.st_mode)) return Failure{"is no file any more"};
  return OpenedFile{std::move(descriptor), stamp_of(status)};
}

}  // namespace muxlab::server::site
