// The plain files of a folder, read once at start: path to content, each with its response headers
// ready. Immutable after loading, so all workers share it without a lock.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/http/headers.h"
#include "common/http/response.h"

namespace muxlab::server::site {

struct File {
  http::Headers headers;  // of its response
  std::shared_ptr<const std::string> content;
};

// The fields every file of the site is sent with. Nothing is stored by a cache: a page loaded again
// must be fetched again, or there would be nothing to see.
http::Headers file_headers(std::string_view content_type);

File make_file(std::string_view content_type, std::string content);

// A 200 with the file's content, which it shares.
http::Response respond_with(const File& file);

// "text/css; charset=utf-8" for "style.css"; application/octet-stream for an unknown ending.
std::string_view content_type_of(std::string_view path);

class Files {
 public:
  // A site of demo pages is a few dozen small files; a folder given by mistake (a home directory,
  // say) ends the start instead of filling the memory.
  static constexpr std::size_t max_files = 1000;
  static constexpr std::size_t max_file_bytes = 8u << 20;
  static constexpr std::size_t max_total_bytes = 64u << 20;

  // Reads the folder and the folders in it. Names that begin with a dot are left out. Fails with
  // one line that names the folder or file when something can't be read or a limit is passed.
  static Result<Files> load(const std::filesystem::path& folder);

  // By the path below the folder, with "/" before it: "/mosaic/style.css". Null when there is none.
  const File* find(std::string_view path) const;

  // Takes a file out, as one that is not served as it is (a template); none when there is none.
  std::optional<File> take(std::string_view path);

  std::size_t size() const { return files_.size(); }

 private:
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace muxlab::server::site
