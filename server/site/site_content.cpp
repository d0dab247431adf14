#include "server/site/site_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace muxlab::server::site {
namespace {

// Where the site has none of its own.
constexpr std::string_view plain_problem_page =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<title><!-- muxlab:title --></title>\n<h1><!-- muxlab:title --></h1>\n"
    "<p><!-- muxlab:sentence --></p>\n</html>\n";

Result<PageTemplate> take_problem_page(Files& files, SiteKind kind) {
  if (kind == SiteKind::folder) {
    return PageTemplate::parse("the problem page", plain_problem_page, {"title", "sentence"});
  }
  const std::shared_ptr<const File> file = files.take("/problem.html");
  if (!file || !file->is_cached()) {
    return Failure{"the folder of the demo pages lacks problem.html: is it muxlab's own?"};
  }
  return PageTemplate::parse("problem.html", *file->identity.whole.content, {"title", "sentence"});
}

// What describes the site is read from memory.
std::string why_not_in_memory() {
  return fmt::format("is larger than {} MiB, or comes after {} MiB of other files",
                     max_cached_file_bytes >> 20, Files::max_cached_bytes >> 20);
}

Result<SiteDescription> read_description(const File& file, const std::string& name) {
  if (!file.is_cached()) return Failure{fmt::format("{}: {}", name, why_not_in_memory())};
  return SiteDescription::parse(name, *file.identity.whole.content);
}

// Many things are called site.json. In a folder of the user's own one that is not muxlab's is a
// file like any other.
Result<SiteDescription> take_description(Files& files, const std::filesystem::path& folder,
                                         SiteKind kind, std::vector<std::string>& remarks) {
  constexpr std::string_view path = "/site.json";
  const std::shared_ptr<const File> file = files.take(path);
  if (!file) return SiteDescription{};
  Result<SiteDescription> read = read_description(*file, folder.string() + std::string{path});
  if (read.ok() || kind == SiteKind::built_in) return read;
  remarks.push_back(read.failure().message + "; it is ignored, and served like any other file");
  files.give_back(path);
  return SiteDescription{};
}

Result<json::Json> read_page(const File& file) {
  constexpr std::string_view ending = "/page.json";
  if (!file.is_cached()) return Failure{why_not_in_memory()};
  std::string_view folder = file.name;
  folder.remove_suffix(ending.size());
  if (!folder.empty()) folder.remove_prefix(1);
  return read_page_json(*file.identity.whole.content, folder);
}

PageDescriptions read_pages(const Files& files, const std::filesystem::path& folder,
                            std::vector<std::string>& remarks) {
  PageDescriptions pages;
  for (const File* const file : files.ending_with("/page.json")) {
    Result<json::Json> page = pages.size() < max_pages
                                  ? read_page(*file)
                                  : Failure{fmt::format("{} pages are enough", max_pages)};
    if (page.ok()) {
      pages.push_back(std::make_shared<const json::Json>(std::move(page.value())));
    } else {
      remarks.push_back(fmt::format("{}{}: {}; the page can't be raced", folder.string(),
                                    file->name, page.failure().message));
    }
  }
  return pages;
}

// `previous` is null at the start.
Result<std::shared_ptr<const SiteContent>> assemble(const std::filesystem::path& folder,
                                                    SiteKind kind, Files files,
                                                    const SiteContent* previous) {
  std::vector<std::string> remarks;
  for (const std::string& each : files.left_out()) remarks.push_back(each + "; it is not served");
  Result<SiteDescription> description = take_description(files, folder, kind, remarks);
  if (!description.ok()) return description.failure();
  Result<PageTemplate> problem = take_problem_page(files, kind);
  if (!problem.ok()) return problem.failure();
  PageDescriptions pages = read_pages(files, folder, remarks);
  std::shared_ptr<const DemoPages> demo;
  if (kind == SiteKind::built_in) {
    const DemoPages* previous_demo = previous != nullptr ? previous->demo.get() : nullptr;
    auto made = make_demo_pages(files, previous_demo);
    if (!made.ok()) return made.failure();
    demo = std::move(made.value());
    pages.insert(pages.end(), demo->descriptions.begin(), demo->descriptions.end());
  }
  std::sort(remarks.begin(), remarks.end());
  return std::make_shared<const SiteContent>(SiteContent{
      folder, kind, std::move(files), std::move(description.value()), std::move(problem.value()),
      std::move(demo), std::move(pages), std::move(remarks)});
}

}  // namespace

Result<std::shared_ptr<const SiteContent>> load_site(const std::filesystem::path& folder,
                                                     SiteKind kind) {
  Result<Files> files = Files::load(folder);
  if (!files.ok()) return files.failure();
  return assemble(folder, kind, std::move(files.value()), nullptr);
}

Result<std::shared_ptr<const SiteContent>> reload_if_changed(
    const std::shared_ptr<const SiteContent>& previous) {
  Result<std::optional<Files>> files = previous->files.reload();
  if (!files.ok()) return files.failure();
  if (!files.value()) return previous;
  return assemble(previous->folder, previous->kind, std::move(*files.value()), previous.get());
}

}  // namespace muxlab::server::site
