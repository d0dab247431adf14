#include "server/site/file_response.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "common/http/byte_ranges.h"
#include "common/http/content_coding.h"
#include "common/http/multipart_ranges.h"
#include "common/http/preconditions.h"
#include "common/http/range_body.h"
#include "server/site/file_body.h"

namespace muxlab::server::site {
namespace {

using http::ByteRange;
using http::RangeSelection;

http::Response without_content(int status, http::Headers headers) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

// The fields of a 200, with another type when the parts have one of their own.
http::Headers partial_headers(const http::Headers& whole, std::string_view content_type) {
  http::Headers headers;
  headers.reserve(whole.size() + 1, 512);
  for (const http::Field field : whole) {
    headers.add(field.name, field.name == "content-type" ? content_type : field.value);
  }
  return headers;
}

// What a file's answers are cut from: the cached content, or the open file.
class Source {
 public:
  Source(const File& file, Descriptor open) : file_(file), open_(std::move(open)) {}

  std::unique_ptr<http::Body> whole(const Variant& variant) {
    if (variant.whole.content) return std::make_unique<http::SharedBody>(variant.whole.content);
    if (file_.bytes() == 0) return nullptr;
    return part({0, file_.bytes() - 1});
  }

  std::unique_ptr<http::Body> part(const ByteRange& range) {
    if (const auto& content = file_.identity.whole.content) {
      return std::make_unique<http::RangeBody>(content, range);
    }
    return std::make_unique<FileBody>(std::move(open_), range);
  }

  std::unique_ptr<http::Body> parts(http::MultipartRanges layout) {
    if (const auto& content = file_.identity.whole.content) {
      return std::make_unique<http::RangesBody>(content, std::move(layout));
    }
    return std::make_unique<FileRangesBody>(std::move(open_), std::move(layout));
  }

  // A file on the disk is not searched for it: its tag, a number in nanoseconds, is as good as a
  // random one.
  std::string boundary() const {
    if (const auto& content = file_.identity.whole.content)
      return http::multipart_boundary(*content);
    return "muxlab-range-" + file_.identity.etag;
  }

 private:
  const File& file_;
  Descriptor open_;
};

http::Response respond_whole(const File& file, const Variant& variant, Source source) {
  http::Response response;
  response.headers = variant.whole.headers;
  response.content_length = variant.whole.content ? variant.whole.content->size() : file.bytes();
  response.body = source.whole(variant);
  return response;
}

http::Response respond_part(const File& file, const ByteRange& range, Source source) {
  http::Response response;
  response.status = 206;
  response.headers = file.identity.whole.headers;
  response.headers.add("content-range", http::content_range(range, file.bytes()));
  response.content_length = range.length();
  response.body = source.part(range);
  return response;
}

http::Response respond_parts(const File& file, const std::vector<ByteRange>& ranges,
                             Source source) {
  const http::Headers& whole = file.identity.whole.headers;
  http::MultipartRanges layout = http::lay_out_ranges(
      ranges, file.bytes(), whole.find("content-type").value_or(""), source.boundary());
  http::Response response;
  response.status = 206;
  response.headers = partial_headers(whole, layout.content_type);
  response.content_length = layout.body_bytes;
  response.body = source.parts(std::move(layout));
  return response;
}

http::Response respond_unsatisfiable(const File& file) {
  http::Response response = without_content(416, plain_headers());
  response.headers.add("content-range", http::unsatisfied_content_range(file.bytes()));
  return response;
}

http::Preconditions weigh(const http::Request& request, const File& file, const Variant& variant) {
  // The time at which the file was last changed serves as "now": it only tells centuries apart.
  const auto about_now = std::chrono::sys_seconds{
      std::chrono::floor<std::chrono::seconds>(std::chrono::nanoseconds{file.stamp.changed_ns})};
  return http::weigh_preconditions(
      request.method, request.headers,
      {.etag = http::EntityTag{variant.etag}, .last_modified = file.last_modified}, about_now);
}

http::Response respond_ranges(const File& file, std::string_view field_value, Source source) {
  const RangeSelection selection = http::select_ranges(field_value, file.bytes());
  switch (selection.kind) {
    case RangeSelection::Kind::one:
      return respond_part(file, selection.ranges.front(), std::move(source));
    case RangeSelection::Kind::several:
      return respond_parts(file, selection.ranges, std::move(source));
    case RangeSelection::Kind::unsatisfiable:
      return respond_unsatisfiable(file);
    case RangeSelection::Kind::whole:
      break;
  }
  return respond_whole(file, file.identity, std::move(source));
}

http::Response respond_from(const http::Request& request, const File& file, Source source) {
  const std::optional<std::string_view> range = request.headers.find("range");
  const Variant& variant =
      range ? file.identity
            : file.variant(http::choose_coding(request.headers, file.codings()).coding);
  const http::Preconditions preconditions = weigh(request, file, variant);
  switch (preconditions.verdict) {
    case http::PreconditionVerdict::not_modified:
      return without_content(304, variant.not_modified);
    case http::PreconditionVerdict::precondition_failed:
      return without_content(412, plain_headers());
    case http::PreconditionVerdict::proceed:
      break;
  }
  if (range && preconditions.range_applies) return respond_ranges(file, *range, std::move(source));
  return respond_whole(file, variant, std::move(source));
}

// Calls `respond` with the file as it is on the disk now, which may be another than when it was
// found.
template <typename Respond>
http::Response respond_from_disk(const File& file, const Respond& respond) {
  Result<OpenedFile> opened = file.folder->open_file(file.name);
  if (!opened.ok()) return without_content(404, plain_headers());
  auto& [descriptor, stamp] = opened.value();
  if (stamp == file.stamp) return respond(file, std::move(descriptor));
  return respond(make_streamed_file(file.folder, file.name, stamp), std::move(descriptor));
}

}  // namespace

http::Response respond_to(const http::Request& request, const File& file) {
  if (file.is_cached()) return respond_from(request, file, Source{file, {}});
  return respond_from_disk(file, [&request](const File& now, Descriptor open) {
    return respond_from(request, now, Source{now, std::move(open)});
  });
}

http::Response respond_with(const File& file) {
  if (file.is_cached()) return respond_with(file.identity.whole);
  return respond_from_disk(file, [](const File& now, Descriptor open) {
    return respond_whole(now, now.identity, Source{now, std::move(open)});
  });
}

}  // namespace muxlab::server::site
