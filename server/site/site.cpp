#include "server/site/site.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

#include "common/http/health.h"
#include "common/http/method.h"
#include "server/site/objects.h"
#include "server/site/query.h"
#include "server/site/upload.h"

namespace muxlab::server::site {
namespace {

constexpr std::string_view site_methods = "GET, HEAD, OPTIONS";

constexpr std::string_view mosaic_folder = "/mosaic/";
constexpr std::string_view objects_folder = "/objects/";
constexpr std::string_view upload_path = "/upload";

http::Response options(std::string_view allowed) {
  http::Response response;
  response.status = 204;
  response.headers = plain_headers();
  response.headers.add("allow", allowed);
  return response;
}

// `location` is relative, so that the page may stand under any prefix.
http::Response moved_to(std::string_view location) {
  http::Response response;
  response.status = 301;
  response.headers = plain_headers();
  response.headers.add("location", location);
  return response;
}

// The last segment of a path as it was sent, with the slash that it lacked and the query that it
// had.
std::string as_folder(std::string_view path, std::string_view query) {
  std::string location{path.substr(path.rfind('/') + 1)};
  if (location.find(':') != std::string::npos) location.insert(0, "./");  // it is no scheme
  location += '/';
  if (!query.empty()) location.append("?").append(query);
  return location;
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

Site::Site(std::shared_ptr<const SiteContent> content) {
  replace(std::move(content));
}

void Site::replace(std::shared_ptr<const SiteContent> content) {
  mosaic_pages_.reset();  // it looks into the content that goes
  content_ = std::move(content);
  if (const DemoPages* demo = content_->demo.get()) {
    mosaic_pages_.emplace(*demo->picture, demo->mosaic, demo->default_mosaic);
  }
}

RunPath Site::split(std::string_view path) const {
  const RunPath run = split_run_prefix(path);
  if (run.prefix.empty()) return run;
  const bool own = content_->files.find(run.prefix) != nullptr ||
                   content_->files.holds_folder(std::string{run.prefix} + "/");
  return own ? RunPath{{}, path} : run;
}

void Site::answer(const http::Request& request, http::Responder& responder) {
  const RunPath run = split(request.path());
  const bool reads = http::is_read(request.method);
  if (run.path.empty() && reads) {
    return responder.respond(moved_to(as_folder(run.prefix, request.query())));
  }
  std::string room;
  const Result<std::string_view> path = decode_path(run.path, room);
  if (!path.ok()) return responder.respond(problem(400, path.failure().message));

  const bool upload = content_->demo && path.value() == upload_path;
  if (upload && (request.method == "POST" || request.method == "PUT")) {
    return responder.accept(accept_upload());
  }
  const std::string_view allowed = upload ? upload_methods : site_methods;
  if (request.method == "OPTIONS") return responder.respond(options(allowed));
  if (!reads || upload) return responder.respond(refuse_method(request.method, allowed));

  if (is_health_check(path.value(), run.prefix)) {
    return responder.respond(http::health_response(draining_));
  }
  http::Response response = get(request, path.value());
  describe(response, path.value(), run.prefix);
  responder.respond(std::move(response));
}

// Only where the site itself has nothing there, and not under the address of a run.
bool Site::is_health_check(std::string_view path, std::string_view prefix) const {
  return path == http::health_path && prefix.empty() && content_->files.find(path) == nullptr &&
         !content_->files.holds_folder(std::string{path} + "/");
}

http::Response Site::get(const http::Request& request, std::string_view path) {
  if (content_->demo && path.starts_with(mosaic_folder)) {
    auto made = get_mosaic(path.substr(mosaic_folder.size()), request.query());
    if (made) return std::move(*made);
  }
  if (const File* file = content_->files.find(path)) return get_file(request, *file);
  if (content_->demo && path.starts_with(objects_folder)) {
    auto made = get_objects(path.substr(objects_folder.size()), request.query());
    if (made) return std::move(*made);
  }
  return get_nothing(request, path);
}

std::optional<http::Response> Site::get_mosaic(std::string_view name, std::string_view query) {
  const bool html = name.empty() || name == "index.html";
  const bool json = name == "page.json";
  const bool tile = name.starts_with("tile/");
  if (!html && !json && !tile) return std::nullopt;

  const Result<MosaicWish> wish = parse_mosaic_wish(query);
  if (!wish.ok()) return problem(400, wish.failure().message);
  const MosaicPage& page = mosaic_pages_->page(wish.value().tiles);
  http::Response response =
      tile ? get_tile(name, page) : respond_with(html ? page.html : page.page_json);
  response.delay = wish.value().delay;
  return response;
}

http::Response Site::get_tile(std::string_view name, const MosaicPage& page) const {
  const std::optional<int> index = tile_index(name);
  if (!index || *index < 0 || *index >= page.tiles.size()) {
    return problem(404, fmt::format("There is no such tile: they are tile/0.png to tile/{}.png.",
                                    page.tiles.size() - 1));
  }
  static const http::Headers headers = made_here_headers("image/png");
  return respond_with({headers, page.tiles.png(*index)});
}

std::optional<http::Response> Site::get_objects(std::string_view name,
                                                std::string_view query) const {
  const bool html = name.empty() || name == "index.html";
  if (html || name == "page.json") {
    const Result<ObjectsWish> wish = parse_objects_wish(query);
    if (!wish.ok()) return problem(400, wish.failure().message);
    return respond_with(html ? make_objects_html(content_->demo->objects, wish.value())
                             : make_objects_json(wish.value()));
  }
  if (!is_object_name(name)) return std::nullopt;
  Result<http::Response> response = respond_with_object(name, query);
  if (!response.ok()) return problem(400, response.failure().message);
  return std::move(response.value());
}

http::Response Site::get_file(const http::Request& request, const File& file) const {
  const Result<Duration> delay = delay_asked(request.query());
  if (!delay.ok()) return problem(400, delay.failure().message);
  http::Response response = respond_to(request, file);
  response.delay = delay.value();
  return response;
}

http::Response Site::get_nothing(const http::Request& request, std::string_view path) const {
  // A folder asked for without its slash: relative addresses in its page would miss it.
  const std::string folder = std::string{path} + "/";
  const bool made = content_->demo && (folder == mosaic_folder || folder == objects_folder);
  if (!path.ends_with('/') && (made || content_->files.find(folder) != nullptr)) {
    return moved_to(as_folder(request.path(), request.query()));
  }
  return problem(404, "There is no such page here.");
}

void Site::describe(http::Response& response, std::string_view path,
                    std::string_view prefix) const {
  const SiteDescription::Path* said = content_->description.find(path);
  if (said == nullptr || response.status >= 400) return;
  for (const http::Field field : said->headers) response.headers.set(field.name, field.value);
  if (response.status == 200) response.companions = under_prefix(said->companions, prefix);
}

http::Response Site::refuse_method(std::string_view method, std::string_view allowed) const {
  http::Response response =
      http::is_known_method(method)
          ? problem(405, fmt::format("This address answers {}.", allowed))
          : problem(501, "This site does not know the method of the request.");
  response.headers.add("allow", allowed);
  return response;
}

http::Response Site::problem(int status, std::string_view sentence) const {
  http::Response response = respond_with(made_here(
      "text/html; charset=utf-8",
      content_->problem.fill({{"title", http::reason_phrase(status)}, {"sentence", sentence}})));
  response.status = status;
  return response;
}

}  // namespace muxlab::server::site
