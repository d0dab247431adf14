#include "common/http1/request_head.h"

#include <algorithm>
#include <utility>

#include "common/http/authority.h"
#include "common/http1/characters.h"
#include "common/http1/field_line.h"
#include "common/http1/limits.h"

namespace muxlab::http1 {
namespace {

// What a browser's head comes to; a longer one grows.
constexpr std::size_t expected_fields = 16;
constexpr std::size_t expected_text_bytes = 1024;

}  // namespace

RequestHeadOutcome RequestHeadParser::parse(Bytes input) {
  while (part_ != Part::complete) {
    const HeadLines::Step step = lines_.next(input, window_end());
    switch (step.kind) {
      case HeadLines::Step::Kind::line:
        if (const auto refusal = take_line(step.text)) return *refusal;
        break;
      case HeadLines::Step::Kind::needs_more:
        return NeedsMore{};
      case HeadLines::Step::Kind::too_long:
        return too_long();
      case HeadLines::Step::Kind::refused:
        return step.refusal;
    }
  }
  head_.bytes = lines_.begin();
  return std::move(head_);
}

// How far the line being read may reach.
std::size_t RequestHeadParser::window_end() const {
  return part_ == Part::request_line
             ? lines_.begin() + max_request_line_bytes + HeadLines::crlf_bytes
             : head_begin_ + max_head_bytes;
}

Refusal RequestHeadParser::too_long() const {
  if (part_ == Part::request_line) return http::long_request_line;
  return http::long_head;
}

std::optional<Refusal> RequestHeadParser::take_line(std::string_view line) {
  if (part_ == Part::fields) return line.empty() ? complete() : take_field(line);
  if (!line.empty()) return take_request_line(line);
  head_begin_ = lines_.begin();
  if (++empty_lines_ > max_empty_lines) {
    return Refusal{400, "Empty lines stand before the request line."};
  }
  return std::nullopt;
}

// method SP request-target SP HTTP-version, each SP exactly one (RFC 9112 section 3).
std::optional<Refusal> RequestHeadParser::take_request_line(std::string_view line) {
  const std::size_t method_bytes = std::min(line.find(' '), line.size());
  const std::string_view method = line.substr(0, method_bytes);
  const bool is_token = std::all_of(method.begin(), method.end(),
                                    [](char c) { return lowered_token_character(c) != 0; });
  if (method.empty() || !is_token) {
    return Refusal{400, "The request line does not begin with a method."};
  }
  if (method_bytes == line.size()) return Refusal{400, "The request line ends behind the method."};

  const std::string_view rest = line.substr(method_bytes + 1);
  const std::size_t target_bytes = rest.find(' ');
  if (target_bytes == std::string_view::npos) {
    return Refusal{400, "The request line names no version: HTTP/0.9 is not spoken here."};
  }
  if (target_bytes == 0) return Refusal{400, "Two spaces follow each other in the request line."};
  if (const auto refusal = take_version(rest.substr(target_bytes + 1))) return refusal;

  head_.method = method;
  head_.headers.reserve(expected_fields, expected_text_bytes);
  part_ = Part::fields;
  return read_target(head_.method, rest.substr(0, target_bytes), head_.target);
}

std::optional<Refusal> RequestHeadParser::take_version(std::string_view version) {
  constexpr std::string_view name = "HTTP/";  // case-sensitive (RFC 9112 section 2.3)
  const bool well_formed = version.size() == name.size() + 3 && version.starts_with(name) &&
                           is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!well_formed) return Refusal{400, "The request line does not end in an HTTP version."};
  if (version[5] == '0') return Refusal{400, "HTTP/0.9 is not spoken here."};
  if (version[5] != '1') {
    return Refusal{505, "This is HTTP/1; the request says another major version."};
  }
  // RFC 9110 section 2.5 would have a higher one read as 1.1. There is none, nor will there be.
  if (version[7] > '1') return Refusal{505, "There is no HTTP/1 above 1.1."};
  head_.minor_version = version[7] - '0';
  return std::nullopt;
}

std::optional<Refusal> RequestHeadParser::take_field(std::string_view line) {
  if (const auto refusal = read_field_line(line, head_.headers)) return refusal;
  const http::Field field = head_.headers[head_.headers.size() - 1];
  return field.name == "host" ? take_host(field.value) : std::nullopt;
}

std::optional<Refusal> RequestHeadParser::take_host(std::string_view value) {
  if (std::exchange(host_seen_, true)) return Refusal{400, "Host was sent twice."};
  if (!http::parse_authority(value)) return Refusal{400, "Host is not a host and a port."};
  // RFC 9112 section 3.2.2: the authority of an absolute-form replaces Host.
  if (head_.target.authority.empty()) head_.target.authority = value;
  return std::nullopt;
}

// What can be judged only when all fields are known.
std::optional<Refusal> RequestHeadParser::complete() {
  part_ = Part::complete;
  if (!host_seen_ && head_.minor_version > 0) return Refusal{400, "HTTP/1.1 needs a Host field."};
  const auto framing = body_framing(head_.headers, head_.minor_version);
  if (const auto* refusal = std::get_if<Refusal>(&framing)) return *refusal;
  head_.body = std::get<BodyFraming>(framing);
  return std::nullopt;
}

}  // namespace muxlab::http1
