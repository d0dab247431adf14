// A header list: fields in the order they were sent, names in lower case (RFC 9113 section 8.2;
// HTTP/1.1 does not mind). All text lies in one string, so a list of any length is two allocations.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muxlab::http {

struct Field {
  std::string_view name;
  std::string_view value;
};

class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Field> fields);

  // Room for so many fields with so many bytes of names and values: adding them allocates no more.
  void reserve(std::size_t fields, std::size_t text_bytes) {
    entries_.reserve(entries_.size() + fields);
    text_.reserve(text_.size() + text_bytes);
  }

  // Needs a name in lower case. A `passing` value won't come again: it is not worth a place in
  // HPACK's table.
  void add(std::string_view name, std::string_view value, bool passing = false);

  // Replaces the first field of that name, or adds one.
  void set(std::string_view name, std::string_view value);

  // Drops the first `count` fields; there must be that many.
  void drop_first(std::size_t count);

  // The value of the first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;

  // Valid until the list changes or ends.
  Field operator[](std::size_t index) const {
    const Entry& entry = entries_[index];
    const char* name = text_.data() + entry.begin;
    return {{name, entry.name_bytes}, {name + entry.name_bytes, entry.value_bytes}};
  }
  bool is_passing(std::size_t index) const { return entries_[index].passing; }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  void clear();

  class Iterator {
   public:
    Iterator(const Headers& list, std::size_t index) : list_(&list), index_(index) {}
    Field operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Headers* list_;
    std::size_t index_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  struct Entry {
    std::uint32_t begin;
    std::uint32_t name_bytes;
    std::uint32_t value_bytes;
    bool passing;
  };

  std::string text_;
  std::vector<Entry> entries_;
};

}  // namespace muxlab::http
