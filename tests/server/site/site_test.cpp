// The site's answers: every route, every refusal, the fields of each, and that page.json says what
// the page asks for. The pages are the real ones.
#include "server/site/site.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/server/site/site_folder.h"
#include "tests/support/asking.h"

namespace muxlab::test {
namespace {

using namespace server::site;

namespace fs = std::filesystem;

// The pages of this checkout with the article's fonts, as the build tree has them.
fs::path web_site() {
  return MUXLAB_WEB_SITE;
}

std::shared_ptr<const SiteContent> content() {
  static const std::shared_ptr<const SiteContent> loaded = load_site(web_site()).value();
  return loaded;
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
    const bool kept = target.ends_with(".css") || target.ends_with(".js");
    EXPECT_EQ(answer.field("cache-control"), kept ? "no-cache" : "no-store") << target;
    EXPECT_EQ(answer.field("timing-allow-origin"), "*") << target;
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
        "/mosaic/tile/99999999999.png", "/problem.html", "//", "/objects/a/b", "/r/K/",
        "/site.json"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(answer.field("content-type"), "text/html; charset=utf-8") << target;
    EXPECT_NE(answer.body.find("<h1>Not Found</h1>"), std::string::npos) << target;
  }
}

TEST(Site, TellsABalancerThatItIsWellUntilItDrains) {
  Site site{content()};
  for (const std::string method : {"GET", "HEAD"}) {
    const Answer well = ask(site, method, "/healthz?from=balancer");
    EXPECT_EQ(well.status, 200);
    EXPECT_EQ(well.body, "ok\n");
    EXPECT_EQ(well.field("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(well.field("cache-control"), "no-store");
  }
  EXPECT_EQ(ask(site, "POST", "/healthz").status, 405);
  EXPECT_EQ(ask(site, "GET", "/healthz/").status, 404);
  EXPECT_EQ(ask(site, "GET", "/r/k3/healthz").status, 404) << "a run loads pages alone";

  site.begin_drain();
  const Answer draining = ask(site, "GET", "/healthz");
  EXPECT_EQ(draining.status, 503);
  EXPECT_EQ(draining.body, "draining\n");
  EXPECT_EQ(draining.field("cache-control"), "no-store");
  EXPECT_EQ(ask(site, "GET", "/").status, 200) << "what is asked for is still answered";
}

TEST(Site, RefusesAPathThatIsNone) {
  for (const std::string target :
       {"/../site/style.css", "/%2e/", "/%00", "/a%2fb", "/%zz", "/r/k3/%2e%2e/"}) {
    EXPECT_EQ(get(target).status, 400) << target;
    EXPECT_NE(get(target).body.find("<h1>Bad Request</h1>"), std::string::npos) << target;
  }
}

TEST(Site, ServesTheSamePagesUnderTheAddressOfARun) {
  for (const std::string target : {"/", "/mosaic/?tiles=16", "/mosaic/tile/3.png?tiles=16",
                                   "/objects/?count=3", "/objects/x?bytes=5", "/style.css"}) {
    EXPECT_EQ(get("/r/k3" + target).status, 200) << target;
    EXPECT_EQ(get("/r/k3" + target).body, get(target).body) << target;
  }
  EXPECT_EQ(get("/r/k3/mosaic").field("location"), "mosaic/");
}

TEST(Site, ThinksAsLongAsItIsAskedTo) {
  EXPECT_EQ(get("/mosaic/?tiles=16&delay_ms=500").delay, 500ms);
  EXPECT_EQ(get("/objects/x?delay_ms=500").delay, 500ms);
  EXPECT_EQ(get("/objects/?delay_ms=500").delay, 0ms);  // that of its objects
  EXPECT_EQ(get("/?delay_ms=500").delay, 500ms);
}

TEST(Site, TakesUploads) {
  Site site{content()};
  for (const std::string method : {"POST", "PUT"}) {
    http::Responder responder;
    site.answer(make_request(method, "/upload"), responder);
    EXPECT_TRUE(responder.take_upload().has_value()) << method;
  }
  EXPECT_EQ(get("/upload").status, 405);
  EXPECT_EQ(get("/upload").field("allow"), "POST, PUT, OPTIONS");
  EXPECT_EQ(ask(site, "OPTIONS", "/upload").field("allow"), "POST, PUT, OPTIONS");
}

TEST(Site, FillsThePageOfObjects) {
  const std::string html = get("/objects/?count=7&bytes=5&delay_ms=6").body;
  const auto json =
      nlohmann::json::parse(get("/objects/page.json?count=7&bytes=5&delay_ms=6").body);
  EXPECT_EQ(html.find("<!-- muxlab:"), std::string::npos);
  EXPECT_NE(html.find("<a href=\"6?bytes=5&amp;delay_ms=6\">"), std::string::npos);
  EXPECT_EQ(json["resources"].back()["path"], "6?bytes=5&delay_ms=6");
  for (const auto& resource : json["resources"]) {
    const std::string path = resource["path"];
    EXPECT_EQ(get(path.starts_with("../") ? path.substr(2) : "/objects/" + path).status, 200)
        << path;
  }
}

TEST(Site, LeavesParametersThatAreNotItsOwnToOthers) {
  const std::string others = "utm_source=x&fbclid=%20&&=&<script>&n=1";
  for (const std::string path :
       {"/mosaic/", "/mosaic/page.json", "/mosaic/tile/0.png", "/objects/", "/objects/page.json",
        "/objects/1", "/blocking/", "/headers/", "/headers/small.txt", "/article/", "/"}) {
    EXPECT_EQ(get(path + "?" + others).status, 200) << path;
    EXPECT_EQ(get(path + "?" + others + "&delay_ms=x").status, 400) << path;
  }
  EXPECT_EQ(get("/mosaic/page.json?tiles=16&" + others).body,
            get("/mosaic/page.json?tiles=16").body);
}

TEST(Site, RefusesBadParametersNamingTheParameterAndItsRange) {
  for (const std::string query :
       {"tiles=abc", "tiles=9999", "tiles=15", "tiles=-100", "tiles=", "tiles=100x", "tiles= 100",
        "tiles=99999999999999", "tiles=16&tiles=16", "tiles=15&x=1", "tiles", "<script>&tiles=1"}) {
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

TEST(BuiltInSite, IsNamedWhenItIsNotThere) {
  const SiteFolder folder;
  const auto loaded = load_site(folder.path() / "nowhere");
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("nowhere"), std::string::npos);
}

TEST(BuiltInSite, IsNamedWhenItIsNotMuxlabsOwn) {
  const SiteFolder folder;
  folder.write("letter.txt", "Dear");
  const auto loaded = load_site(folder.path());
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("lacks problem.html"), std::string::npos);
}

TEST(BuiltInSite, SaysWhichPlaceOfATemplateIsMissing) {
  const SiteFolder folder;
  fs::copy(web_site(), folder.path(), fs::copy_options::recursive);
  folder.write("mosaic/index.html", "<!-- muxlab:count --><!-- muxlab:choices -->");
  const auto loaded = load_site(folder.path());
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.failure().message.find("muxlab:tiles"), std::string::npos);
}

TEST(BuiltInSite, ShowsAnEditOfATemplateAndKeepsThePicture) {
  const SiteFolder folder;
  fs::copy(web_site(), folder.path(), fs::copy_options::recursive);
  const auto before = load_site(folder.path()).value();
  Site site{before};
  folder.write("mosaic/index.html",
               "new: <!-- muxlab:count --><!-- muxlab:choices --><!-- muxlab:tiles -->");
  const auto after = reload_if_changed(before).value();
  EXPECT_EQ(after->demo->picture, before->demo->picture);
  ask(site, "GET", "/mosaic/?tiles=16");
  site.replace(after);
  EXPECT_TRUE(ask(site, "GET", "/mosaic/?tiles=16").body.starts_with("new: 16"));
  EXPECT_TRUE(ask(site, "GET", "/mosaic/").body.starts_with("new: 100"));

  folder.write("style.css", "p{}");
  EXPECT_EQ(reload_if_changed(after).value()->demo->default_mosaic, after->demo->default_mosaic);
}

}  // namespace
}  // namespace muxlab::test
