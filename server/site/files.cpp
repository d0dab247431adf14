#include "server/site/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace muxlab::server::site {
namespace {

constexpr std::string_view index_name = "/index.html";

// As long as it is now, whatever it was when it was found; none when reading fails.
std::optional<std::string> read_content(const OpenedFile& file) {
  std::string content(static_cast<std::size_t>(file.stamp.bytes), '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t count =
        ::read(file.descriptor.number(), content.data() + filled, content.size() - filled);
    if (count < 0) return std::nullopt;
    if (count == 0) break;  // cut meanwhile: its stamp says so next time
    filled += static_cast<std::size_t>(count);
  }
  content.resize(filled);
  return content;
}

// Null when the file has gone since it was found.
Result<std::shared_ptr<const File>> read_file(const std::shared_ptr<const Folder>& folder,
                                              const FoundFile& found, bool fits) {
  if (!fits || found.stamp.bytes > max_cached_file_bytes) {
    return std::make_shared<const File>(make_streamed_file(folder, found.name, found.stamp));
  }
  const std::optional<OpenedFile> opened = folder->open_file(found.name);
  if (!opened && errno == ENOENT) return std::shared_ptr<const File>{};
  std::optional<std::string> content;
  if (opened && opened->stamp.bytes <= max_cached_file_bytes) content = read_content(*opened);
  if (!content) {
    return Failure{fmt::format("cannot read {}{}: is it readable for this user?",
                               folder->path().string(), found.name)};
  }
  return std::make_shared<const File>(
      make_cached_file(folder, found.name, opened->stamp, std::move(*content)));
}

}  // namespace

Result<Files> Files::load(const std::filesystem::path& path) {
  Result<Folder> folder = Folder::open(path);
  if (!folder.ok()) return folder.failure();
  auto shared = std::make_shared<const Folder>(std::move(folder.value()));
  Result<std::vector<FoundFile>> found = shared->list();
  if (!found.ok()) return found.failure();
  return read(std::move(shared), std::move(found.value()), Files{});
}

Result<std::optional<Files>> Files::reload() const {
  Result<Folder> now = Folder::open(folder_->path());
  if (!now.ok()) return now.failure();
  Result<std::vector<FoundFile>> found = now.value().list();
  if (!found.ok()) return found.failure();
  const bool same_folder = now.value().is(*folder_);
  if (same_folder && is_as(found.value())) return std::optional<Files>{};

  auto folder = same_folder ? folder_ : std::make_shared<const Folder>(std::move(now.value()));
  const Files nothing;
  Result<Files> files =
      read(std::move(folder), std::move(found.value()), same_folder ? *this : nothing);
  if (!files.ok()) return files.failure();
  return std::optional<Files>{std::move(files.value())};
}

bool Files::is_as(const std::vector<FoundFile>& found) const {
  return std::equal(all_.begin(), all_.end(), found.begin(), found.end(),
                    [](const auto& known, const FoundFile& now) {
                      return known.first == now.name && known.second->stamp == now.stamp;
                    });
}

Result<Files> Files::read(std::shared_ptr<const Folder> folder, std::vector<FoundFile> found,
                          const Files& previous) {
  Files files;
  files.folder_ = folder;
  std::size_t cached_bytes = 0;
  const auto keep = [&](std::shared_ptr<const File> file) {
    cached_bytes += file->cached_bytes();
    files.all_.emplace(file->name, std::move(file));
  };

  std::erase_if(found, [&](const FoundFile& now) {
    const auto known = previous.all_.find(now.name);
    if (known == previous.all_.end() || known->second->stamp != now.stamp) return false;
    keep(known->second);
    return true;
  });
  for (const FoundFile& now : found) {
    const bool fits = cached_bytes + now.stamp.bytes <= max_cached_bytes;
    auto file = read_file(folder, now, fits);
    if (!file.ok()) return file.failure();
    if (file.value()) keep(std::move(file.value()));
  }
  files.serve_all();
  return files;
}

void Files::serve_all() {
  served_.reserve(all_.size() * 2);
  for (const auto& [name, file] : all_) {
    served_.emplace(name, file.get());
    if (!name.ends_with(index_name)) continue;
    const std::size_t folder_bytes = name.size() - index_name.size() + 1;  // up to its slash
    served_.emplace(std::string_view{name}.substr(0, folder_bytes), file.get());
  }
}

const File* Files::find(std::string_view path) const {
  const auto found = served_.find(path);
  return found == served_.end() ? nullptr : found->second;
}

std::vector<const File*> Files::ending_with(std::string_view ending) const {
  std::vector<const File*> found;
  for (const auto& [path, file] : all_) {
    if (path.ends_with(ending)) found.push_back(file.get());
  }
  return found;
}

std::shared_ptr<const File> Files::take(std::string_view path) {
  const auto found = all_.find(path);
  if (found == all_.end()) return nullptr;
  served_.erase(path);
  if (path.ends_with(index_name)) {
    served_.erase(path.substr(0, path.size() - index_name.size() + 1));
  }
  return found->second;
}

}  // namespace muxlab::server::site
