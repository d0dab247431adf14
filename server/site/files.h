// The files of a folder at one moment: path to file. Immutable after loading, so all workers share
// it without a lock; an edit makes another, which shares with this one all that did not change.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "server/site/file.h"
#include "server/site/file_response.h"
#include "server/site/folder.h"

namespace muxlab::server::site {

class Files {
 public:
  // Content kept in memory, variants included. What comes on top is read when it is asked for.
  static constexpr std::size_t max_cached_bytes = 64u << 20;

  Files() = default;
  Files(Files&&) = default;
  Files& operator=(Files&&) = default;

  // Finds and reads all that can be read. Fails with one line that names the folder and the cure,
  // when it is the folder itself that can't be.
  static Result<Files> load(const std::filesystem::path& folder);

  // The same folder as it is now; none when nothing changed. Looks at every file's stamp, and reads
  // only what changed, and what could not be read before. Fails like load().
  Result<std::optional<Files>> reload() const;

  // By the decoded path: "/mosaic/style.css"; "/mosaic/" finds its index.html. Null when there is
  // none. Valid as long as this.
  const File* find(std::string_view path) const;

  // All whose path ends so: "/mosaic/page.json" with "/page.json". In the order of their paths.
  std::vector<const File*> ending_with(std::string_view ending) const;

  // Serves it no longer, as something that is not for visitors; none when there is none.
  std::shared_ptr<const File> take(std::string_view path);

  // Serves again what was taken.
  void give_back(std::string_view path);

  // Something lies in this folder, "/r/docs/", or below it.
  bool holds_folder(std::string_view path) const;

  // A sentence for each thing in the folder that is not served though its name does not hide it.
  std::vector<std::string> left_out() const;

  std::size_t size() const { return all_.size(); }

 private:
  using ByName = std::map<std::string, std::shared_ptr<const File>, std::less<>>;

  // A file that was found and could not be read.
  struct Unread {
    FileStamp stamp;
    std::string why;
  };

  static Files read(std::shared_ptr<const Folder> folder, Listing listing, const Files& previous);
  bool is_as(const Listing& listing) const;
  void serve(const std::string& name, const File& file);

  std::shared_ptr<const Folder> folder_;
  ByName all_;
  std::map<std::string, Unread, std::less<>> unread_;
  std::vector<LeftOut> not_found_;                            // what the listing left out
  std::unordered_map<std::string_view, const File*> served_;  // by paths that lie in all_
};

}  // namespace muxlab::server::site
