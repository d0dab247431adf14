#include "server/site/site_content.h"

#include <fmt/format.h>

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

Result<SiteDescription> take_description(Files& files, const std::filesystem::path& folder) {
  const std::shared_ptr<const File> file = files.take("/site.json");
  if (!file) return SiteDescription{};
  const std::string name = (folder / "site.json").string();
  if (!file->is_cached()) {
    return Failure{fmt::format("{} is larger than {} MiB: does it describe a site?", name,
                               max_cached_file_bytes >> 20)};
  }
  return SiteDescription::parse(name, *file->identity.whole.content);
}

// `previous` is null at the start.
Result<std::shared_ptr<const SiteContent>> assemble(const std::filesystem::path& folder,
                                                    SiteKind kind, Files files,
                                                    const SiteContent* previous) {
  Result<SiteDescription> description = take_description(files, folder);
  if (!description.ok()) return description.failure();
  Result<PageTemplate> problem = take_problem_page(files, kind);
  if (!problem.ok()) return problem.failure();
  std::shared_ptr<const DemoPages> demo;
  if (kind == SiteKind::built_in) {
    const DemoPages* previous_demo = previous != nullptr ? previous->demo.get() : nullptr;
    auto made = make_demo_pages(files, previous_demo);
    if (!made.ok()) return made.failure();
    demo = std::move(made.value());
  }
  return std::make_shared<const SiteContent>(
      SiteContent{folder, kind, std::move(files), std::move(description.value()),
                  std::move(problem.value()), std::move(demo)});
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
