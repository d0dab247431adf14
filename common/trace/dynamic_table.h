// HPACK's dynamic table (RFC 7541 section 2.3.2), rebuilt from the header blocks of one direction
// of a connection: whole, after each of them. Decodes nothing: the blocks say what was added.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "common/trace/frame.h"

namespace muxlab::trace {

class DynamicTable {
 public:
  struct Entry {
    std::string name;
    std::string value;
    // RFC 7541 section 4.1.
    std::uint32_t bytes() const {
      return static_cast<std::uint32_t>(name.size() + value.size()) + 32;
    }
    bool operator==(const Entry&) const = default;
  };

  // The next block of the direction, HEADERS and PUSH_PROMISE alike. False: what comes out is not
  // what the block itself says, so blocks before it are missing.
  bool apply(const HeaderBlock& block);

  bool operator==(const DynamicTable& other) const { return entries_ == other.entries_; }

  // The newest first: the first one has index 62.
  const std::deque<Entry>& entries() const { return entries_; }
  TableState state() const { return state_; }

 private:
  void limit(std::uint32_t bytes);
  void add(Entry entry);
  void evict_to(std::uint32_t bytes);

  std::deque<Entry> entries_;
  TableState state_{.limit = 4096};  // RFC 9113 section 6.5.2: SETTINGS_HEADER_TABLE_SIZE at first
};

}  // namespace muxlab::trace
