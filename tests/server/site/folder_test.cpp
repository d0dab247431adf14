// A folder gives what lies in it and nothing else: no link leads out of it, and none in a circle.
#include "server/site/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "tests/server/site/site_folder.h"
#include "tests/support/not_root.h"

namespace muxlab::test {
namespace {

using namespace server::site;
using Names = std::vector<std::string>;

class FolderTest : public testing::Test {
 protected:
  FolderTest() { std::ofstream{folder_.outside() / "secret.txt"} << "secret"; }

  Folder opened() const { return std::move(Folder::open(folder_.path()).value()); }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    const auto listed = opened().list();
    for (const FoundFile& found : listed.value().files) names.push_back(found.name);
    return names;
  }

  // "/name: why"
  std::vector<std::string> left_out() const {
    std::vector<std::string> sentences;
    const auto listed = opened().list();
    for (const LeftOut& each : listed.value().left_out) {
      sentences.push_back(each.name + ": " + each.why);
    }
    return sentences;
  }

  SiteFolder folder_;
};

TEST_F(FolderTest, ListsTheFilesInItAndInTheFoldersBelowByName) {
  folder_.write("b.css", "");
  folder_.write("a/x/deep.js", "");
  folder_.write("a b.txt", "");
  EXPECT_EQ(names(), (Names{"/a b.txt", "/a/x/deep.js", "/b.css"}));
}

TEST_F(FolderTest, LeavesOutHiddenNamesAndWhatIsNoFile) {
  folder_.write(".secret", "");
  folder_.write(".git/config", "");
  folder_.write("a.css", "");
  ASSERT_EQ(::mkfifo((folder_.path() / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(names(), Names{"/a.css"});
  EXPECT_EQ(left_out(), Names{"/fifo: is neither a file nor a folder"});
  EXPECT_FALSE(opened().open_file("/fifo").ok());
}

// RFC 8615: only there, and only it.
TEST_F(FolderTest, ShowsWhatIsWellKnownAndNoOtherHiddenName) {
  folder_.write(".well-known/security.txt", "");
  folder_.write(".well-known/.secret", "");
  folder_.write(".well-known/a/.well-known/x", "");
  folder_.write("a/.well-known/x", "");
  folder_.write(".well-known2/x", "");
  EXPECT_EQ(names(), Names{"/.well-known/security.txt"});
  EXPECT_EQ(left_out(), Names{});
}

TEST_F(FolderTest, FollowsLinksThatStayInside) {
  folder_.write("a/real.css", "x");
  folder_.link("alias.css", "a/real.css");
  folder_.link("b", "a");
  EXPECT_EQ(names(), (Names{"/a/real.css", "/alias.css", "/b/real.css"}));
  EXPECT_TRUE(opened().open_file("/b/real.css").ok());
}

TEST_F(FolderTest, FollowsNoLinkOutOfItself) {
  folder_.write("a/in.css", "");
  folder_.link("file", "../outside/secret.txt");
  folder_.link("folder", "../outside");
  folder_.link("a/up", "../../outside");
  folder_.link("a/back", "../../site/a/in.css");  // out and in again is out
  folder_.link("absolute", (folder_.path() / "a/in.css").string());
  folder_.link("root", "/");
  folder_.link("magic", "/proc/self/root");
  EXPECT_EQ(names(), Names{"/a/in.css"});
  for (const std::string name :
       {"/file", "/folder/secret.txt", "/a/up/secret.txt", "/../outside/secret.txt", "/absolute",
        "/root/etc/passwd", "/magic/etc/passwd", "/a/back"}) {
    EXPECT_FALSE(opened().open_file(name).ok()) << name;
  }
}

TEST_F(FolderTest, StaysInsideWhenAFolderBecomesALink) {
  folder_.write("a/secret.txt", "harmless");
  const Folder folder = opened();
  ASSERT_TRUE(folder.open_file("/a/secret.txt").ok());
  folder_.remove("a");
  folder_.link("a", "../outside");
  EXPECT_FALSE(folder.open_file("/a/secret.txt").ok());
}

TEST_F(FolderTest, PassesOverLinksInACircleAndLinksToNowhere) {
  folder_.write("a/file.css", "");
  folder_.link("self", "self");
  folder_.link("one", "two");
  folder_.link("two", "one");
  folder_.link("gone", "nowhere");
  folder_.link("a/parent", "..");
  folder_.link("a/here", ".");
  EXPECT_EQ(names(), Names{"/a/file.css"});
  EXPECT_EQ(left_out(), (Names{"/a/here: is a link back to a folder above it",
                               "/a/parent: is a link back to a folder above it",
                               "/gone: is a link to nowhere", "/one: is a link in a circle",
                               "/self: is a link in a circle", "/two: is a link in a circle"}));
}

TEST_F(FolderTest, LeavesOutFoldersThatItMayNotReadOrReach) {
  using std::filesystem::perms;
  folder_.write("a.css", "");
  folder_.write("closed/file.css", "");
  folder_.write("listed/file.css", "");   // may be read and not entered
  folder_.write("entered/file.css", "");  // the other way round
  folder_.permit("closed", perms::none);
  folder_.permit("listed", perms{0444});
  folder_.permit("entered", perms{0111});
  const NotRoot meanwhile;
  EXPECT_EQ(names(), Names{"/a.css"});
  EXPECT_EQ(left_out(), (Names{"/closed: Permission denied", "/entered: Permission denied",
                               "/listed: Permission denied"}));
}

TEST_F(FolderTest, IsRefusedWhenItCannotBeReadItself) {
  const Folder folder = opened();
  folder_.permit("", std::filesystem::perms::none);
  const NotRoot meanwhile;
  const auto listed = folder.list();
  ASSERT_FALSE(listed.ok());
  EXPECT_EQ(listed.failure().message,
            "cannot read " + folder_.path().string() + ": Permission denied");
}

TEST_F(FolderTest, TakesNamesOfAnyBytes) {
  const Names odd{"/\x01\x1b[2J", "/ ", "/%2e%2e", "/a\nb", "/\\..\\", "/\xff\xfe"};
  for (const std::string& name : odd) folder_.write(name.substr(1), "x");
  EXPECT_THAT(names(), testing::UnorderedElementsAreArray(odd));
  for (const std::string& name : odd) EXPECT_TRUE(opened().open_file(name).ok()) << name;
}

TEST_F(FolderTest, NamesItselfWhenItIsNotThere) {
  const auto folder = Folder::open(folder_.path() / "nowhere");
  ASSERT_FALSE(folder.ok());
  EXPECT_NE(folder.failure().message.find("nowhere"), std::string::npos);
}

// A folder of 100 files, seen through 100 links: names are counted, not what is on the disk.
TEST_F(FolderTest, IsRefusedWhenItHoldsTooMuch) {
  for (int number = 0; number < 100; ++number) {
    folder_.write("hundred/" + std::to_string(number), "");
    folder_.link("link" + std::to_string(number), "hundred");
  }
  const auto found = opened().list();
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.failure().message.find("more than 10000 files"), std::string::npos);
}

TEST_F(FolderTest, LeavesOutWhatLiesTooDeep) {
  std::string name;
  for (std::size_t depth = 0; depth < Folder::max_depth; ++depth) name += "d/";
  folder_.write(name + "file", "");
  folder_.write(name + "e/file", "");
  EXPECT_EQ(names(), Names{"/" + name + "file"});
  EXPECT_EQ(left_out(), Names{"/" + name + "e: lies more than 32 folders deep"});
}

}  // namespace
}  // namespace muxlab::test
