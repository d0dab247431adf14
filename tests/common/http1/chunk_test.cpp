#include <gtest/gtest.h>

#include <string>

#include "common/http1/chunk_decoder.h"
#include "common/http1/chunk_encoder.h"
#include "common/http1/limits.h"
#include "tests/support/http1_splits.h"

namespace muxlab::http1 {
namespace {

struct Decoded {
  std::string content;
  int status = 100;  // 200: ended; 100: needs more; else refused with that
  std::string rest;  // behind the end
  std::string trailers;
};

Decoded decode(const test::Pieces& pieces) {
  ChunkDecoder decoder;
  Decoded decoded;
  for (std::string_view piece : pieces) {
    while (!piece.empty() && decoded.status == 100) {
      const ChunkDecoder::Step step = decoder.decode(bytes_of(piece));
      piece.remove_prefix(step.consumed);
      decoded.content += text_of(step.content);
      if (step.kind == ChunkDecoder::Step::Kind::end) decoded.status = 200;
      if (step.kind == ChunkDecoder::Step::Kind::refused) decoded.status = step.refusal.status;
    }
    if (decoded.status != 100) decoded.rest += piece;
  }
  for (const auto [name, value] : decoder.trailers()) {
    decoded.trailers.append(name).append("=").append(value).append(";");
  }
  return decoded;
}

Decoded decode(std::string_view text) {
  const Decoded decoded = decode(test::whole(text));
  const Decoded again = decode(test::byte_by_byte(text));
  EXPECT_EQ(decoded.status, again.status) << text;
  EXPECT_EQ(decoded.content, again.content) << text;
  EXPECT_EQ(decoded.trailers, again.trailers) << text;
  return decoded;
}

TEST(ChunkDecoder, JoinsChunksAndStopsBehindTheLast) {
  const Decoded decoded =
      decode("3;name=\"v\"\r\none\r\n0A\r\n two three\r\n000\r\nSum: 1\r\n\r\nGET");
  EXPECT_EQ(decoded.status, 200);
  EXPECT_EQ(decoded.content, "one two three");
  EXPECT_EQ(decoded.rest, "GET");
}

TEST(ChunkDecoder, KeepsTrailersAsAHeadsFields) {
  const Decoded decoded = decode("0\r\nSUM:\t a b \r\nEmpty:\r\nsum: \x80\r\n\r\n");
  EXPECT_EQ(decoded.status, 200);
  EXPECT_EQ(decoded.trailers, "sum=a b;empty=;sum=\x80;");
}

TEST(ChunkDecoder, DropsTrailersThatComeTooLateToMeanAnything) {
  for (const std::string name : {"Authorization", "cookie", "Content-Type", "Content-Encoding",
                                 "TE", "Trailer", "Connection", "If-Match", "Expect"}) {
    const Decoded decoded = decode("0\r\n" + name + ": x\r\nsum: 1\r\n\r\n");
    EXPECT_EQ(decoded.status, 200) << name;
    EXPECT_EQ(decoded.trailers, "sum=1;") << name;
  }
}

TEST(ChunkDecoder, RefusesTrailersThatWouldMoveTheMessage) {
  for (const std::string name : {"Content-Length", "transfer-encoding", "HOST"}) {
    EXPECT_EQ(decode("0\r\n" + name + ": 5\r\n\r\n").status, 400) << name;
  }
}

TEST(ChunkDecoder, TakesOneExtensionAChunk) {
  for (const std::string extension : {"", ";a", ";a=b", ";a=\"\"", ";a=\"b c;=\x80\""}) {
    EXPECT_EQ(decode("1" + extension + "\r\nx\r\n0" + extension + "\r\n\r\n").status, 200)
        << extension;
  }
  for (const std::string extension :
       {";", ";a=", ";=b", ";a b", "; a", ";a =b", ";a=b;c", ";a;b", ";a=\"b", ";a=\"b\"c",
        ";a=\"\\b\"", ";a=\"\t\"", ";a=b\"", ";\x80", ";a=\x80"}) {
    EXPECT_EQ(decode("1" + extension + "\r\nx\r\n0\r\n\r\n").status, 400) << extension;
  }
}

TEST(ChunkDecoder, NeedsMoreUntilTheLastByte) {
  const std::string text = "1\r\na\r\n0\r\n\r\n";
  for (std::size_t count = 0; count < text.size(); ++count) {
    EXPECT_EQ(decode(text.substr(0, count)).status, 100) << count;
  }
}

TEST(ChunkDecoder, RefusesWhatAnotherReaderMightReadDifferently) {
  for (const std::string_view text : {"\r\n",         ";a\r\n",
                                      "g\r\n",        "-1\r\n",
                                      "+1\r\n",       "0x1\r\n",
                                      " 1\r\n",       "1 \r\n",
                                      "1 ;a\r\n",     "1\na",
                                      "1\r\r\n",      "1;a\n",
                                      "1;\x01\r\n",   "1\r\nab\r\n",
                                      "1\r\na\n",     "1\r\na\r\r",
                                      "1\r\na0",      "0\r\n\n",
                                      "0\r\n\r\r",    "0\r\n a: b\r\n",
                                      "0\r\n: b\r\n", "0\r\na b: c\r\n",
                                      "0\r\na\r\n",   "0\r\na: b\n",
                                      "0\r\na: b\rc", "0\r\na: b\r\n c\r\n"}) {
    EXPECT_EQ(decode(text).status, 400) << text;
  }
}

TEST(ChunkDecoderLimits, Size) {
  EXPECT_EQ(decode("fffffffffffffff\r\na").status, 100);
  EXPECT_EQ(decode("ffffffffffffffff\r\na").status, 400);
  EXPECT_EQ(decode("0000000000000001\r\na").status, 400);
}

TEST(ChunkDecoderLimits, ExtensionsOfAllChunksTogether) {
  const std::string half = ';' + std::string(max_chunk_extension_bytes / 2 - 1, 'x');
  EXPECT_EQ(decode("1" + half + "\r\na\r\n0" + half + "\r\n\r\n").status, 200);
  EXPECT_EQ(decode("1" + half + "\r\na\r\n0" + half + "x\r\n\r\n").status, 400);
}

TEST(ChunkDecoderLimits, Trailers) {
  std::string fields = "0\r\n";
  for (std::size_t count = 0; count < max_fields; ++count) fields += "x: y\r\n";
  EXPECT_EQ(decode(fields + "\r\n").status, 200);
  EXPECT_EQ(decode(fields + "x: y\r\n\r\n").status, 431);

  const std::string value(max_head_bytes - std::string_view{"x: \r\n\r"}.size(), 'v');
  EXPECT_EQ(decode("0\r\nx: " + value + "\r\n\r\n").status, 200);
  EXPECT_EQ(decode("0\r\nx: " + value + "v\r\n\r\n").status, 431);

  const std::string name(max_field_name_bytes, 'n');
  EXPECT_EQ(decode("0\r\n" + name + ": x\r\n\r\n").status, 200);
  EXPECT_EQ(decode("0\r\n" + name + "n: x\r\n\r\n").status, 431);
}

std::string drained(ByteQueue& queue) {
  std::string text;
  while (!queue.empty()) {
    text += text_of(queue.front());
    queue.consume(queue.front().size());
  }
  return text;
}

void encode(ByteQueue& queue, std::string_view text) {
  ChunkRoom room{queue, text.size()};
  ASSERT_GE(room.content().size(), text.size());
  std::copy_n(bytes_of(text).begin(), text.size(), room.content().begin());
  room.commit(text.size());
}

TEST(ChunkEncoder, WritesWhatTheDecoderReads) {
  ByteQueue queue;
  encode(queue, "hello");
  ChunkRoom{queue, 100}.commit(0);
  encode(queue, std::string(500, 'x'));
  end_chunks(queue);

  const std::string text = drained(queue);
  EXPECT_TRUE(text.starts_with("0005\r\nhello\r\n01f4\r\nxxx")) << text;
  const Decoded decoded = decode(text);
  EXPECT_EQ(decoded.status, 200);
  EXPECT_EQ(decoded.content, "hello" + std::string(500, 'x'));
}

TEST(ChunkEncoder, EndsWithTrailersWhereThereAreAny) {
  ByteQueue queue;
  end_chunks(queue, {{"sum", "1"}, {"server-timing", "a;dur=2"}});
  const std::string text = drained(queue);
  EXPECT_EQ(text, "0\r\nsum: 1\r\nserver-timing: a;dur=2\r\n\r\n");
  EXPECT_EQ(decode(text).trailers, "sum=1;server-timing=a;dur=2;");
}

TEST(ChunkEncoder, FillsABlockOfTheQueueToItsEnd) {
  ByteQueue queue;
  ChunkRoom room{queue, 1'000'000};
  std::fill(room.content().begin(), room.content().end(), std::uint8_t{'x'});
  room.commit(room.content().size());
  EXPECT_EQ(queue.size(), ByteQueue::block_bytes);
  end_chunks(queue);
  EXPECT_EQ(decode(drained(queue)).content.size(), ByteQueue::block_bytes - 8);
}

}  // namespace
}  // namespace muxlab::http1
