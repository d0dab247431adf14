#include "common/http1/response_head_parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/http1/characters.h"
#include "common/http1/field_line.h"
#include "common/http1/limits.h"

namespace muxlab::http1 {
namespace {

// What the refusals of a head's lines give; of theirs only the reason is meant here.
Failure failure_of(const Refusal& refusal) {
  return {std::string{refusal.reason}};
}

constexpr int refused = 502;  // what a gateway would say of such an answer

}  // namespace

ResponseHeadOutcome ResponseHeadParser::parse(Bytes input) {
  while (part_ != Part::complete) {
    const HeadLines::Step step = lines_.next(input, window_end());
    switch (step.kind) {
      case HeadLines::Step::Kind::line:
        if (const auto refusal = take_line(step.text)) return failure_of(*refusal);
        break;
      case HeadLines::Step::Kind::needs_more:
        return NeedsMore{};
      case HeadLines::Step::Kind::too_long:
        return Failure{std::string{too_long()}};
      case HeadLines::Step::Kind::refused:
        return failure_of(step.refusal);
    }
  }
  head_.bytes = lines_.begin();
  return std::move(head_);
}

// How far the line being read may reach.
std::size_t ResponseHeadParser::window_end() const {
  return part_ == Part::status_line ? max_status_line_bytes + HeadLines::crlf_bytes
                                    : max_head_bytes;
}

std::string_view ResponseHeadParser::too_long() const {
  if (part_ == Part::status_line) return "The status line is longer than 8 KiB.";
  return http::long_head.reason;
}

std::optional<Refusal> ResponseHeadParser::take_line(std::string_view line) {
  if (part_ == Part::status_line) return take_status_line(line);
  return line.empty() ? complete() : read_field_line(line, head_.headers);
}

// HTTP-version SP 3DIGIT SP [reason-phrase], each SP exactly one: the second stands there without a
// reason phrase too (RFC 9112 section 4).
std::optional<Refusal> ResponseHeadParser::take_status_line(std::string_view line) {
  constexpr std::string_view major = "HTTP/1.";  // case-sensitive (RFC 9112 section 2.3)
  if (!line.starts_with(major)) {
    return Refusal{refused, "The answer does not begin with HTTP/1."};
  }
  const std::string_view rest = line.substr(major.size());
  if (rest.size() < 6 || (rest[0] != '0' && rest[0] != '1') || rest[1] != ' ') {
    return Refusal{refused, "The status line is not a version, a status and a reason."};
  }
  const std::string_view code = rest.substr(2, 3);
  if (!std::all_of(code.begin(), code.end(), is_digit) || rest[5] != ' ') {
    return Refusal{refused, "The status is not a number of three digits."};
  }
  if (code[0] < '1' || code[0] > '5') {
    return Refusal{refused, "The status is not one of 100 to 599."};  // RFC 9110 section 15
  }
  head_.minor_version = rest[0] - '0';
  head_.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  part_ = Part::fields;
  return std::nullopt;
}

// What can be judged only when all fields are known.
std::optional<Refusal> ResponseHeadParser::complete() {
  part_ = Part::complete;
  const auto framing =
      response_framing(head_.status, answers_head_, head_.headers, head_.minor_version);
  if (const auto* refusal = std::get_if<Refusal>(&framing)) return *refusal;
  head_.body = std::get<ResponseFraming>(framing);
  return std::nullopt;
}

}  // namespace muxlab::http1
