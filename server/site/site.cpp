#include "server/site/site.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

#include "common/http/method.h"

namespace muxlab::server::site {
namespace {

constexpr std::string_view allowed = "GET, HEAD, OPTIONS";

http::Response options() {
  http::Response response;
  response.status = 204;
  response.headers = {
      {"allow", allowed}, {"cache-control", "no-store"}, {"x-content-type-options", "nosniff"}};
  return response;
}

// `location` is relative, so that the page may stand under any prefix.
http::Response moved_to(std::string_view location) {
  http::Response response;
  response.status = 301;
  response.headers = {
      {"location", location}, {"cache-control", "no-store"}, {"x-content-type-options", "nosniff"}};
  return response;
}

// The index in "tile/57.png"; none when it is written in any other way. One tile, one address.
std::optional<int> tile_index(std::string_view name) {
  constexpr std::string_view before = "tile/";
  constexpr std::string_view after = ".png";
  if (!name.starts_with(before) || !name.ends_with(after)) return std::nullopt;
  if (name.size() <= before.size() + after.size()) return std::nullopt;
  const std::string_view digits =
      name.substr(before.size(), name.size() - before.size() - after.size());
  int index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc{} || fmt::format("{}", index) != digits) return std::nullopt;
  return index;
}

}  // namespace

Result<std::shared_ptr<const SiteContent>> load_site(const std::filesystem::path& folder) {
  Result<Files> files = Files::load(folder);
  if (!files.ok()) return files.failure();
  const std::optional<File> mosaic_file = files.value().take("/mosaic/index.html");
  const std::optional<File> problem_file = files.value().take("/problem.html");
  if (!mosaic_file || !problem_file || files.value().find("/index.html") == nullptr) {
    return Failure{fmt::format(
        "{} lacks index.html, problem.html or mosaic/index.html: is it the folder of the site?",
        folder.string())};
  }
  Result<PageTemplate> mosaic = parse_mosaic_template(*mosaic_file->content);
  if (!mosaic.ok()) return mosaic.failure();
  Result<PageTemplate> problem =
      PageTemplate::parse("problem.html", *problem_file->content, {"title", "sentence"});
  if (!problem.ok()) return problem.failure();

  Picture picture = paint_picture();
  auto default_page = make_mosaic_page(picture, mosaic.value(), default_tiles);
  return std::make_shared<const SiteContent>(
      SiteContent{std::move(files.value()), std::move(picture), std::move(mosaic.value()),
                  std::move(problem.value()), std::move(default_page)});
}

Site::Site(std::shared_ptr<const SiteContent> content)
    : content_(std::move(content)),
      mosaic_pages_(content_->picture, content_->mosaic, content_->default_page) {}

void Site::answer(const http::Request& request, http::Responder& responder) {
  if (request.method == "GET" || request.method == "HEAD") {
    return responder.respond(get(request.path(), request.query()));
  }
  if (request.method == "OPTIONS") return responder.respond(options());

  http::Response response =
      http::is_known_method(request.method)
          ? problem(405, "This site is only read: it answers GET, HEAD and OPTIONS.")
          : problem(501, "This site does not know the method of the request.");
  response.headers.add("allow", allowed);
  responder.respond(std::move(response));
}

// Paths are compared as they were sent: no name of the site needs percent-encoding.
http::Response Site::get(std::string_view path, std::string_view query) {
  constexpr std::string_view mosaic = "/mosaic/";
  if (path.starts_with(mosaic)) {
    if (auto response = get_mosaic(path.substr(mosaic.size()), query)) return std::move(*response);
  }
  return get_file(path, query);
}

std::optional<http::Response> Site::get_mosaic(std::string_view name, std::string_view query) {
  const bool html = name.empty() || name == "index.html";
  const bool json = name == "page.json";
  const bool tile = name.starts_with("tile/");
  if (!html && !json && !tile) return std::nullopt;

  const Result<int> tiles = parse_tiles(query);
  if (!tiles.ok()) return problem(400, tiles.failure().message);
  const MosaicPage& page = mosaic_pages_.page(tiles.value());
  if (tile) return get_tile(name, page);
  return respond_with(html ? page.html : page.page_json);
}

http::Response Site::get_tile(std::string_view name, const MosaicPage& page) const {
  const std::optional<int> index = tile_index(name);
  if (!index || *index < 0 || *index >= page.tiles.size()) {
    return problem(404, fmt::format("There is no such tile: they are tile/0.png to tile/{}.png.",
                                    page.tiles.size() - 1));
  }
  static const http::Headers headers = file_headers("image/png");
  return respond_with({headers, page.tiles.png(*index)});
}

http::Response Site::get_file(std::string_view path, std::string_view query) const {
  std::string name{path};
  if (name.ends_with('/')) name += "index.html";
  if (const File* file = content_->files.find(name)) return respond_with(*file);

  // A folder asked for without its slash: relative addresses in its page would miss it.
  const bool folder = path == "/mosaic" || content_->files.find(name + "/index.html") != nullptr;
  if (folder && path.size() > 1 && !path.ends_with('/')) {
    std::string location{path.substr(path.rfind('/') + 1)};
    location += '/';
    if (!query.empty()) location.append("?").append(query);
    return moved_to(location);
  }
  return problem(404, "There is no such page here.");
}

http::Response Site::problem(int status, std::string_view sentence) const {
  http::Response response = respond_with(make_file(
      "text/html; charset=utf-8",
      content_->problem.fill({{"title", http::reason_phrase(status)}, {"sentence", sentence}})));
  response.status = status;
  return response;
}

}  // namespace muxlab::server::site
