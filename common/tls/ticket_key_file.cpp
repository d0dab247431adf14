#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/base/bytes.h"
#include "common/tls/folder_lock.h"
#include "common/tls/replaced_file.h"
#include "common/tls/ticket_keys.h"

namespace muxlab::tls {
namespace {

// Far more than most_ticket_keys and some comments.
constexpr std::size_t most_file_bytes = 16 * 1024;

constexpr std::string_view how_to_make = "muxlab tickets --rotate FILE makes one";

Failure fault(const std::filesystem::path& file, const std::string& what) {
  return {file.string() + ": " + what};
}

Failure unreadable(const std::filesystem::path& file) {
  return fault(file, fmt::format("can't be read ({}); {}", std::generic_category().message(errno),
                                 how_to_make));
}

class OpenFile {
 public:
  // Does not wait where it is no file, say a pipe that nobody writes to.
  explicit OpenFile(const std::filesystem::path& file)
      : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool opened() const { return descriptor_ >= 0; }
  bool look(struct stat& found) const { return ::fstat(descriptor_, &found) == 0; }

  // All of it, up to one byte more than it may have; none when the system says no.
  std::optional<std::string> read() const {
    std::string text(most_file_bytes + 1, '\0');
    std::size_t bytes = 0;
    while (bytes < text.size()) {
      const ssize_t count = ::read(descriptor_, text.data() + bytes, text.size() - bytes);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return std::nullopt;
      if (count == 0) break;
      bytes += static_cast<std::size_t>(count);
    }
    text.resize(bytes);
    return text;
  }

 private:
  int descriptor_;
};

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

// Takes what it fills from the front of `digits`.
template <std::size_t count>
bool read_hex(std::string_view& digits, std::array<std::uint8_t, count>& bytes) {
  if (digits.size() < 2 * count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const auto high = digit_of(digits[2 * i]);
    const auto low = digit_of(digits[2 * i + 1]);
    if (!high || !low) return false;
    bytes[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  digits.remove_prefix(2 * count);
  return true;
}

std::optional<TicketKey> read_key(std::string_view line) {
  TicketKey key{};
  const bool whole = read_hex(line, key.name) && read_hex(line, key.authentication) &&
                     read_hex(line, key.encryption) && line.empty();
  return whole ? std::optional{key} : std::nullopt;
}

std::string line_of(const TicketKey& key) {
  return fmt::format("{:02x}{:02x}{:02x}\n", fmt::join(key.name, ""),
                     fmt::join(key.authentication, ""), fmt::join(key.encryption, ""));
}

// A line of the file is never shown: it may be a key with a slip in it.
Result<TicketKeys> parse_keys(std::string_view text, const std::filesystem::path& file) {
  TicketKeys keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto key = read_key(line);
    if (!key) {
      return fault(file, fmt::format("line {} is no ticket key, which has 160 hex digits; {}",
                                     number, how_to_make));
    }
    const bool again =
        std::any_of(keys.newest_first.begin(), keys.newest_first.end(),
                    [&key](const TicketKey& each) { return each.name == key->name; });
    if (again) {
      return fault(file, fmt::format("line {} has the name of a key before it; leave one of them "
                                     "out",
                                     number));
    }
    keys.newest_first.push_back(*key);
  }
  if (keys.newest_first.empty()) return fault(file, fmt::format("holds no key; {}", how_to_make));
  if (keys.newest_first.size() > most_ticket_keys) {
    return fault(file, fmt::format("holds more than {} keys; leave out the oldest, its last lines",
                                   most_ticket_keys));
  }
  return keys;
}

}  // namespace

Result<TicketKeys> read_ticket_keys(const std::filesystem::path& file) {
  const OpenFile open{file};
  struct stat found = {};
  if (!open.opened() || !open.look(found)) return unreadable(file);
  if (!S_ISREG(found.st_mode)) return fault(file, fmt::format("is no file; {}", how_to_make));
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fault(file, fmt::format("is open to others than its owner (mode {:04o}); chmod 600 it, "
                                   "and rotate its keys: others may have them",
                                   found.st_mode & 07777U));
  }
  const auto text = open.read();
  if (!text) return unreadable(file);
  if (text->size() > most_file_bytes) {
    return fault(file, fmt::format("is longer than {} bytes; {}", most_file_bytes, how_to_make));
  }
  return parse_keys(*text, file);
}

Result<std::size_t> rotate_ticket_keys(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  // Of two that rotate at once, one would lose the other's key.
  const auto lock = FolderLock::take(folder);
  if (!lock.ok()) return lock.failure();
  TicketKeys keys = TicketKeys::random();
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, ignored))) {
    Result<TicketKeys> before = read_ticket_keys(file);
    if (!before.ok()) return before.failure();
    auto& old = before.value().newest_first;
    old.resize(std::min(old.size(), kept_ticket_keys - 1));
    keys.newest_first.insert(keys.newest_first.end(), old.begin(), old.end());
  }
  std::string text =
      "# Session-ticket keys of muxlab, the newest first: keep them secret (mode 0600).\n";
  for (const TicketKey& key : keys.newest_first) text += line_of(key);
  Status written = replace_file(file, 0600, bytes_of(text));
  if (!written.ok()) {
    return Failure{written.failure().message + "; choose a file that this user may write"};
  }
  return keys.newest_first.size();
}

}  // namespace muxlab::tls
