// One field section while its block is decoded (RFC 9113 section 8): the fields, held to the limits
// of common/http/limits.h and counted as HTTP/1.1 would write them. Above a limit nothing more is
// kept, and the section says how it is to be answered: decoding goes on, so that the compression
// stays in step. A connection needs one of them, for header blocks come one after the other.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/http/headers.h"
#include "common/http/limits.h"

namespace muxlab::http2 {

struct SectionLimits {
  std::size_t bytes = http::max_head_bytes;
  std::size_t fields = http::max_fields;
  std::size_t hopeless_factor = http::hopeless_factor;  // 1: nothing above a limit is decoded
};

class FieldSection {
 public:
  explicit FieldSection(const SectionLimits& limits) : limits_(limits) {}

  // Forgets what was there.
  void begin();

  // Takes the next field; `name` begins with a colon where it is a pseudo-header field. False when
  // the section is above `hopeless_factor` times a limit: what follows is not worth decoding.
  [[nodiscard]] bool add(std::string_view name, std::string_view value);

  // The section is whole: gives its fields, the crumbs of a Cookie joined to one (RFC 9113
  // section 8.2.3). Only the first of them when the section is refused.
  http::Headers take();

  // It has no pseudo-header fields so far (RFC 9113 section 8.1).
  bool is_trailers() const { return !opens_message_; }

  // Which limit the section is above; null: none.
  const http::Refusal* refused() const { return refused_; }

 private:
  void count_pseudo_field(std::string_view name, std::string_view value);
  const http::Refusal* fault_of(std::string_view name) const;
  bool hopeless() const;
  void join_crumb(std::string_view crumb);

  SectionLimits limits_;
  http::Headers fields_;
  std::string cookie_;                  // the crumbs so far, where there is more than one
  std::size_t bytes_ = 0;               // as a head of HTTP/1.1
  std::size_t request_line_bytes_ = 0;  // of them
  std::size_t counted_ = 0;             // fields, a Cookie once
  bool opens_message_ = false;
  bool has_cookie_ = false;
  bool has_crumbs_ = false;
  const http::Refusal* refused_ = nullptr;
};

}  // namespace muxlab::http2
