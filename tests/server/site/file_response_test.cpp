// How a file answers: in the coding the client takes, not at all when it has it already, and in
// parts. The same whether the content is kept or read from the disk.
#include "server/site/file_response.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <set>

#include "common/http/date.h"
#include "server/site/files.h"
#include "tests/server/site/site_folder.h"
#include "tests/support/asking.h"

namespace muxlab::test {
namespace {

using namespace server::site;

std::string text_of_kilobytes(int kilobytes) {
  std::string text;
  for (int line = 0; text.size() < static_cast<std::size_t>(kilobytes) << 10; ++line) {
    text += "a line of text that repeats itself, number " + std::to_string(line) + "\n";
  }
  return text;
}

std::string unpack_brotli(const std::string& packed, std::size_t bytes) {
  std::string content(bytes, '\0');
  BrotliDecoderDecompress(packed.size(), reinterpret_cast<const std::uint8_t*>(packed.data()),
                          &bytes, reinterpret_cast<std::uint8_t*>(content.data()));
  return content.substr(0, bytes);
}

std::string unpack_gzip(std::string packed, std::size_t bytes) {
  std::string content(bytes, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(content.data());
  stream.avail_out = static_cast<uInt>(bytes);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return content;
}

class FileResponse : public testing::Test {
 protected:
  FileResponse() {
    folder_.write("page.html", text_);
    folder_.write("style.css", text_);
    folder_.write("tiny.css", "a{}");
    folder_.write("picture.png", text_);
    folder_.write("digits.bin", "0123456789");
    folder_.write("large.bin", large_);
    folder_.write("empty.bin", "");
    files_.emplace(std::move(Files::load(folder_.path()).value()));
  }

  Answer get(std::string_view path, http::Headers headers = {}) {
    return read(respond_to(make_request("GET", path, std::move(headers)), *files_->find(path)));
  }

  SiteFolder folder_;
  std::string text_ = text_of_kilobytes(20);
  std::string large_ = text_of_kilobytes(1100);
  std::optional<Files> files_;
};

TEST_F(FileResponse, TellsHowItMayBeKeptAndHowToAskAgain) {
  const Answer style = get("/style.css");
  EXPECT_EQ(style.field("cache-control"), "no-cache");
  EXPECT_EQ(style.field("timing-allow-origin"), "*");
  EXPECT_EQ(style.field("accept-ranges"), "bytes");
  EXPECT_EQ(style.field("etag").size(), 18u);
  EXPECT_EQ(style.field("last-modified").size(), 29u);
  EXPECT_EQ(get("/page.html").field("cache-control"), "no-store");
}

TEST_F(FileResponse, NeverClaimsAChangeInTheFuture) {
  std::filesystem::last_write_time(
      folder_.path() / "tiny.css",
      std::filesystem::file_time_type::clock::now() + std::chrono::hours{1000});
  const Files files = std::move(Files::load(folder_.path()).value());
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  EXPECT_LE(files.find("/tiny.css")->last_modified, now);
}

TEST_F(FileResponse, ComesInTheCodingTheClientTakes) {
  const Answer br = get("/style.css", {{"accept-encoding", "gzip, deflate, br"}});
  EXPECT_EQ(br.field("content-encoding"), "br");
  EXPECT_EQ(br.length, br.body.size());
  EXPECT_LT(br.body.size(), text_.size() / 4);
  EXPECT_EQ(unpack_brotli(br.body, text_.size()), text_);

  const Answer gzip = get("/style.css", {{"accept-encoding", "gzip"}});
  EXPECT_EQ(gzip.field("content-encoding"), "gzip");
  EXPECT_EQ(unpack_gzip(gzip.body, text_.size()), text_);

  const Answer plain = get("/style.css");
  EXPECT_EQ(plain.field("content-encoding"), "");
  EXPECT_EQ(plain.body, text_);
  for (const Answer& answer : {br, gzip, plain}) {
    EXPECT_EQ(answer.field("vary"), "accept-encoding");
    EXPECT_EQ(answer.field("content-type"), "text/css; charset=utf-8");
    EXPECT_EQ(answer.headers.count("etag"), 1u);
  }
  EXPECT_EQ((std::set{br.field("etag"), gzip.field("etag"), plain.field("etag")}.size()), 3u);
}

TEST_F(FileResponse, IsNotCompressedWhereThatGainsNothing) {
  for (const std::string path : {"/tiny.css", "/picture.png", "/large.bin"}) {
    const Answer answer = get(path, {{"accept-encoding", "gzip, br"}});
    EXPECT_EQ(answer.field("content-encoding"), "") << path;
    EXPECT_EQ(answer.field("vary"), "") << path;
  }
}

TEST_F(FileResponse, IsNotSentAgainToWhoHasIt) {
  for (const std::string path : {"/style.css", "/large.bin", "/empty.bin"}) {
    for (const std::string coding : {"", "gzip", "br"}) {
      const std::string etag = get(path, {{"accept-encoding", coding}}).field("etag");
      const Answer again = get(path, {{"accept-encoding", coding}, {"if-none-match", etag}});
      EXPECT_EQ(again.status, 304) << path << " in " << coding;
      EXPECT_EQ(again.field("etag"), etag);
      EXPECT_EQ(again.field("cache-control"), "no-cache");
      EXPECT_EQ(again.field("content-type"), "");
      EXPECT_EQ(again.body, "");
    }
  }
}

TEST_F(FileResponse, IsSentToWhoHasAnotherVariant) {
  const std::string etag = get("/style.css", {{"accept-encoding", "br"}}).field("etag");
  EXPECT_EQ(get("/style.css", {{"accept-encoding", "gzip"}, {"if-none-match", etag}}).status, 200);
}

TEST_F(FileResponse, HoldsItsPreconditionsInOrder) {
  const Answer whole = get("/digits.bin");
  const std::string since = whole.field("last-modified");
  EXPECT_EQ(get("/digits.bin", {{"if-modified-since", since}}).status, 304);
  EXPECT_EQ(get("/digits.bin", {{"if-none-match", "\"x\""}, {"if-modified-since", since}}).status,
            200);
  EXPECT_EQ(get("/digits.bin", {{"if-match", "\"x\""}}).status, 412);
  EXPECT_EQ(get("/digits.bin", {{"if-match", whole.field("etag")}}).status, 200);
  EXPECT_EQ(get("/digits.bin", {{"if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status,
            412);
}

TEST_F(FileResponse, ComesInPart) {
  const Answer part = get("/digits.bin", {{"range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.length, 3u);
  EXPECT_EQ(part.field("content-range"), "bytes 2-4/10");
  EXPECT_EQ(get("/digits.bin", {{"range", "bytes=-3"}}).body, "789");
  EXPECT_EQ(get("/digits.bin", {{"range", "bytes=8-"}}).body, "89");
  EXPECT_EQ(get("/digits.bin", {{"range", "bytes=2-4,5-6"}}).body, "23456");
  EXPECT_EQ(get("/digits.bin", {{"range", "lines=1-2"}}).status, 200);
}

TEST_F(FileResponse, ComesInSeveralParts) {
  for (const std::string path : {"/digits.bin", "/large.bin"}) {
    const Answer parts = get(path, {{"range", "bytes=1-2,7-8"}});
    EXPECT_EQ(parts.status, 206) << path;
    EXPECT_EQ(parts.length, parts.body.size()) << path;
    EXPECT_TRUE(parts.field("content-type").starts_with("multipart/byteranges; boundary="));
    EXPECT_EQ(parts.headers.count("content-type"), 1u);
    EXPECT_EQ(parts.field("content-range"), "");
    const std::string& content = path == "/large.bin" ? large_ : "0123456789";
    EXPECT_NE(parts.body.find("\r\n\r\n" + content.substr(1, 2) + "\r\n"), std::string::npos);
    EXPECT_NE(parts.body.find("\r\n\r\n" + content.substr(7, 2) + "\r\n"), std::string::npos);
  }
}

TEST_F(FileResponse, SaysHowLongItIsWhenAPartIsBehindItsEnd) {
  const Answer answer = get("/digits.bin", {{"range", "bytes=10-"}});
  EXPECT_EQ(answer.status, 416);
  EXPECT_EQ(answer.field("content-range"), "bytes */10");
}

TEST_F(FileResponse, ComesWholeWhenThePartIsOfAnotherVersion) {
  const std::string etag = get("/digits.bin").field("etag");
  const http::Headers same{{"range", "bytes=2-4"}, {"if-range", etag}};
  EXPECT_EQ(get("/digits.bin", same).body, "234");
  const http::Headers other{{"range", "bytes=2-4"}, {"if-range", "\"x\""}};
  EXPECT_EQ(get("/digits.bin", other).body, "0123456789");
  EXPECT_EQ(get("/digits.bin", other).status, 200);
}

TEST_F(FileResponse, GivesPartsOfTheFileItself) {
  const Answer part = get("/style.css", {{"range", "bytes=0-9"}, {"accept-encoding", "br"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.field("content-encoding"), "");
  EXPECT_EQ(part.body, text_.substr(0, 10));
}

TEST_F(FileResponse, ReadsALargeFileFromTheDisk) {
  ASSERT_FALSE(files_->find("/large.bin")->is_cached());
  EXPECT_EQ(get("/large.bin").body, large_);
  EXPECT_EQ(get("/large.bin", {{"range", "bytes=1000000-1000009"}}).body,
            large_.substr(1000000, 10));
}

TEST_F(FileResponse, FollowsALargeFileThatChangedSinceItWasFound) {
  const std::string etag = get("/large.bin").field("etag");
  folder_.write("large.bin", "short");
  const Answer now = get("/large.bin", {{"if-none-match", etag}});
  EXPECT_EQ(now.status, 200);
  EXPECT_EQ(now.body, "short");
  EXPECT_EQ(now.length, 5u);
  folder_.remove("large.bin");
  EXPECT_EQ(get("/large.bin").status, 404);
}

TEST_F(FileResponse, FailsWhenALargeFileIsCutWhileItIsSent) {
  http::Response response = respond_with(*files_->find("/large.bin"));
  std::filesystem::resize_file(folder_.path() / "large.bin", 10);
  EXPECT_EQ(read_all(*response.body), "(failed)");
}

TEST_F(FileResponse, GivesNoMoreThanItReadWhenTheFileWasCutMeanwhile) {
  const File& found = *files_->find("/digits.bin");
  const File cut = make_cached_file(found.folder, found.name, found.stamp, "0123");
  const http::Request request = make_request("GET", "/digits.bin", {{"range", "bytes=2-9"}});
  EXPECT_EQ(read(respond_to(request, cut)).body, "23");
  EXPECT_EQ(read(respond_with(cut)).length, 4u);
}

TEST_F(FileResponse, IsEmptyWithoutABodyToRead) {
  const Answer empty = get("/empty.bin");
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.length, 0u);
  EXPECT_EQ(get("/empty.bin", {{"range", "bytes=0-"}}).status, 416);
}

}  // namespace
}  // namespace muxlab::test
