#include "common/http1/head_writer.h"

#include <array>
#include <cassert>
#include <charconv>
#include <cstring>

namespace muxlab::http1 {
namespace {

constexpr std::string_view separator = ": ";
constexpr std::string_view crlf = "\r\n";

}  // namespace

bool HeadWriter::stays_in_its_line(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

void HeadWriter::field(std::string_view name, std::string_view value) {
  assert(!name.empty() && stays_in_its_line(name) && stays_in_its_line(value));
  if (name.size() + value.size() + 4 > room_.size() - used_) {
    for (const std::string_view part : {name, separator, value, crlf}) write(part);
    return;
  }
  // The usual case: one check for the line, and copies whose lengths the compiler knows.
  std::uint8_t* to = room_.data() + used_;
  std::memcpy(to, name.data(), name.size());
  std::memcpy(to + name.size(), separator.data(), separator.size());
  std::memcpy(to + name.size() + 2, value.data(), value.size());
  std::memcpy(to + name.size() + 2 + value.size(), crlf.data(), crlf.size());
  used_ += name.size() + value.size() + 4;
}

void HeadWriter::field(std::string_view name, std::uint64_t number) {
  std::array<char, 20> digits;  // of 2^64 - 1
  const auto [end, error] = std::to_chars(digits.begin(), digits.end(), number);
  assert(error == std::errc{});
  field(name, std::string_view{digits.begin(), end});
}

void HeadWriter::end() {
  write(crlf);
  out_.commit(used_);
  room_ = {};
  used_ = 0;
}

void HeadWriter::write(std::string_view text) {
  if (text.size() > room_.size() - used_) return write_beyond_room(text);
  std::memcpy(room_.data() + used_, text.data(), text.size());
  used_ += text.size();
}

void HeadWriter::write_beyond_room(std::string_view text) {
  out_.commit(used_);
  out_.append(bytes_of(text));
  room_ = out_.reserve(1);
  used_ = 0;
}

}  // namespace muxlab::http1
