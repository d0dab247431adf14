// What a name says of its content: what the web agrees on, however the ending is written.
#include "server/site/content_type.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace muxlab::test {
namespace {

using namespace server::site;

TEST(ContentType, IsWhatTheWebAgreesOn) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"html", "text/html; charset=utf-8"},
      {"htm", "text/html; charset=utf-8"},
      {"xhtml", "application/xhtml+xml"},
      {"css", "text/css; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"cjs", "text/javascript; charset=utf-8"},
      {"json", "application/json"},
      {"jsonld", "application/ld+json"},
      {"geojson", "application/geo+json"},
      {"map", "application/json"},
      {"webmanifest", "application/manifest+json"},
      {"wasm", "application/wasm"},
      {"txt", "text/plain; charset=utf-8"},
      {"log", "text/plain; charset=utf-8"},
      {"md", "text/markdown; charset=utf-8"},
      {"csv", "text/csv; charset=utf-8"},
      {"ics", "text/calendar; charset=utf-8"},
      {"vtt", "text/vtt; charset=utf-8"},
      {"xml", "application/xml"},
      {"atom", "application/atom+xml"},
      {"rss", "application/rss+xml"},
      {"yaml", "application/yaml"},
      {"svg", "image/svg+xml"},
      {"png", "image/png"},
      {"apng", "image/apng"},
      {"jpg", "image/jpeg"},
      {"jpeg", "image/jpeg"},
      {"gif", "image/gif"},
      {"webp", "image/webp"},
      {"avif", "image/avif"},
      {"bmp", "image/bmp"},
      {"tiff", "image/tiff"},
      {"ico", "image/x-icon"},
      {"woff", "font/woff"},
      {"woff2", "font/woff2"},
      {"ttf", "font/ttf"},
      {"otf", "font/otf"},
      {"eot", "application/vnd.ms-fontobject"},
      {"mp3", "audio/mpeg"},
      {"ogg", "audio/ogg"},
      {"oga", "audio/ogg"},
      {"opus", "audio/ogg"},
      {"wav", "audio/wav"},
      {"flac", "audio/flac"},
      {"m4a", "audio/mp4"},
      {"mp4", "video/mp4"},
      {"m4v", "video/mp4"},
      {"webm", "video/webm"},
      {"ogv", "video/ogg"},
      {"mov", "video/quicktime"},
      {"ts", "video/mp2t"},
      {"m3u8", "application/vnd.apple.mpegurl"},
      {"mpd", "application/dash+xml"},
      {"pdf", "application/pdf"},
      {"zip", "application/zip"},
      {"gz", "application/gzip"},
      {"svgz", "application/gzip"},
      {"tar", "application/x-tar"},
      {"7z", "application/x-7z-compressed"},
      {"bz2", "application/x-bzip2"},
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"epub", "application/epub+zip"},
      {"py", "text/x-python; charset=utf-8"},
      {"c", "text/x-csrc; charset=utf-8"},
  };
  for (const auto& [ending, type] : table)
    EXPECT_EQ(content_type_of("/a." + ending), type) << ending;
}

TEST(ContentType, IsTheSameHoweverTheEndingIsWritten) {
  EXPECT_EQ(content_type_of("/INDEX.HTML"), "text/html; charset=utf-8");
  EXPECT_EQ(content_type_of("/Photo.JPG"), "image/jpeg");
  EXPECT_EQ(content_type_of("/a.Woff2"), "font/woff2");
}

TEST(ContentType, IsThatOfTheLastEndingOfTheFile) {
  EXPECT_EQ(content_type_of("/a.tar.gz"), "application/gzip");
  EXPECT_EQ(content_type_of("/a.html.txt"), "text/plain; charset=utf-8");
  EXPECT_EQ(content_type_of("/.css"), "text/css; charset=utf-8");
  for (const std::string name : {"/a.html/README", "/README", "/html", "/a.", "/.", "",
                                 "/a.no such", "/a.html ", "/a.htm\xc3\xb6"}) {
    EXPECT_EQ(content_type_of(name), "application/octet-stream") << name;
  }
}

TEST(ContentType, SaysWhatABrowserMayKeep) {
  for (const char* name : {"/index.html", "/A.HTM", "/a.xhtml", "/mosaic/page.json"}) {
    EXPECT_EQ(cache_control_of(name), "no-store") << name;
  }
  for (const char* name : {"/a.css", "/data.json", "/a.svg", "/README"}) {
    EXPECT_EQ(cache_control_of(name), "no-cache") << name;
  }
}

TEST(ContentType, SaysWhatIsWorthCompressing) {
  for (const char* name : {"/a.html", "/a.css", "/a.js", "/a.json", "/a.webmanifest", "/a.svg",
                           "/a.atom", "/a.wasm", "/a.ttf", "/a.otf", "/a.bmp", "/a.csv", "/a.md"}) {
    EXPECT_TRUE(is_compressible(content_type_of(name))) << name;
  }
  for (const char* name : {"/a.png", "/a.jpg", "/a.woff2", "/a.woff", "/a.mp4", "/a.zip", "/a.gz",
                           "/a.svgz", "/a.pdf", "/a.docx", "/README"}) {
    EXPECT_FALSE(is_compressible(content_type_of(name))) << name;
  }
}

}  // namespace
}  // namespace muxlab::test
