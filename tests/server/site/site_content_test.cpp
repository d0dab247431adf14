// A folder of the user's own as a site: its files and nothing else, kept as it changes.
#include "server/site/site_content.h"

#include <gtest/gtest.h>

#include "server/site/site.h"
#include "tests/server/site/site_folder.h"
#include "tests/support/asking.h"
#include "tests/support/not_root.h"

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

// Many programs have a site.json of their own.
TEST_F(FolderSite, ServesADescriptionThatIsNotOneLikeAnyOtherFile) {
  const std::vector<std::pair<std::string, std::string>> foreign{
      {R"({"name": "my site", "url": "https://example.org"})", R"("name" is unknown here)"},
      {R"({"paths": {"/": {"push": [1]}}})", R"(paths["/"].push[0] must be a path)"},
      {"[]", "the whole must be an object"},
      {"{", "is no JSON: line 1"},
      {"", "is no JSON: line 1"},
      {std::string(100'000, '['), "is nested deeper than 64"},
      {std::string(10'000'000, ' '), "is larger than 1 MiB"},
  };
  for (const auto& [text, sentence] : foreign) {
    folder_.write("site.json", text);
    const Content content = load();
    ASSERT_EQ(content->remarks.size(), 1u) << sentence;
    const std::string& remark = content->remarks.front();
    EXPECT_EQ(remark.find((folder_.path() / "site.json").string() + ": "), 0u) << remark;
    EXPECT_NE(remark.find(sentence), std::string::npos) << remark;
    EXPECT_NE(remark.find("it is ignored"), std::string::npos) << remark;
    EXPECT_EQ(get(content, "/site.json").body, text);
    EXPECT_EQ(get(content, "/").body, "first");
  }
}

TEST_F(FolderSite, TakesItsDescriptionOnceItIsMended) {
  folder_.write("site.json", "{");
  const Content broken = load();
  folder_.write("site.json", R"({"paths": {"/": {"headers": {"x-demo": "1"}}}})");
  const Content mended = reload(broken);
  EXPECT_EQ(get(mended, "/").field("x-demo"), "1");
  EXPECT_EQ(get(mended, "/site.json").status, 404);
  EXPECT_TRUE(mended->remarks.empty());
}

// The demo pages' own is a part of the program.
TEST_F(FolderSite, DoesNotStartAsTheDemoPagesWithABrokenDescription) {
  folder_.write("site.json", R"({"paths": {"/": {"push": [1]}}})");
  const auto loaded = load_site(folder_.path(), SiteKind::built_in);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.failure().message.find((folder_.path() / "site.json").string()), 0u);
}

TEST_F(FolderSite, LeavesOutFilesThatItMayNotReadAndSaysSo) {
  folder_.write("closed.css", "secret");
  folder_.write("large.bin", std::string(server::site::max_cached_file_bytes + 1, 'x'));
  folder_.permit("closed.css", std::filesystem::perms::none);
  folder_.permit("large.bin", std::filesystem::perms::none);
  const NotRoot meanwhile;
  const Content content = load();
  EXPECT_EQ(get(content, "/").body, "first");
  EXPECT_EQ(get(content, "/closed.css").status, 404);
  const std::string in = folder_.path().string();
  EXPECT_EQ(content->remarks,
            (std::vector{in + "/closed.css: Permission denied; it is not served",
                         in + "/large.bin: Permission denied; it is not served"}));
  EXPECT_EQ(reload(content), content) << "what is known is no change";
}

TEST_F(FolderSite, ServesAFileOnceItMayBeReadAndTheOthersMeanwhile) {
  folder_.write("closed.css", "open now");
  folder_.permit("closed.css", std::filesystem::perms::none);
  Content content;
  {
    const NotRoot meanwhile;
    content = load();
  }
  folder_.write("index.html", "second");
  {
    const NotRoot meanwhile;
    content = reload(content);
    EXPECT_EQ(get(content, "/").body, "second");
    EXPECT_EQ(content->remarks.size(), 1u);
  }
  folder_.permit("closed.css", std::filesystem::perms{0644});
  {
    const NotRoot meanwhile;
    content = reload(content);
  }
  EXPECT_EQ(get(content, "/closed.css").body, "open now");
  EXPECT_TRUE(content->remarks.empty());
}

TEST_F(FolderSite, LeavesOutWhatVanishesBetweenListingAndReading) {
  folder_.write("brief.css", "x");
  const Folder folder = std::move(Folder::open(folder_.path()).value());
  const auto listed = folder.list();
  folder_.remove("brief.css");
  EXPECT_EQ(listed.value().files.size(), 4u);
  EXPECT_EQ(folder.open_file("/brief.css").failure().message, "No such file or directory");
  EXPECT_EQ(get(load(), "/brief.css").status, 404);
}

// A length was promised: less fails the answer, more is for the next one.
TEST_F(FolderSite, SendsAFileAsLongAsItWasWhenTheAnswerBegan) {
  const std::string large(server::site::max_cached_file_bytes + 1, 'x');
  folder_.write("large.bin", large);
  Site site{load()};
  const auto begin = [&site] {
    http::Responder responder;
    site.answer(make_request("GET", "/large.bin"), responder);
    return responder.take();
  };
  http::Response grows = begin();
  folder_.write("large.bin", large + "more");
  EXPECT_EQ(read(std::move(grows)).body, large);
  http::Response shrinks = begin();
  EXPECT_EQ(shrinks.content_length, large.size() + 4);
  folder_.write("large.bin", "little");
  EXPECT_EQ(read(std::move(shrinks)).body, "(failed)");
}

TEST_F(FolderSite, OffersThePagesThatAreDescribed) {
  folder_.write("a/page.json", R"({"page": "a", "title": "A"})");
  folder_.write("broken/page.json", R"({"page": 1})");
  folder_.write("deep/page.json", std::string(100'000, '['));
  folder_.write("large/page.json", std::string(10'000'000, ' '));
  folder_.write("page.json", R"({"page": ""})");
  const Content content = load();
  ASSERT_EQ(content->pages.size(), 2u);
  EXPECT_EQ((*content->pages[0])["page"], "a");
  EXPECT_EQ((*content->pages[1])["page"], "");
  const std::string in = folder_.path().string();
  const std::string end = "; the page can't be raced";
  EXPECT_EQ(
      content->remarks,
      (std::vector{
          in + "/broken/page.json: page must be \"broken\", the folder it stands in" + end,
          in + "/deep/page.json: is nested deeper than 64" + end,
          in + "/large/page.json: is larger than 1 MiB, or comes after 64 MiB of other files" +
              end}));
  EXPECT_EQ(get(content, "/broken/page.json").body, R"({"page": 1})")
      << "it is a file all the same";
}

TEST_F(FolderSite, OffersSoManyPagesAndNoMore) {
  for (std::size_t i = 0; i <= server::site::max_pages; ++i) {
    const std::string name = "p" + std::to_string(i);
    folder_.write(name + "/page.json", R"({"page": ")" + name + "\"}");
  }
  const Content content = load();
  EXPECT_EQ(content->pages.size(), server::site::max_pages);
  EXPECT_EQ(content->remarks.size(), 1u);
}

TEST_F(FolderSite, KeepsItsOwnFolderOfTheNameOfRuns) {
  folder_.write("r/docs/index.html", "docs");
  folder_.write("r/docs/a/style.css", "docs style");
  folder_.write("r/note", "note");
  folder_.write("r/deep/er/file.txt", "deep");
  const Content content = load();
  EXPECT_EQ(get(content, "/r/docs/").body, "docs");
  EXPECT_EQ(get(content, "/r/docs/a/style.css").body, "docs style");
  EXPECT_EQ(get(content, "/r/docs/a/page.html").status, 404) << "not that of the site";
  EXPECT_EQ(get(content, "/r/docs").field("location"), "docs/");
  EXPECT_EQ(get(content, "/r/note").body, "note");
  EXPECT_EQ(get(content, "/r/deep/er/file.txt").body, "deep");
  EXPECT_EQ(get(content, "/r/deep/").status, 404);
  EXPECT_EQ(get(content, "/r/k3/").body, "first");
  EXPECT_EQ(get(content, "/r/k3/r/docs/").body, "docs");
}

TEST_F(FolderSite, KeepsItsOwnFileOrFolderOfTheNameOfTheHealthCheck) {
  EXPECT_EQ(get(load(), "/healthz").body, "ok\n");
  folder_.write("healthz", "mine");
  EXPECT_EQ(get(load(), "/healthz").body, "mine");
  folder_.remove("healthz");
  folder_.write("healthz/index.html", "my page");
  EXPECT_EQ(get(load(), "/healthz").field("location"), "healthz/");
  EXPECT_EQ(get(load(), "/healthz/").body, "my page");
}

TEST_F(FolderSite, ServesWhatIsWellKnown) {
  folder_.write(".well-known/security.txt", "Contact: mailto:x@example.org");
  folder_.write(".git/config", "secret");
  const Content content = load();
  EXPECT_EQ(get(content, "/.well-known/security.txt").body, "Contact: mailto:x@example.org");
  EXPECT_EQ(get(content, "/.git/config").status, 404);
}

TEST_F(FolderSite, LeavesParametersThatAreNotItsOwnToOthers) {
  const Content content = load();
  EXPECT_EQ(get(content, "/?utm_source=x&delay_ms=250&&=&delay=1").delay, 250ms);
  for (const std::string query :
       {"delay_ms=", "delay_ms", "delay_ms=-1", "delay_ms=1&delay_ms=1"}) {
    EXPECT_EQ(get(content, "/?utm_source=x&" + query).status, 400) << query;
  }
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
