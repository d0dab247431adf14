#include "common/http1/body_framing.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "common/http/response.h"
#include "common/http1/characters.h"

namespace muxlab::http1 {
namespace {

using Outcome = std::variant<BodyFraming, Refusal>;

// 1*DIGIT, no sign and no list. "1, 1" might be folded into 1 (RFC 9110 section 8.6); we don't.
Outcome framing_by_length(std::string_view value) {
  std::uint64_t length = 0;
  const char* end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, length);
  if (error != std::errc{} || stopped != end) {
    return Refusal{400, "Content-Length is not one decimal number that can be counted to."};
  }
  if (length == 0) return BodyFraming{};
  return BodyFraming{BodyFraming::Kind::length, length};
}

// Behind chunked nothing may follow: the end could not be found (RFC 9112 section 6.3).
Refusal refused_coding(std::string_view codings) {
  const std::string_view first = trimmed(codings.substr(0, codings.find(',')));
  const bool chunked_first = equals_ignoring_case(first, "chunked");
  if (chunked_first) return {400, "Chunked is not the last transfer coding."};
  return {501, "The transfer coding is not implemented: only chunked is."};
}

}  // namespace

Outcome body_framing(const http::Headers& headers, int minor_version) {
  std::optional<std::string_view> length;
  std::optional<std::string_view> coding;
  for (const http::Field field : headers) {
    if (field.name == "content-length") {
      if (length) return Refusal{400, "Content-Length was sent twice."};
      length = field.value;
    } else if (field.name == "transfer-encoding") {
      if (coding) return Refusal{400, "Transfer-Encoding was sent twice."};
      coding = field.value;
    }
  }
  if (!coding) return length ? framing_by_length(*length) : Outcome{};
  // RFC 9112 section 6.1: in HTTP/1.0 the framing is faulty, together with a length it's an attack.
  if (minor_version == 0) return Refusal{400, "Transfer-Encoding does not exist in HTTP/1.0."};
  if (length) return Refusal{400, "Content-Length and Transfer-Encoding exclude each other."};
  if (!equals_ignoring_case(*coding, "chunked")) return refused_coding(*coding);
  return BodyFraming{BodyFraming::Kind::chunked, 0};
}

std::variant<ResponseFraming, Refusal> response_framing(int status, bool answers_head,
                                                        const http::Headers& headers,
                                                        int minor_version) {
  using Kind = ResponseFraming::Kind;
  // Whatever the fields say (RFC 9112 section 6.3, rule 1).
  if (answers_head || !http::may_have_content(status)) return ResponseFraming{};
  const auto framing = body_framing(headers, minor_version);
  if (const auto* refusal = std::get_if<Refusal>(&framing)) return *refusal;
  const auto& said = std::get<BodyFraming>(framing);
  switch (said.kind) {
    case BodyFraming::Kind::length:
      return ResponseFraming{Kind::length, said.length};
    case BodyFraming::Kind::chunked:
      return ResponseFraming{Kind::chunked, 0};
    case BodyFraming::Kind::none:
      return ResponseFraming{headers.find("content-length") ? Kind::none : Kind::until_close, 0};
  }
  return ResponseFraming{};
}

}  // namespace muxlab::http1
