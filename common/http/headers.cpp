#include "common/http/headers.h"

#include <cassert>
#include <limits>

namespace muxlab::http {

Headers::Headers(std::initializer_list<Field> fields) {
  entries_.reserve(fields.size());
  for (const Field& field : fields) add(field.name, field.value);
}

void Headers::add(std::string_view name, std::string_view value, bool passing) {
  assert(text_.size() + name.size() + value.size() < std::numeric_limits<std::uint32_t>::max());
  entries_.push_back({static_cast<std::uint32_t>(text_.size()),
                      static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size()), passing});
  text_.append(name).append(value);
}

void Headers::set(std::string_view name, std::string_view value) {
  for (std::size_t i = 0; i < size(); ++i) {
    if ((*this)[i].name != name) continue;
    add(name, value);
    entries_[i] = entries_.back();  // what it was stays in the text, unseen
    entries_.pop_back();
    return;
  }
  add(name, value);
}

// What they were stays in the text, unseen.
void Headers::drop_first(std::size_t count) {
  assert(count <= size());
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(count));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field field : *this) {
    if (field.name == name) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t count = 0;
  for (const Field field : *this) count += field.name == name ? 1 : 0;
  return count;
}

void Headers::clear() {
  text_.clear();
  entries_.clear();
}

}  // namespace muxlab::http
