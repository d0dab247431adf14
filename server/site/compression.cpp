#include "server/site/compression.h"

#include <brotli/encode.h>
#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace muxlab::server::site {
namespace {

constexpr int brotli_quality = 5;
constexpr int gzip_level = 9;
constexpr int gzip_window_bits = 15 + 16;  // zlib's way to ask for a gzip header
constexpr int gzip_memory_level = 8;       // zlib's default

// The room given is what the library itself says is enough, so it can fail for want of memory only.
[[noreturn]] void give_up(const char* library) {
  std::fprintf(stderr, "muxlab: %s could not compress a file: is there memory left?\n", library);
  std::abort();
}

}  // namespace

std::string compress_brotli(std::string_view content) {
  std::size_t bytes = BrotliEncoderMaxCompressedSize(content.size());
  std::string compressed(bytes, '\0');
  const int done =
      BrotliEncoderCompress(brotli_quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, content.size(),
                            reinterpret_cast<const std::uint8_t*>(content.data()), &bytes,
                            reinterpret_cast<std::uint8_t*>(compressed.data()));
  if (done != BROTLI_TRUE) give_up("brotli");
  compressed.resize(bytes);
  return compressed;
}

std::string compress_gzip(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, gzip_level, Z_DEFLATED, gzip_window_bits, gzip_memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    give_up("zlib");
  }
  std::string compressed(deflateBound(&stream, static_cast<uLong>(content.size())), '\0');
  // zlib reads through this pointer and never writes; its type is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const int done = deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END) give_up("zlib");
  return compressed;
}

}  // namespace muxlab::server::site
