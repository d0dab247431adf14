#include "tests/fuzz/request_check.h"

#include <algorithm>
#include <cstdint>

#include "common/http/trailers.h"
#include "tests/fuzz/llhttp_oracle.h"
#include "tests/fuzz/message_reader.h"

namespace muxlab::test {
namespace {

MessageReader read_cut(Bytes input, std::size_t cut) {
  MessageReader reader;
  reader.feed(input.first(cut));
  reader.feed(input);
  return reader;
}

// Of an absolute-form ours is the part behind the authority, with "/" or "*" where there is no
// path.
bool same_target(const std::string& url, const std::string& target) {
  if (url == "*" || url.starts_with('/')) return url == target;
  if (target == "*" || url.ends_with(target)) return true;
  return target.starts_with('/') && url.ends_with(target.substr(1));
}

bool same_fields(const LlhttpReading& theirs, const ReadMessage& ours) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (std::size_t i = 0; i < theirs.names.size(); ++i) {
    fields.emplace_back(theirs.names[i], i < theirs.values.size() ? theirs.values[i] : "");
  }
  if (fields.size() < ours.fields.size() ||
      !std::equal(ours.fields.begin(), ours.fields.end(), fields.begin())) {
    return false;
  }
  // Behind the head's fields stand the trailers, of which we drop some.
  fields.erase(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(ours.fields.size()));
  std::erase_if(fields, [](const auto& field) {
    return http::trailer_fate(field.first) == http::TrailerFate::dropped;
  });
  return fields == ours.trailers;
}

std::string fault_against_llhttp(Bytes input, const ReadMessage& ours) {
  const LlhttpOutcome outcome = read_by_llhttp(input.subspan(ours.begin, ours.end - ours.begin));
  if (!outcome.reading) return "llhttp does not accept what we accept: " + outcome.why_not;
  const LlhttpReading& theirs = *outcome.reading;
  if (!same_target(theirs.url, ours.target)) return "llhttp reads the target " + theirs.url;
  if (theirs.content != ours.content) return "llhttp reads other content";
  if (!same_fields(theirs, ours)) return "llhttp reads other fields";
  return "";
}

}  // namespace

std::string fault_in_reading(Bytes input, std::size_t cut) {
  MessageReader whole;
  whole.feed(input);
  if (!(read_cut(input, cut) == whole)) {
    return "cut at " + std::to_string(cut) + " the input is read differently";
  }
  for (const ReadMessage& message : whole.messages()) {
    std::string fault = fault_against_llhttp(input, message);
    if (!fault.empty()) return fault;
  }
  return "";
}

// FNV-1a: any change of the input moves the cut.
std::size_t cut_for(Bytes input) {
  std::uint64_t hash = 14695981039346656037u;
  for (const std::uint8_t byte : input) hash = (hash ^ byte) * 1099511628211u;
  return static_cast<std::size_t>(hash % (input.size() + 1));
}

}  // namespace muxlab::test
