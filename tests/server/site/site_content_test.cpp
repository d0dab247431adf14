// A folder of the user's own as a site: its files and nothing else, kept as it changes.
#include "server/site/site_content.h"

#include <gtest/gtest.h>

#include "server/site/site.h"
#include "tests/server/site/asking.h"
#include "tests/server/site/site_folder.h"

namespace muxlab::test {
namespace {

using namespace server::site;
using Content = std::shared_ptr<const SiteContent>;

class FolderSite : public testing::Test {
 protected:
  FolderSite() {
    folder_.write("index.html", "first");
    folder_.write("a/page.html", "page");
    folder_.write("a/style.css", "style");
  }

  Content load() { return load_site(folder_.path(), SiteKind::folder).value(); }

  static Content reload(const Content& previous) { return reload_if_changed(previous).value(); }
  static Answer get(const Content& content, std::string_view target) {
    Site site{content};
    return ask(site, "GET", target);
  }

  SiteFolder folder_;
};

TEST_F(FolderSite, ServesItsFiles) {
  folder_.write("a b/\xc3\xa4.txt", "umlaut");
  const Content content = load();
  EXPECT_EQ(get(content, "/").body, "first");
  EXPECT_EQ(get(content, "/index.html").body, "first");
  EXPECT_EQ(get(content, "/a/style.css").body, "style");
  EXPECT_EQ(get(content, "/a%20b/%C3%A4.txt").body, "umlaut");
  EXPECT_EQ(get(content, "/r/k3/a/style.css").body, "style");
}

TEST_F(FolderSite, HasNoDemoPages) {
  const Content content = load();
  for (const std::string target : {"/mosaic/", "/objects/x", "/objects/", "/upload", "/mosaic"}) {
    EXPECT_EQ(get(content, target).status, 404) << target;
  }
  Site site{content};
  EXPECT_EQ(ask(site, "POST", "/upload").status, 405);
}

TEST_F(FolderSite, NeedsNoIndex) {
  folder_.remove("index.html");
  EXPECT_EQ(get(load(), "/").status, 404);
  EXPECT_EQ(get(load(), "/a/").status, 404);
}

TEST_F(FolderSite, GivesNothingFromOutsideWhateverThePath) {
  std::ofstream{folder_.outside() / "secret.txt"} << "secret";
  folder_.link("link.txt", "../outside/secret.txt");
  folder_.link("out", "../outside");
  const Content content = load();
  for (const std::string target :
       {"/../outside/secret.txt", "/a/../../outside/secret.txt", "/%2e%2e/outside/secret.txt",
        "/..%2foutside/secret.txt", "/a/..%2f..%2foutside%2fsecret.txt", "/%252e%252e/secret.txt",
        "/..\\outside\\secret.txt", "/%c0%ae%c0%ae/outside/secret.txt", "/link.txt",
        "/out/secret.txt", "//outside/secret.txt", "/index.html%00.txt", "/r/k3/../../outside",
        "/r/../outside/secret.txt", "/site.json", "/./link.txt", "/out"}) {
    const Answer answer = get(content, target);
    EXPECT_TRUE(answer.status == 404 || answer.status == 400) << target;
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << target;
  }
}

TEST_F(FolderSite, SendsAFolderWithoutItsSlashToAnAddressThatHoldsNoOther) {
  folder_.write("b: c/index.html", "x");
  folder_.write("b\r\nc/index.html", "x");
  EXPECT_EQ(get(load(), "/b:%20c?q=1").field("location"), "./b:%20c/?q=1");
  EXPECT_EQ(get(load(), "/b%0d%0ac").field("location"), "b%0d%0ac/");
  EXPECT_EQ(get(load(), "/r/k3").field("location"), "k3/");
}

TEST_F(FolderSite, AddsWhatItsDescriptionSays) {
  folder_.write("site.json", R"({"paths": {"/": {"push": ["a/style.css"],
    "early_hints": ["</a/style.css>; rel=preload; as=style"], "headers": {"x-demo": "1"}}}})");
  const Content content = load();
  EXPECT_EQ(get(content, "/").field("x-demo"), "1");
  EXPECT_EQ(get(content, "/").companions->push.front(), "/a/style.css");
  EXPECT_EQ(get(content, "/r/k3/").companions->push.front(), "/r/k3/a/style.css");
  EXPECT_EQ(get(content, "/a/style.css").companions, nullptr);
  EXPECT_EQ(get(content, "/site.json").status, 404);
}

TEST_F(FolderSite, ThinksAsLongAsItIsAskedTo) {
  const Content content = load();
  EXPECT_EQ(get(content, "/?delay_ms=250").delay, 250ms);
  EXPECT_EQ(get(content, "/?x=1&delay_ms=10000").delay, 10s);
  EXPECT_EQ(get(content, "/?x=1").delay, 0ms);
  const Answer refused = get(content, "/?delay_ms=10001");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("delay_ms: a whole number from 0 to 10000"), std::string::npos);
}

TEST_F(FolderSite, IsItselfWhenNothingChanged) {
  const Content content = load();
  EXPECT_EQ(reload(content), content);
}

TEST_F(FolderSite, ShowsAnEditAndSharesTheRest) {
  const Content before = load();
  folder_.write("index.html", "second");
  const Content after = reload(before);
  ASSERT_NE(after, before);
  EXPECT_EQ(get(after, "/").body, "second");
  EXPECT_NE(get(after, "/").field("etag"), get(before, "/").field("etag"));
  EXPECT_EQ(after->files.find("/a/style.css"), before->files.find("/a/style.css"));
  EXPECT_EQ(get(before, "/").body, "first");  // answers under way keep what they send
}

TEST_F(FolderSite, ShowsAnEditOfTheSameSize) {
  const Content before = load();
  folder_.write("index.html", "FIRST");
  const auto file = folder_.path() / "index.html";  // later, even if the clock has not ticked yet
  std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + 1s);
  EXPECT_EQ(get(reload(before), "/").body, "FIRST");
}

TEST_F(FolderSite, ShowsNewFilesAndForgetsThoseThatAreGone) {
  const Content before = load();
  folder_.write("new/index.html", "new");
  folder_.remove("a/style.css");
  const Content after = reload(before);
  EXPECT_EQ(get(after, "/new/").body, "new");
  EXPECT_EQ(get(after, "/a/style.css").status, 404);
  EXPECT_EQ(get(after, "/a/page.html").body, "page");
}

TEST_F(FolderSite, FollowsAFolderThatIsReplacedWhole) {
  const Content before = load();
  std::filesystem::rename(folder_.path(), folder_.outside() / "old");
  folder_.write("index.html", "first");
  const Content after = reload(before);
  EXPECT_EQ(get(after, "/").body, "first");
  EXPECT_EQ(get(after, "/a/style.css").status, 404);
}

TEST_F(FolderSite, StaysInForceWhenItsDescriptionBreaks) {
  const Content before = load();
  folder_.write("site.json", "{");
  const auto broken = reload_if_changed(before);
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.failure().message.find("site.json: line 1 is not JSON"), std::string::npos);
  EXPECT_EQ(get(before, "/").body, "first");
  folder_.write("site.json", R"({"paths": {"/": {"headers": {"x-demo": "1"}}}})");
  EXPECT_EQ(get(reload(before), "/").field("x-demo"), "1");
}

TEST_F(FolderSite, DoesNotStartWithABrokenDescription) {
  folder_.write("site.json", R"({"paths": {"/": {"push": [1]}}})");
  const auto loaded = load_site(folder_.path(), SiteKind::folder);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.failure().message.find((folder_.path() / "site.json").string()), 0u);
  EXPECT_NE(loaded.failure().message.find(R"(paths["/"].push[0])"), std::string::npos);
}

TEST_F(FolderSite, IsReplacedInAWorkerThatServes) {
  const Content before = load();
  Site site{before};
  EXPECT_EQ(ask(site, "GET", "/").body, "first");
  folder_.write("index.html", "second");
  site.replace(reload(before));
  EXPECT_EQ(ask(site, "GET", "/").body, "second");
}

}  // namespace
}  // namespace muxlab::test
