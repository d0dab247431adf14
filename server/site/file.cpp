#include "server/site/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/http/date.h"
#include "server/site/compression.h"
#include "server/site/content_type.h"
#include "server/site/fnv.h"

namespace muxlab::server::site {
namespace {

// Never in the future, as RFC 9110 section 8.8.2.1 demands: a file's time can be set to anything,
// but the time at which that was done can't.
std::chrono::sys_seconds last_modified(const FileStamp& stamp) {
  const std::chrono::nanoseconds since_1970{std::min(stamp.modified_ns, stamp.changed_ns)};
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>{since_1970});
}

// The fields that a 200 and a 304 share (RFC 9110 section 15.4.5).
void add_cache_fields(http::Headers& headers, const File& file, const std::string& quoted_etag,
                      bool varies) {
  headers.add("cache-control", cache_control_of(file.name));
  headers.add("etag", quoted_etag);
  headers.add("last-modified", http::imf_fixdate(file.last_modified));
  if (varies) headers.add("vary", "accept-encoding");
  headers.add("timing-allow-origin", "*");
}

Variant make_variant(const File& file, std::string etag, http::ContentCoding coding, bool varies,
                     std::shared_ptr<const std::string> content) {
  const std::string quoted_etag = fmt::format("\"{}\"", etag);
  Variant variant{{{}, std::move(content)}, {}, std::move(etag)};
  http::Headers& headers = variant.whole.headers;
  headers.reserve(9, 320);
  headers.add("content-type", content_type_of(file.name));
  if (coding == http::ContentCoding::identity) {
    headers.add("accept-ranges", "bytes");
  } else {
    headers.add("content-encoding", name_of(coding));
  }
  add_cache_fields(headers, file, quoted_etag, varies);
  headers.add("x-content-type-options", "nosniff");
  add_cache_fields(variant.not_modified, file, quoted_etag, varies);
  return variant;
}

// None when it gains too little.
std::shared_ptr<const std::string> if_smaller(std::string compressed, std::size_t than) {
  if (static_cast<double>(compressed.size()) > static_cast<double>(than) * (1 - least_gain)) {
    return nullptr;
  }
  compressed.shrink_to_fit();  // it was made in as much room as it could ever need
  return std::make_shared<const std::string>(std::move(compressed));
}

File begin(std::shared_ptr<const Folder> folder, std::string name, FileStamp stamp) {
  File file;
  file.folder = std::move(folder);
  file.name = std::move(name);
  file.stamp = stamp;
  file.last_modified = last_modified(stamp);
  return file;
}

}  // namespace

const Variant& File::variant(http::ContentCoding coding) const {
  switch (coding) {
    case http::ContentCoding::br:
      return br ? *br : identity;
    case http::ContentCoding::gzip:
      return gzip ? *gzip : identity;
    case http::ContentCoding::identity:
      break;
  }
  return identity;
}

std::size_t File::cached_bytes() const {
  std::size_t bytes = 0;
  if (identity.whole.content) bytes += identity.whole.content->size();
  if (gzip) bytes += gzip->whole.content->size();
  if (br) bytes += br->whole.content->size();
  return bytes;
}

File make_cached_file(std::shared_ptr<const Folder> folder, std::string name, FileStamp stamp,
                      std::string content) {
  using http::ContentCoding;
  File file = begin(std::move(folder), std::move(name), stamp);
  std::shared_ptr<const std::string> br;
  std::shared_ptr<const std::string> gzip;
  if (is_compressible(content_type_of(file.name)) && !content.empty()) {
    br = if_smaller(compress_brotli(content), content.size());
    gzip = if_smaller(compress_gzip(content), content.size());
  }
  const bool varies = br || gzip;
  const std::string etag = fmt::format("{:016x}", fnv1a64(bytes_of(content)));
  file.identity = make_variant(file, etag, ContentCoding::identity, varies,
                               std::make_shared<const std::string>(std::move(content)));
  if (br) file.br = make_variant(file, etag + "-br", ContentCoding::br, varies, std::move(br));
  if (gzip) {
    file.gzip = make_variant(file, etag + "-gzip", ContentCoding::gzip, varies, std::move(gzip));
  }
  return file;
}

File make_streamed_file(std::shared_ptr<const Folder> folder, std::string name, FileStamp stamp) {
  File file = begin(std::move(folder), std::move(name), stamp);
  std::string etag =
      fmt::format("{:x}-{:x}-{:x}", stamp.bytes, stamp.modified_ns, stamp.changed_ns);
  file.identity =
      make_variant(file, std::move(etag), http::ContentCoding::identity, false, nullptr);
  return file;
}

}  // namespace muxlab::server::site
