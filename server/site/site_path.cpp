#include "server/site/site_path.h"

#include <algorithm>
#include <optional>

namespace muxlab::server::site {
namespace {

constexpr std::string_view run_mark = "/r/";
constexpr std::size_t longest_run_id = 16;

bool is_run_id(std::string_view id) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !id.empty() && id.size() <= longest_run_id && std::all_of(id.begin(), id.end(), fits);
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// The byte that an escape stands for, "%2e" at the beginning of `text`.
std::optional<char> escaped_byte(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  const std::optional<int> high = hex_digit(text[1]);
  const std::optional<int> low = hex_digit(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

bool has_dot_segment(std::string_view path) {
  for (std::size_t slash = path.find("/."); slash != std::string_view::npos;
       slash = path.find("/.", slash + 1)) {
    const std::string_view rest = path.substr(slash + 1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

}  // namespace

RunPath split_run_prefix(std::string_view path) {
  if (!path.starts_with(run_mark)) return {{}, path};
  const std::size_t end = std::min(path.find('/', run_mark.size()), path.size());
  if (!is_run_id(path.substr(run_mark.size(), end - run_mark.size()))) return {{}, path};
  return {path.substr(0, end), path.substr(end)};
}

Result<std::string_view> decode_path(std::string_view path, std::string& room) {
  std::string_view name = path;
  if (path.find('%') != std::string_view::npos) {
    room.clear();
    room.reserve(path.size());
    for (std::size_t at = 0; at < path.size(); ++at) {
      if (path[at] != '%') {
        room += path[at];
        continue;
      }
      const std::optional<char> byte = escaped_byte(path.substr(at));
      if (!byte) return Failure{"After a % in the path must come two hexadecimal digits."};
      if (*byte == '\0') return Failure{"There is an encoded NUL in the path: %00."};
      if (*byte == '/') return Failure{"There is an encoded slash in the path: %2F."};
      room += *byte;
      at += 2;
    }
    name = room;
  }
  if (has_dot_segment(name)) return Failure{"There is a segment . or .. in the path."};
  return name;
}

}  // namespace muxlab::server::site
