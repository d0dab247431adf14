#include "common/http/preconditions.h"

#include <algorithm>

#include "common/http/date_parse.h"
#include "common/http/field_text.h"
#include "common/http/method.h"

namespace muxlab::http {
namespace {

using std::chrono::sys_seconds;

// Methods that neither select nor change a representation have no preconditions (RFC 9110 section
// 13.2.1).
bool has_preconditions(std::string_view method) {
  return method != "CONNECT" && method != "OPTIONS" && method != "TRACE";
}

// The value of a field that may stand once only.
std::optional<std::string_view> find_single(const Headers& headers, std::string_view name) {
  return headers.count(name) == 1 ? headers.find(name) : std::nullopt;
}

std::optional<sys_seconds> find_date(const Headers& headers, std::string_view name,
                                     sys_seconds now) {
  const std::optional<std::string_view> value = find_single(headers, name);
  return value ? parse_http_date(trimmed(*value), now) : std::nullopt;
}

template <typename Comparison>
bool names_current(const EntityTagList& list, const Validators& current, Comparison matches) {
  if (!current.exists || list.any) return current.exists;
  return current.etag && std::any_of(list.tags.begin(), list.tags.end(), [&](const EntityTag& tag) {
           return matches(tag, *current.etag);
         });
}

// Steps 1 and 2: has what the client knows been replaced meanwhile?
bool is_still_what_was_meant(const Headers& headers, const Validators& current, sys_seconds now) {
  if (headers.count("if-match") > 0) {
    const std::optional<EntityTagList> wanted = parse_entity_tags(headers, "if-match");
    return wanted && names_current(*wanted, current, matches_strongly);
  }
  const std::optional<sys_seconds> date = find_date(headers, "if-unmodified-since", now);
  return !date || !current.last_modified || *current.last_modified <= *date;
}

// Steps 3 and 4: does the client already have it?
bool is_new_to_client(std::string_view method, const Headers& headers, const Validators& current,
                      sys_seconds now) {
  if (headers.count("if-none-match") > 0) {
    const std::optional<EntityTagList> known = parse_entity_tags(headers, "if-none-match");
    if (!known) return is_read(method);
    return !names_current(*known, current, matches_weakly);
  }
  if (!is_read(method)) return true;
  const std::optional<sys_seconds> date = find_date(headers, "if-modified-since", now);
  return !date || !current.last_modified || *current.last_modified > *date;
}

// RFC 9110 section 13.1.5. A quote among the first three characters tells a tag from a date.
bool if_range_holds(std::string_view value, const Validators& current, sys_seconds now) {
  if (value.substr(0, 3).find('"') != std::string_view::npos) {
    const std::optional<EntityTag> tag = parse_entity_tag(value);
    return tag && current.etag && matches_strongly(*tag, *current.etag);
  }
  const std::optional<sys_seconds> date = parse_http_date(value, now);
  return date && current.last_modified_is_strong && current.last_modified == date;
}

// Step 5. Range is defined for GET alone (RFC 9110 section 14.2), and is no list: two are none.
bool range_applies(std::string_view method, const Headers& headers, const Validators& current,
                   sys_seconds now) {
  if (method != "GET" || !find_single(headers, "range")) return false;
  if (headers.count("if-range") == 0) return true;
  const std::optional<std::string_view> value = find_single(headers, "if-range");
  return value && if_range_holds(trimmed(*value), current, now);
}

}  // namespace

Preconditions weigh_preconditions(std::string_view method, const Headers& headers,
                                  const Validators& current, sys_seconds now) {
  if (!has_preconditions(method)) return {};
  if (!is_still_what_was_meant(headers, current, now)) {
    return {.verdict = PreconditionVerdict::precondition_failed};
  }
  if (!is_new_to_client(method, headers, current, now)) {
    return {.verdict = is_read(method) ? PreconditionVerdict::not_modified
                                       : PreconditionVerdict::precondition_failed};
  }
  return {.range_applies = range_applies(method, headers, current, now)};
}

}  // namespace muxlab::http
