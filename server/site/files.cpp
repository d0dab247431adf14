#include "server/site/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace muxlab::server::site {
namespace {

constexpr std::string_view index_name = "/index.html";

// As long as it is now, whatever it was when it was found.
Result<std::string> read_content(const OpenedFile& file) {
  std::string content(static_cast<std::size_t>(file.stamp.bytes), '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t count =
        ::read(file.descriptor.number(), content.data() + filled, content.size() - filled);
    if (count < 0) return Failure{std::generic_category().message(errno)};
    if (count == 0) break;  // cut meanwhile: its stamp says so next time
    filled += static_cast<std::size_t>(count);
  }
  content.resize(filled);
  return content;
}

// Opens what is not kept in memory, too: that it can't be read is better said now than to a
// visitor.
Result<std::shared_ptr<const File>> read_file(const std::shared_ptr<const Folder>& folder,
                                              const FoundFile& found, bool fits) {
  const Result<OpenedFile> opened = folder->open_file(found.name);
  if (!opened.ok()) return opened.failure();
  const FileStamp stamp = opened.value().stamp;
  if (!fits || stamp.bytes > max_cached_file_bytes) {
    return std::make_shared<const File>(make_streamed_file(folder, found.name, stamp));
  }
  Result<std::string> content = read_content(opened.value());
  if (!content.ok()) return content.failure();
  return std::make_shared<const File>(
      make_cached_file(folder, found.name, stamp, std::move(content.value())));
}

}  // namespace

Result<Files> Files::load(const std::filesystem::path& path) {
  Result<Folder> folder = Folder::open(path);
  if (!folder.ok()) return folder.failure();
  auto shared = std::make_shared<const Folder>(std::move(folder.value()));
  Result<Listing> listing = shared->list();
  if (!listing.ok()) return listing.failure();
  return read(std::move(shared), std::move(listing.value()), Files{});
}

Result<std::optional<Files>> Files::reload() const {
  Result<Folder> now = Folder::open(folder_->path());
  if (!now.ok()) return now.failure();
  Result<Listing> listing = now.value().list();
  if (!listing.ok()) return listing.failure();
  const bool same_folder = now.value().is(*folder_);
  if (same_folder && is_as(listing.value())) return std::optional<Files>{};

  auto folder = same_folder ? folder_ : std::make_shared<const Folder>(std::move(now.value()));
  const Files nothing;
  return std::optional<Files>{
      read(std::move(folder), std::move(listing.value()), same_folder ? *this : nothing)};
}

bool Files::is_as(const Listing& listing) const {
  const auto is_known = [this](const FoundFile& now) {
    const auto read = all_.find(now.name);
    if (read != all_.end()) return read->second->stamp == now.stamp;
    const auto unread = unread_.find(now.name);
    return unread != unread_.end() && unread->second.stamp == now.stamp;
  };
  return listing.files.size() == all_.size() + unread_.size() && listing.left_out == not_found_ &&
         std::all_of(listing.files.begin(), listing.files.end(), is_known);
}

Files Files::read(std::shared_ptr<const Folder> folder, Listing listing, const Files& previous) {
  Files files;
  files.folder_ = folder;
  files.not_found_ = std::move(listing.left_out);
  std::size_t cached_bytes = 0;
  const auto keep = [&](std::shared_ptr<const File> file) {
    cached_bytes += file->cached_bytes();
    files.all_.emplace(file->name, std::move(file));
  };

  std::erase_if(listing.files, [&](const FoundFile& now) {
    const auto known = previous.all_.find(now.name);
    if (known == previous.all_.end() || known->second->stamp != now.stamp) return false;
    keep(known->second);
    return true;
  });
  for (const FoundFile& now : listing.files) {
    auto file = read_file(folder, now, cached_bytes + now.stamp.bytes <= max_cached_bytes);
    if (file.ok()) {
      keep(std::move(file.value()));
    } else {
      files.unread_.emplace(now.name, Unread{now.stamp, file.failure().message});
    }
  }
  files.served_.reserve(files.all_.size() * 2);
  for (const auto& [name, file] : files.all_) files.serve(name, *file);
  return files;
}

void Files::serve(const std::string& name, const File& file) {
  served_.emplace(name, &file);
  if (!name.ends_with(index_name)) return;
  const std::size_t folder_bytes = name.size() - index_name.size() + 1;  // up to its slash
  served_.emplace(std::string_view{name}.substr(0, folder_bytes), &file);
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

void Files::give_back(std::string_view path) {
  const auto found = all_.find(path);
  if (found != all_.end()) serve(found->first, *found->second);
}

bool Files::holds_folder(std::string_view path) const {
  const auto first = all_.lower_bound(path);
  return first != all_.end() && first->first.starts_with(path);
}

std::vector<std::string> Files::left_out() const {
  std::vector<std::string> sentences;
  for (const LeftOut& each : not_found_) {
    sentences.push_back(fmt::format("{}{}: {}", folder_->path().string(), each.name, each.why));
  }
  for (const auto& [name, unread] : unread_) {
    sentences.push_back(fmt::format("{}{}: {}", folder_->path().string(), name, unread.why));
  }
  return sentences;
}

}  // namespace muxlab::server::site
