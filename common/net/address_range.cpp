#include "common/net/address_range.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/net/address.h"

namespace muxlab::net {
namespace {

constexpr std::size_t byte_bits = 8;

using AddressBytes = std::array<std::uint8_t, 16>;

// How many bytes the address has; 0: it is none.
std::size_t read_address(const std::string& text, AddressBytes& bytes) {
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return 4;
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return 16;
  return 0;
}

// Digits alone: no sign, no blank, no zero in front.
std::optional<std::size_t> read_length(std::string_view text, std::size_t most) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || fmt::format("{}", length) != text || length > most) {
    return std::nullopt;
  }
  return length;
}

// The same address with 0 for every bit behind the first `prefix`.
AddressBytes network_of(AddressBytes bytes, std::size_t prefix) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t before = i * byte_bits;
    const std::size_t kept = prefix > before ? std::min(prefix - before, byte_bits) : 0;
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00U >> kept));
  }
  return bytes;
}

}  // namespace

Result<AddressRange> AddressRange::parse(const std::string& text) {
  AddressRange range;
  const std::size_t slash = text.find('/');
  // A NUL would end the text early where the system reads it.
  const bool whole = text.find('\0') == text.npos;
  range.size_ = whole ? read_address(text.substr(0, slash), range.bytes_) : 0;
  if (range.size_ == 0) {
    return Failure{
        fmt::format("\"{}\" is no IP address or network; give one such as 127.0.0.1 or 10.0.0.0/8",
                    text.c_str())};
  }
  const std::size_t most = range.size_ * byte_bits;
  const auto length =
      slash == text.npos ? most : read_length(std::string_view{text}.substr(slash + 1), most);
  if (!length) {
    return Failure{fmt::format("\"{}\" has no length from 0 to {} behind its slash", text, most)};
  }
  range.prefix_ = *length;
  const AddressBytes given = range.bytes_;
  range.bytes_ = network_of(given, range.prefix_);
  if (range.bytes_ != given) {
    return Failure{fmt::format("\"{}\" says more than {} bits; did you mean {}?", text,
                               range.prefix_, range.text())};
  }
  return range;
}

bool AddressRange::contains(const std::string& address) const {
  AddressBytes bytes{};
  return read_address(address, bytes) == size_ && network_of(bytes, prefix_) == bytes_;
}

std::string AddressRange::text() const {
  const std::string address = address_text(Bytes{bytes_}.first(size_));
  return prefix_ == size_ * byte_bits ? address : fmt::format("{}/{}", address, prefix_);
}

}  // namespace muxlab::net
