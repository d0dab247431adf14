// Which content coding a client gets, by its Accept-Encoding (RFC 9110 section 12.5.3). Chooses;
// encodes nothing.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/http/headers.h"

namespace muxlab::http {

// In the order of our preference, the smallest last. identity: as it is.
enum class ContentCoding { identity, gzip, br };

// As it stands in Content-Encoding: "gzip", "br"; "identity" is never sent there.
std::string_view name_of(ContentCoding coding);

// The variants that were made of a content. identity there always is.
struct AvailableCodings {
  bool gzip = false;
  bool br = false;
};

struct CodingChoice {
  ContentCoding coding = ContentCoding::identity;

  // False: the client refuses all that there is (identity;q=0 or *;q=0). identity is sent all the
  // same, as RFC 9110 section 12.4.1 allows: content it may be able to read is worth more than a
  // refusal it can do nothing with.
  bool acceptable = true;
};

// Browsers name 4 codings. What stands behind this many is not read.
inline constexpr std::size_t max_codings_read = 32;

// The highest qvalue wins; among equals br, then gzip, then identity. "*" speaks for what is not
// named. identity, not spoken for, is acceptable as the last resort. Without the field identity is
// chosen: the client never said that it can decode. Malformed members are passed over, and of a
// coding named twice the first counts.
CodingChoice choose_coding(const Headers& request, AvailableCodings available);

}  // namespace muxlab::http
