#include "common/http1/request_head.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/http1/characters.h"
#include "common/http1/limits.h"

namespace muxlab::http1 {
namespace {

constexpr std::size_t crlf_bytes = 2;

// What a browser's head comes to; a longer one grows.
constexpr std::size_t expected_fields = 16;
constexpr std::size_t expected_text_bytes = 1024;

Refusal stray_control(std::uint8_t byte) {
  switch (byte) {
    case '\n':
      return {400, "A line ends in LF without CR."};
    case '\r':
      return {400, "The head holds a CR without LF."};
    default:
      return {400, "The head holds a control character."};
  }
}

Refusal bad_field_name(std::string_view line, std::size_t name_bytes) {
  if (name_bytes == line.size()) return {400, "A field line has no colon."};
  if (line[name_bytes] == ':') return {400, "A field has no name."};
  if (is_blank(line[name_bytes])) return {400, "White space stands before a field's colon."};
  return {400, "A field name holds a character that no name may hold."};
}

}  // namespace

RequestHeadOutcome RequestHeadParser::parse(Bytes input) {
  while (part_ != Part::complete) {
    // A byte behind the window is never looked at, so how much has arrived can't change the
    // outcome.
    const Bytes window = input.first(std::min(input.size(), window_end()));
    const std::size_t control = first_control(window, searched_to_);
    searched_to_ = control;
    const bool line_open =
        control == window.size() || (window[control] == '\r' && control + 1 == window.size());
    if (line_open && window.size() == window_end()) return too_long();
    if (line_open) return NeedsMore{};
    if (window[control] != '\r' || window[control + 1] != '\n') {
      return stray_control(window[control]);
    }

    const std::string_view line = text_of(window.subspan(line_begin_, control - line_begin_));
    line_begin_ = searched_to_ = control + crlf_bytes;
    if (const auto refusal = take_line(line)) return *refusal;
  }
  head_.bytes = line_begin_;
  return std::move(head_);
}

// How far the line being read may reach.
std::size_t RequestHeadParser::window_end() const {
  return part_ == Part::request_line ? line_begin_ + max_request_line_bytes + crlf_bytes
                                     : head_begin_ + max_head_bytes;
}

Refusal RequestHeadParser::too_long() const {
  if (part_ == Part::request_line) return {414, "The request line is longer than 8 KiB."};
  return {431, "The head is longer than 32 KiB."};
}

std::optional<Refusal> RequestHeadParser::take_line(std::string_view line) {
  if (part_ == Part::fields) return line.empty() ? complete() : take_field(line);
  if (!line.empty()) return take_request_line(line);
  head_begin_ = line_begin_;
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

// field-name ":" OWS field-value OWS (RFC 9112 section 5). The line holds no control character but
// HTAB.
std::optional<Refusal> RequestHeadParser::take_field(std::string_view line) {
  if (head_.headers.size() == max_fields) {
    return Refusal{431, "The head holds more than 100 fields."};
  }
  if (is_blank(line.front())) {
    return Refusal{400, "A field line begins with white space: line folding is obsolete."};
  }
  std::array<char, max_field_name_bytes> buffer;
  const std::size_t most_name_bytes = std::min(line.size(), buffer.size());
  std::size_t name_bytes = 0;
  for (char c = 0; name_bytes < most_name_bytes; ++name_bytes) {
    c = lowered_token_character(line[name_bytes]);
    if (c == 0) break;
    buffer[name_bytes] = c;
  }
  if (name_bytes == buffer.size() && name_bytes < line.size() &&
      lowered_token_character(line[name_bytes]) != 0) {
    return Refusal{431, "A field name is longer than 256 bytes."};
  }
  if (name_bytes == 0 || name_bytes == line.size() || line[name_bytes] != ':') {
    return bad_field_name(line, name_bytes);
  }
  const std::string_view name{buffer.data(), name_bytes};
  // A recipient that takes "chunked" or "5" with HTAB for another word would see another message.
  const bool frames = name == "transfer-encoding" || name == "content-length";
  if (frames && line.find('\t') != std::string_view::npos) {
    return Refusal{400, "Transfer-Encoding or Content-Length holds a horizontal tab."};
  }
  const std::string_view value = trimmed(line.substr(name_bytes + 1));
  head_.headers.add(name, value);
  return name == "host" ? take_host(value) : std::nullopt;
}

std::optional<Refusal> RequestHeadParser::take_host(std::string_view value) {
  if (std::exchange(host_seen_, true)) return Refusal{400, "Host was sent twice."};
  if (!is_authority(value)) return Refusal{400, "Host is not a host and a port."};
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
