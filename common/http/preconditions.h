// The If-* fields of a request, weighed against what is there now, in the order of RFC 9110
// section 13.2.2. Decides; the caller answers.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "common/http/entity_tag.h"
#include "common/http/headers.h"

namespace muxlab::http {

// What is known of the representation that would be sent or changed.
struct Validators {
  bool exists = true;               // false: there is none yet (a PUT that would create it)
  std::optional<EntityTag> etag{};  // outlives the call
  std::optional<std::chrono::sys_seconds> last_modified{};

  // The owner knows that it did not change twice within that second (RFC 9110 section 8.8.2.2).
  // Only then does an If-Range with a date hold; without it the whole is sent, which is always
  // right.
  bool last_modified_is_strong = false;
};

enum class PreconditionVerdict {
  proceed,              // as if there were no If-*
  not_modified,         // 304, with the fields that 200 would have had (RFC 9110 section 15.4.5)
  precondition_failed,  // 412
};

struct Preconditions {
  PreconditionVerdict verdict = PreconditionVerdict::proceed;
  bool range_applies = false;  // a GET with one Range field that no If-Range takes away
};

// Ask only when the answer without If-* would be 2xx (RFC 9110 section 13.2.1). `now` only decides
// the century of a date with a year of two digits: the time when the site was loaded will do.
//
// What can't be read, or has too many entity-tags, is taken on the safe side: an If-Match fails; an
// If-None-Match gives the whole to GET and HEAD, and 412 to a method that changes something; an
// If-Range takes the Range away; a date is ignored, as the RFC demands.
Preconditions weigh_preconditions(std::string_view method, const Headers& headers,
                                  const Validators& current, std::chrono::sys_seconds now);

}  // namespace muxlab::http
