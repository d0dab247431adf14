// A folder of the disk out of which nothing is opened: the kernel itself refuses "..", absolute
// links and links that lead outside (openat2 with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS).
// Owns the descriptor of the folder. Knows nothing of what the files hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "server/site/descriptor.h"

namespace muxlab::server::site {

// Tells one state of a file from another. An edit changes at least the time of change, unless the
// kernel's clock has not ticked since the last one (some milliseconds).
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

struct FoundFile {
  std::string name;  // below the folder, with "/" before it: "/mosaic/style.css"
  FileStamp stamp;
};

// What is in the folder and not served, and why: "Permission denied", "is a link to nowhere".
struct LeftOut {
  std::string name;  // as in FoundFile
  std::string why;

  bool operator==(const LeftOut&) const = default;
};

// Both in the order of their names.
struct Listing {
  std::vector<FoundFile> files;
  std::vector<LeftOut> left_out;
};

struct OpenedFile {
  Descriptor descriptor;
  FileStamp stamp;
};

class Folder {
 public:
  // A folder given by mistake (a home directory, say) ends the start instead of filling the memory.
  static constexpr std::size_t max_entries = 10'000;  // files and folders
  // A link to a folder inside may be followed again and again; a path of more is no site's.
  static constexpr std::size_t max_depth = 32;

  // Fails, naming the folder, when it can't be opened or the kernel can't keep it closed.
  static Result<Folder> open(const std::filesystem::path& path);

  // The regular files in it and in the folders below. Left out without a word are names that begin
  // with a dot, except /.well-known, which the web has an agreement about (RFC 8615). Left out with
  // one is all else that can't be served: what can't be read, links that lead outside, nowhere or
  // back to a folder above, what is neither file nor folder, and folders below max_depth. Fails,
  // naming the folder, when it can't be read itself or holds more than max_entries.
  Result<Listing> list() const;

  // A regular file by a name as in FoundFile; fails with the reason alone.
  Result<OpenedFile> open_file(const std::string& name) const;

  const std::filesystem::path& path() const { return path_; }

  // The same folder of the disk, whatever it is called by now.
  bool is(const Folder& other) const { return identity_ == other.identity_; }

 private:
  Folder(std::filesystem::path path, Descriptor root, FileStamp identity)
      : path_(std::move(path)), root_(std::move(root)), identity_(identity) {}

  std::filesystem::path path_;
  Descriptor root_;
  FileStamp identity_;  // device and inode alone
};

}  // namespace muxlab::server::site
