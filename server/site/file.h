// A file of the site as it was when it was read: its content, the variants made of it, and the
// fields of each, ready to send. Immutable, so all workers share it without a lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "common/http/content_coding.h"
#include "server/site/folder.h"
#include "server/site/representation.h"

namespace muxlab::server::site {

// What is larger is read from the disk when it is asked for.
inline constexpr std::uint64_t max_cached_file_bytes = 1u << 20;

// A variant of less gain would not be worth its memory.
inline constexpr double least_gain = 0.10;

// The content in one coding. Each has an ETag of its own: they differ byte for byte (RFC 9110
// section 8.8.3.3).
struct Variant {
  Representation whole;        // of a 200; no content when it is read from the disk
  http::Headers not_modified;  // of a 304
  std::string etag;            // without its quotes
};

struct File {
  std::shared_ptr<const Folder> folder;
  std::string name;  // below the folder, with "/" before it
  FileStamp stamp;
  std::chrono::sys_seconds last_modified;

  Variant identity;
  std::optional<Variant> gzip;
  std::optional<Variant> br;

  // Of the content as it is. The stamp may say otherwise when an edit came between.
  std::uint64_t bytes() const { return is_cached() ? identity.whole.content->size() : stamp.bytes; }
  bool is_cached() const { return identity.whole.content != nullptr; }
  http::AvailableCodings codings() const { return {gzip.has_value(), br.has_value()}; }
  const Variant& variant(http::ContentCoding coding) const;
  std::size_t cached_bytes() const;
};

// With its variants, when it is text and they are smaller. Its ETag is a hash of the content.
File make_cached_file(std::shared_ptr<const Folder> folder, std::string name, FileStamp stamp,
                      std::string content);

// Read when it is asked for, and never compressed. Its ETag is made of its size and its times: an
// edit is not told apart only when it keeps the size and happens within the same tick of the clock.
File make_streamed_file(std::shared_ptr<const Folder> folder, std::string name, FileStamp stamp);

}  // namespace muxlab::server::site
