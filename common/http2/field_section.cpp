#include "common/http2/field_section.h"

#include <utility>

namespace muxlab::http2 {
namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::string_view crumb_separator = "; ";
constexpr std::string_view host = "host";  // what HTTP/1.1 makes of :authority

// What a browser's request comes to; a longer one grows.
constexpr std::size_t expected_fields = 20;
constexpr std::size_t expected_text_bytes = 1024;

// Beyond it a connection does not keep the memory of its last cookie.
constexpr std::size_t kept_cookie_bytes = 1024;

}  // namespace

void FieldSection::begin() {
  fields_.clear();
  fields_.reserve(expected_fields, expected_text_bytes);
  if (cookie_.capacity() > kept_cookie_bytes) cookie_ = {};
  cookie_.clear();
  bytes_ = crlf.size();  // the empty line
  request_line_bytes_ = 0;
  counted_ = 0;
  opens_message_ = has_cookie_ = has_crumbs_ = false;
  refused_ = nullptr;
}

bool FieldSection::add(std::string_view name, std::string_view value) {
  const bool is_crumb = has_cookie_ && name == "cookie";
  if (name.starts_with(':')) {
    count_pseudo_field(name, value);
  } else if (is_crumb) {
    bytes_ += crumb_separator.size() + value.size();
  } else {
    bytes_ += name.size() + value.size() + http::field_line_rest_bytes;
    ++counted_;
  }
  if (refused_ == nullptr) refused_ = fault_of(name);
  if (refused_ != nullptr) return !hopeless();
  if (is_crumb) {
    join_crumb(value);
  } else {
    has_cookie_ |= name == "cookie";
    fields_.add(name, value);
  }
  return true;
}

// The scheme has no place in a head of HTTP/1.1, and a response's status line is not counted.
void FieldSection::count_pseudo_field(std::string_view name, std::string_view value) {
  if (!std::exchange(opens_message_, true)) {
    request_line_bytes_ = http::request_line_rest_bytes;
    bytes_ += request_line_bytes_ + crlf.size();
  }
  if (name == ":method" || name == ":path") {
    request_line_bytes_ += value.size();
    bytes_ += value.size();
  } else if (name == ":authority") {
    bytes_ += host.size() + value.size() + http::field_line_rest_bytes;
  }
}

const http::Refusal* FieldSection::fault_of(std::string_view name) const {
  if (request_line_bytes_ > http::max_request_line_bytes) return &http::long_request_line;
  if (name.size() > http::max_field_name_bytes) return &http::long_field_name;
  if (counted_ > limits_.fields) {
    return opens_message_ ? &http::many_fields : &http::many_trailers;
  }
  if (bytes_ > limits_.bytes) return opens_message_ ? &http::long_head : &http::long_trailers;
  return nullptr;
}

bool FieldSection::hopeless() const {
  return limits_.hopeless_factor == 1 || bytes_ > limits_.hopeless_factor * limits_.bytes ||
         counted_ > limits_.hopeless_factor * limits_.fields;
}

void FieldSection::join_crumb(std::string_view crumb) {
  if (!std::exchange(has_crumbs_, true)) cookie_ = *fields_.find("cookie");
  cookie_.append(crumb_separator).append(crumb);
}

http::Headers FieldSection::take() {
  if (has_crumbs_) fields_.set("cookie", cookie_);
  return std::exchange(fields_, {});
}

}  // namespace muxlab::http2
