#include "server/site/files.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <system_error>
#include <utility>

namespace muxlab::server::site {
namespace {

namespace fs = std::filesystem;

struct ContentType {
  std::string_view ending;
  std::string_view type;
};

constexpr std::array<ContentType, 13> content_types{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},  // RFC 9239
    {".json", "application/json"},              // UTF-8 by definition (RFC 8259 section 8.1)
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".map", "application/json"},
}};

Result<std::string> read_file(const fs::path& path, std::uintmax_t bytes) {
  std::string content(static_cast<std::size_t>(bytes), '\0');
  std::ifstream stream{path, std::ios::binary};
  if (!stream.read(content.data(), static_cast<std::streamsize>(content.size()))) {
    return Failure{fmt::format("cannot read {}: is it readable for this user?", path.string())};
  }
  return content;
}

bool hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

Failure too_many(const fs::path& folder, std::string_view what) {
  return {
      fmt::format("{} holds more than {}: is it the folder of the site?", folder.string(), what)};
}

}  // namespace

http::Headers file_headers(std::string_view content_type) {
  return {{"content-type", content_type},
          {"cache-control", "no-store"},
          {"x-content-type-options", "nosniff"}};
}

File make_file(std::string_view content_type, std::string content) {
  return {file_headers(content_type), std::make_shared<const std::string>(std::move(content))};
}

http::Response respond_with(const File& file) {
  http::Response response;
  response.headers = file.headers;
  response.content_length = file.content->size();
  response.body = std::make_unique<http::SharedBody>(file.content);
  return response;
}

std::string_view content_type_of(std::string_view path) {
  for (const ContentType& known : content_types) {
    if (path.ends_with(known.ending)) return known.type;
  }
  return "application/octet-stream";
}

Result<Files> Files::load(const fs::path& folder) {
  Files loaded;
  std::size_t total_bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator entry{folder, error};
  for (; !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (hidden(path)) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file(error)) continue;
    const std::uintmax_t bytes = entry->file_size(error);
    if (error) break;
    if (bytes > max_file_bytes) {
      return Failure{fmt::format("{} is larger than {} MiB: is it part of the site?", path.string(),
                                 max_file_bytes >> 20)};
    }
    total_bytes += static_cast<std::size_t>(bytes);
    if (total_bytes > max_total_bytes) {
      return too_many(folder, fmt::format("{} MiB", max_total_bytes >> 20));
    }
    if (loaded.size() == max_files) return too_many(folder, fmt::format("{} files", max_files));

    Result<std::string> content = read_file(path, bytes);
    if (!content.ok()) return content.failure();
    const std::string name = "/" + path.lexically_relative(folder).generic_string();
    loaded.files_.emplace(name, make_file(content_type_of(name), std::move(content.value())));
  }
  if (error) {
    return Failure{fmt::format("cannot read the folder {}: {}", folder.string(), error.message())};
  }
  return loaded;
}

const File* Files::find(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

std::optional<File> Files::take(std::string_view path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  File file = std::move(found->second);
  files_.erase(found);
  return file;
}

}  // namespace muxlab::server::site
