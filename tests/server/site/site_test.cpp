// The site's answers: every route, every refusal, the fields of each, and that page.json says what
// the page asks for. The pages are the real ones of web/site.
#include "server/site/site.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace muxlab::server::site {
namespace {

namespace fs = std::filesystem;

// The folder web/site of this checkout: beside tests/, in which this file lies.
fs::path web_site() {
  return fs::path{__FILE__}.parent_path() / ".." / ".." / ".." / "web" / "site";
}

std::shared_ptr<const SiteContent> content() {
  static const std::shared_ptr<const SiteContent> loaded = load_site(web_site()).value();
  return loaded;
}

struct Answer {
  int status = 0;
  http::Headers headers;
  std::optional<std::uint64_t> length;
  std::string body;

  std::string field(std::string_view name) const {
    return std::string{headers.find(name).value_or("")};
  }
};

std::string read_all(http::Body& body) {
  std::string content;
  std::array<std::uint8_t, 4096> room;
  while (true) {
    const http::ReadOutcome outcome = body.read(room);
    content += text_of(Bytes{room}.first(outcome.bytes));
    if (outcome.kind != http::ReadOutcome::Kind::some) return content;
  }
}

Answer ask(Site& site, std::string_view method, std::string_view target) {
  http::Request request;
  request.method = method;
  request.target = target;
  http::Responder responder;
  site.answer(request, responder);
  http::Response response = responder.take();
  return {response.status, response.headers, response.content_length,
          response.body ? read_all(*response.body) : ""};
}

Answer get(std::string_view target) {
  static Site site{content()};
  return ask(site, "GET", target);
}

// The addresses in a page: what stands between `before` and the next quotation mark.
std::set<std::string> addresses(const std::string& html, std::string_view before) {
  std::set<std::string> found;
  for (std::size_t at = html.find(before); at != std::string::npos; at = html.find(before, at)) {
    at += before.size();
    const std::string address = html.substr(at, html.find('"', at) - at);
    EXPECT_TRUE(found.insert(address).second) << address << " is in the page twice";
  }
  return found;
}

TEST(Site, ServesEveryFileWithItsTypeAndTheFieldsOfTheDemo) {
  const std::vector<std::pair<std::string, std::string>> expected{
      {"/", "text/html; charset=utf-8"},
      {"/index.html", "text/html; charset=utf-8"},
      {"/style.css", "text/css; charset=utf-8"},
      {"/mosaic/", "text/html; charset=utf-8"},
      {"/mosaic/index.html", "text/html; charset=utf-8"},
      {"/mosaic/style.css", "text/css; charset=utf-8"},
      {"/mosaic/mosaic.js", "text/javascript; charset=utf-8"},
      {"/mosaic/page.json", "application/json"},
      {"/mosaic/tile/0.png?tiles=100", "image/png"},
  };
  for (const auto& [target, type] : expected) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_EQ(answer.field("content-type"), type) << target;
    EXPECT_EQ(answer.field("cache-control"), "no-store") << target;
    EXPECT_EQ(answer.field("x-content-type-options"), "nosniff") << target;
    EXPECT_EQ(answer.length, answer.body.size()) << target;
    EXPECT_FALSE(answer.body.empty()) << target;
  }
}

TEST(Site, AnswersHeadAsGet) {
  Site site{content()};
  for (const std::string target :
       {"/", "/mosaic/?tiles=64", "/mosaic/tile/3.png?tiles=64", "/no"}) {
    const Answer head = ask(site, "HEAD", target);
    EXPECT_EQ(head.status, get(target).status) << target;
    EXPECT_EQ(head.length, get(target).length) << target;
  }
}

TEST(Site, NamesItsMethodsToOptions) {
  Site site{content()};
  for (const std::string target : {"*", "/", "/mosaic/"}) {
    const Answer answer = ask(site, "OPTIONS", target);
    EXPECT_EQ(answer.status, 204) << target;
    EXPECT_EQ(answer.field("allow"), "GET, HEAD, OPTIONS") << target;
    EXPECT_EQ(answer.body, "") << target;
  }
}

TEST(Site, RefusesOtherMethodsAndDoesNotKnowTheRest) {
  Site site{content()};
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"}) {
    const Answer answer = ask(site, method, "/mosaic/");
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.field("allow"), "GET, HEAD, OPTIONS") << method;
  }
  EXPECT_EQ(ask(site, "BREW", "/").status, 501);
}

TEST(Site, SendsAFolderWithoutItsSlashToTheFolderByARelativeAddress) {
  EXPECT_EQ(get("/mosaic").status, 301);
  EXPECT_EQ(get("/mosaic").field("location"), "mosaic/");
  EXPECT_EQ(get("/mosaic?tiles=16").field("location"), "mosaic/?tiles=16");
}

TEST(Site, AnswersAnUnknownPathWithAPage) {
  for (const std::string target :
       {"/no", "/mosaic/no", "/mosaic/tile/", "/mosaic/tile/100.png?tiles=100",
        "/mosaic/tile/-1.png", "/mosaic/tile/07.png", "/mosaic/tile/1.jpg", "/mosaic/tile/.png",
        "/mosaic/tile/99999999999.png", "/problem.html", "/../site/style.css", "//", "/%2e/"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(answer.field("content-type"), "text/html; charset=utf-8") << target;
    EXPECT_NE(answer.body.find("<h1>Not Found</h1>"), std::string::npos) << target;
  }
}

TEST(Site, RefusesBadParametersNamingTheParameterAndItsRange) {
  for (const std::string query :
       {"tiles=abc", "tiles=9999", "tiles=15", "tiles=-100", "tiles=", "tiles=100x", "tiles= 100",
        "tiles=99999999999999", "tiles=16&tiles=16", "tiles=16&x=1", "x=1", "tiles", "<script>"}) {
    for (const std::string path : {"/mosaic/", "/mosaic/page.json", "/mosaic/tile/0.png"}) {
      const Answer answer = get(path + "?" + query);
      EXPECT_EQ(answer.status, 400) << path << "?" << query;
      EXPECT_NE(answer.body.find("tiles: a whole number from 16 to 1024"), std::string::npos);
      EXPECT_EQ(answer.body.find("<script>"), std::string::npos) << "what came in goes out";
    }
  }
}

TEST(Site, TakesTheEndsOfTheRange) {
  for (const int tiles : {min_tiles, max_tiles}) {
    const Answer page = get(fmt::format("/mosaic/?tiles={}", tiles));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(addresses(page.body, "<img src=\"").size(), static_cast<std::size_t>(tiles));
    EXPECT_EQ(get(fmt::format("/mosaic/tile/{}.png?tiles={}", tiles - 1, tiles)).status, 200);
    EXPECT_EQ(get(fmt::format("/mosaic/tile/{}.png?tiles={}", tiles, tiles)).status, 404);
  }
}

TEST(Site, ListsInPageJsonWhatThePageAsksForAndNothingElse) {
  for (const int tiles : {16, 97, 100, 1024}) {
    const std::string html = get(fmt::format("/mosaic/?tiles={}", tiles)).body;
    std::set<std::string> asked = addresses(html, " src=\"");
    asked.merge(addresses(html, "rel=\"stylesheet\" href=\""));

    const auto json =
        nlohmann::json::parse(get(fmt::format("/mosaic/page.json?tiles={}", tiles)).body);
    std::set<std::string> listed;
    for (const auto& resource : json["resources"]) {
      EXPECT_EQ(resource["found_in"], "index.html");
      listed.insert(resource["path"].get<std::string>());
    }
    EXPECT_EQ(listed, asked);
    EXPECT_EQ(listed.size(), json["resources"].size());
    EXPECT_EQ(json["page"], "mosaic");
    EXPECT_EQ(json["parameters"]["tiles"]["default"], 100);
    EXPECT_EQ(json["parameters"]["tiles"]["min"], 16);
    EXPECT_EQ(json["parameters"]["tiles"]["max"], 1024);
    for (const std::string& path : listed) EXPECT_EQ(get("/mosaic/" + path).status, 200) << path;
  }
}

TEST(Site, WritesOnlyRelativeAddressesInItsPages) {
  for (const std::string target : {"/", "/mosaic/"}) {
    const std::string html = get(target).body;
    EXPECT_EQ(html.find("href=\"/"), std::string::npos) << target;
    EXPECT_EQ(html.find("src=\"/"), std::string::npos) << target;
    EXPECT_EQ(html.find("://localhost"), std::string::npos) << target;
    EXPECT_EQ(html.find("<!-- muxlab:"), std::string::npos)
        << "a place of the template is left open";
  }
}

class SiteFolder : public testing::Test {
 protected:
  SiteFolder() : folder_(fs::path{testing::TempDir()} / "muxlab_site_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "mosaic");
  }
  ~SiteFolder() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream{folder_ / name} << text;
  }

  fs::path folder_;
};

TEST_F(SiteFolder, IsNamedWhenItIsNotThere) {
  const auto loaded = load_site(folder_ / "nowhere");
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("nowhere"), std::string::npos);
}

TEST_F(SiteFolder, IsNamedWhenItIsNotASite) {
  write("letter.txt", "Dear");
  const auto loaded = load_site(folder_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("lacks index.html"), std::string::npos);
}

TEST_F(SiteFolder, SaysWhichPlaceOfATemplateIsMissing) {
  write("index.html", "");
  write("problem.html", "<!-- muxlab:title --><!-- muxlab:sentence -->");
  write("mosaic/index.html", "<!-- muxlab:count --><!-- muxlab:choices -->");
  const auto loaded = load_site(folder_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("muxlab:tiles"), std::string::npos);
}

TEST_F(SiteFolder, IsReadWithTheFoldersInItAndWithoutHiddenFiles) {
  write("a.css", "a");
  write("mosaic/b.bin", "b");
  write(".secret", "c");
  const Files files = Files::load(folder_).value();
  EXPECT_EQ(files.size(), 2u);
  ASSERT_NE(files.find("/mosaic/b.bin"), nullptr);
  EXPECT_EQ(files.find("/mosaic/b.bin")->headers.find("content-type"), "application/octet-stream");
  EXPECT_EQ(*files.find("/a.css")->content, "a");
  EXPECT_EQ(files.find("/.secret"), nullptr);
}

TEST_F(SiteFolder, IsRefusedWhenAFileIsTooLarge) {
  write("large.bin", "");
  fs::resize_file(folder_ / "large.bin", Files::max_file_bytes + 1);
  const auto loaded = Files::load(folder_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("large.bin is larger than 8 MiB"), std::string::npos);
}

TEST_F(SiteFolder, IsRefusedWhenItHoldsTooManyFiles) {
  for (std::size_t number = 0; number <= Files::max_files; ++number) {
    write(fmt::format("{}.txt", number), "");
  }
  const auto loaded = Files::load(folder_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("more than 1000 files"), std::string::npos);
}

}  // namespace
}  // namespace muxlab::server::site
