// The examples of RFC 7541 appendix C, byte by byte: each field's way of coming, and the table
// after each block.
#include "server/tap/hpack_decoder.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/tap/hpack_instruction.h"

namespace muxlab::test {
namespace {

using server::tap::HpackDecoder;
using server::tap::most_block_text_bytes;
using server::tap::read_hpack_instruction;
using testing::ElementsAre;
using trace::FieldLine;
using trace::Representation;

constexpr auto indexed = Representation::indexed;
constexpr auto with_indexing = Representation::literal_with_indexing;

// "8286 84" with any blanks.
std::string octets(std::string_view hexadecimal) {
  std::string digits;
  for (const char c : hexadecimal) {
    if (c != ' ') digits += c;
  }
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
  }
  return bytes;
}

// A field as it should be decoded. Huffman: "n", "v", "nv" or neither.
struct Line {
  const char* name;
  const char* value;
  Representation representation;
  std::uint32_t index;
  std::string_view huffman;
  std::uint32_t bytes;
};

MATCHER_P(IsLine, line, "") {
  const FieldLine& got = arg;
  *result_listener << got.name << ": " << got.value << " index " << got.index << ", "
                   << got.encoded_bytes << " bytes";
  return got.name == line.name && got.value == line.value &&
         got.representation == line.representation && got.index == line.index &&
         got.huffman_name == (line.huffman.find('n') != std::string_view::npos) &&
         got.huffman_value == (line.huffman.find('v') != std::string_view::npos) &&
         got.encoded_bytes == line.bytes;
}

void expect_fields(const trace::HeaderBlock& block, const std::vector<Line>& lines) {
  ASSERT_EQ(block.fields.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_THAT(block.fields[i], IsLine(lines[i]));
}

struct Table {
  std::uint32_t entries, bytes, added, evicted;
};

void expect_table(const trace::HeaderBlock& block, const Table& table) {
  ASSERT_TRUE(block.table);
  EXPECT_EQ(block.table->entries, table.entries);
  EXPECT_EQ(block.table->bytes, table.bytes);
  EXPECT_EQ(block.table->added, table.added);
  EXPECT_EQ(block.table->evicted, table.evicted);
}

void expect_block(HpackDecoder& decoder, std::string_view hexadecimal,
                  const std::vector<Line>& lines, const Table& table) {
  const std::string bytes = octets(hexadecimal);
  const auto decoded = decoder.decode(bytes_of(bytes));
  ASSERT_TRUE(decoded.ok()) << decoded.failure().message;
  EXPECT_EQ(decoded.value()->encoded_bytes, bytes.size());
  expect_fields(*decoded.value(), lines);
  expect_table(*decoded.value(), table);
}

// --- C.2: each representation alone

TEST(HpackDecoder, C21LiteralWithIndexing) {
  HpackDecoder decoder;
  expect_block(decoder, "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
               {{"custom-key", "custom-header", with_indexing, 0, "", 26}}, {1, 55, 1, 0});
}

TEST(HpackDecoder, C22LiteralWithoutIndexing) {
  HpackDecoder decoder;
  expect_block(decoder, "040c 2f73 616d 706c 652f 7061 7468",
               {{":path", "/sample/path", Representation::literal_without_indexing, 4, "", 14}},
               {0, 0, 0, 0});
}

TEST(HpackDecoder, C23LiteralNeverIndexed) {
  HpackDecoder decoder;
  expect_block(decoder, "1008 7061 7373 776f 7264 0673 6563 7265 74",
               {{"password", "secret", Representation::literal_never_indexed, 0, "", 17}},
               {0, 0, 0, 0});
}

TEST(HpackDecoder, C24Indexed) {
  HpackDecoder decoder;
  expect_block(decoder, "82", {{":method", "GET", indexed, 2, "", 1}}, {0, 0, 0, 0});
}

// --- C.3 and C.4: three requests, without and with Huffman coding

TEST(HpackDecoder, C3RequestsWithoutHuffman) {
  HpackDecoder decoder;
  expect_block(decoder, "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
               {{":method", "GET", indexed, 2, "", 1},
                {":scheme", "http", indexed, 6, "", 1},
                {":path", "/", indexed, 4, "", 1},
                {":authority", "www.example.com", with_indexing, 1, "", 17}},
               {1, 57, 1, 0});
  expect_block(decoder, "8286 84be 5808 6e6f 2d63 6163 6865",
               {{":method", "GET", indexed, 2, "", 1},
                {":scheme", "http", indexed, 6, "", 1},
                {":path", "/", indexed, 4, "", 1},
                {":authority", "www.example.com", indexed, 62, "", 1},
                {"cache-control", "no-cache", with_indexing, 24, "", 10}},
               {2, 110, 1, 0});
  expect_block(decoder, "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
               {{":method", "GET", indexed, 2, "", 1},
                {":scheme", "https", indexed, 7, "", 1},
                {":path", "/index.html", indexed, 5, "", 1},
                {":authority", "www.example.com", indexed, 63, "", 1},
                {"custom-key", "custom-value", with_indexing, 0, "", 25}},
               {3, 164, 1, 0});
}

TEST(HpackDecoder, C4RequestsWithHuffman) {
  HpackDecoder decoder;
  expect_block(decoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
               {{":method", "GET", indexed, 2, "", 1},
                {":scheme", "http", indexed, 6, "", 1},
                {":path", "/", indexed, 4, "", 1},
                {":authority", "www.example.com", with_indexing, 1, "v", 14}},
               {1, 57, 1, 0});
  expect_block(decoder, "8286 84be 5886 a8eb 1064 9cbf",
               {{":method", "GET", indexed, 2, "", 1},
                {":scheme", "http", indexed, 6, "", 1},
                {":path", "/", indexed, 4, "", 1},
                {":authority", "www.example.com", indexed, 62, "", 1},
                {"cache-control", "no-cache", with_indexing, 24, "v", 8}},
               {2, 110, 1, 0});
  expect_block(decoder, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
               {{":method", "GET", indexed, 2, "", 1},
                {":scheme", "https", indexed, 7, "", 1},
                {":path", "/index.html", indexed, 5, "", 1},
                {":authority", "www.example.com", indexed, 63, "", 1},
                {"custom-key", "custom-value", with_indexing, 0, "nv", 20}},
               {3, 164, 1, 0});
}

// --- C.5 and C.6: three responses with a table of 256 bytes. The limit comes by SETTINGS there,
// and the encoder has to take it into use by a size update, which the examples leave out.

constexpr const char* date = "Mon, 21 Oct 2013 20:13:21 GMT";
constexpr const char* later = "Mon, 21 Oct 2013 20:13:22 GMT";
constexpr const char* location = "https://www.example.com";
constexpr const char* cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

void limit_to_256(HpackDecoder& decoder) {
  decoder.limit_table(256);
  const std::string update = octets("3fe101");
  const auto decoded = decoder.decode(bytes_of(update));
  ASSERT_TRUE(decoded.ok()) << decoded.failure().message;
  EXPECT_THAT(decoded.value()->size_updates, ElementsAre(256U));
  EXPECT_EQ(decoded.value()->table->limit, 256U);
}

TEST(HpackDecoder, C5ResponsesWithoutHuffman) {
  HpackDecoder decoder;
  limit_to_256(decoder);
  expect_block(decoder,
               "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133"
               "2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70"
               "6c65 2e63 6f6d",
               {{":status", "302", with_indexing, 8, "", 5},
                {"cache-control", "private", with_indexing, 24, "", 9},
                {"date", date, with_indexing, 33, "", 31},
                {"location", location, with_indexing, 46, "", 25}},
               {4, 222, 4, 0});
  expect_block(decoder, "4803 3330 37c1 c0bf",
               {{":status", "307", with_indexing, 8, "", 5},
                {"cache-control", "private", indexed, 65, "", 1},
                {"date", date, indexed, 64, "", 1},
                {"location", location, indexed, 63, "", 1}},
               {4, 222, 1, 1});
  expect_block(decoder,
               "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d"
               "54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049"
               "5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e"
               "3d31",
               {{":status", "200", indexed, 8, "", 1},
                {"cache-control", "private", indexed, 65, "", 1},
                {"date", later, with_indexing, 33, "", 31},
                {"location", location, indexed, 64, "", 1},
                {"content-encoding", "gzip", with_indexing, 26, "", 6},
                {"set-cookie", cookie, with_indexing, 55, "", 58}},
               {3, 215, 3, 4});
}

TEST(HpackDecoder, C6ResponsesWithHuffman) {
  HpackDecoder decoder;
  limit_to_256(decoder);
  expect_block(decoder,
               "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6"
               "2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
               {{":status", "302", with_indexing, 8, "v", 4},
                {"cache-control", "private", with_indexing, 24, "v", 7},
                {"date", date, with_indexing, 33, "v", 24},
                {"location", location, with_indexing, 46, "v", 19}},
               {4, 222, 4, 0});
  expect_block(decoder, "4883 640e ffc1 c0bf",
               {{":status", "307", with_indexing, 8, "v", 5},
                {"cache-control", "private", indexed, 65, "", 1},
                {"date", date, indexed, 64, "", 1},
                {"location", location, indexed, 63, "", 1}},
               {4, 222, 1, 1});
  expect_block(decoder,
               "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab"
               "77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f"
               "9587 3160 65c0 03ed 4ee5 b106 3d50 07",
               {{":status", "200", indexed, 8, "", 1},
                {"cache-control", "private", indexed, 65, "", 1},
                {"date", later, with_indexing, 33, "v", 24},
                {"location", location, indexed, 64, "", 1},
                {"content-encoding", "gzip", with_indexing, 26, "v", 5},
                {"set-cookie", cookie, with_indexing, 55, "v", 47}},
               {3, 215, 3, 4});
}

// --- The table

TEST(HpackDecoder, AnEntryThatIsLargerThanTheTableEmptiesIt) {
  HpackDecoder decoder;
  const std::string block = octets("3f0f 4001 6101 62 4001 630f") + std::string(15, 'x');
  const auto decoded = decoder.decode(bytes_of(block));  // the limit is 46: the second has 48
  ASSERT_TRUE(decoded.ok());
  expect_table(*decoded.value(), {0, 0, 2, 2});
  EXPECT_EQ(decoded.value()->table->limit, 46U);
}

TEST(HpackDecoder, WhatALowerLimitThrowsOutIsEvictedByTheBlockThatFollows) {
  HpackDecoder decoder;
  ASSERT_TRUE(decoder.decode(bytes_of(octets("4001 6101 62 4001 6301 64"))).ok());
  decoder.limit_table(40);
  const std::string next = octets("3f09 82");
  const auto decoded = decoder.decode(bytes_of(next));
  ASSERT_TRUE(decoded.ok()) << decoded.failure().message;
  expect_table(*decoded.value(), {1, 34, 0, 1});
}

TEST(HpackDecoder, RefusesATableThatIsLargerThanAllowed) {
  HpackDecoder decoder;
  EXPECT_FALSE(decoder.decode(bytes_of(octets("3fe21f"))).ok());  // 4097
}

// --- What is no header block

TEST(HpackDecoder, RefusesWhatBreaksOff) {
  const std::string block = octets("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164");
  for (std::size_t bytes = 1; bytes < block.size(); ++bytes) {
    HpackDecoder decoder;
    EXPECT_FALSE(decoder.decode(bytes_of(block).first(bytes)).ok()) << bytes;
  }
}

TEST(HpackDecoder, RefusesAnIndexWithoutAnEntry) {
  for (const auto* block : {"80", "be", "ff00", "7f0000"}) {
    HpackDecoder decoder;
    EXPECT_FALSE(decoder.decode(bytes_of(octets(block))).ok()) << block;
  }
}

TEST(HpackDecoder, RefusesAByteThatStandsForMuchMoreThanItself) {
  HpackDecoder decoder;
  const std::string value(4000, 'x');
  std::string block = octets("4001 61 7fa11e") + value + std::string(100, '\xbe');
  EXPECT_GT(100 * value.size(), most_block_text_bytes);
  EXPECT_FALSE(decoder.decode(bytes_of(block)).ok());
}

TEST(HpackInstruction, RefusesNumbersThatDoNotFit) {
  EXPECT_TRUE(read_hpack_instruction(bytes_of(octets("ff80 8080 800f"))));
  EXPECT_FALSE(read_hpack_instruction(bytes_of(octets("ff80 8080 8010"))));
  EXPECT_FALSE(read_hpack_instruction(bytes_of(octets("ff80 8080 8080 01"))));
  EXPECT_FALSE(read_hpack_instruction({}));
}

}  // namespace
}  // namespace muxlab::test
