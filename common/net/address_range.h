// The addresses that begin with the same bits: a network, "10.0.0.0/8", or one address, "::1".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace muxlab::net {

class AddressRange {
 public:
  // "192.0.2.7", "2001:db8::/32". Fails with one line that says what is wrong and the cure.
  static Result<AddressRange> parse(const std::string& text);

  // Of a numeric address; any other text is in no range.
  bool contains(const std::string& address) const;

  // In the shortest form: one address without its length.
  std::string text() const;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::size_t size_ = 0;    // 4 of IPv4, 16 of IPv6
  std::size_t prefix_ = 0;  // so many bits count
};

}  // namespace muxlab::net
