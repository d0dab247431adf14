#include "common/trace/dynamic_table.h"

namespace muxlab::trace {

bool DynamicTable::apply(const HeaderBlock& block) {
  state_.added = 0;
  state_.evicted = 0;
  for (const std::uint32_t size : block.size_updates) limit(size);
  for (const FieldLine& field : block.fields) {
    if (field.representation != Representation::literal_with_indexing) continue;
    add({field.name, field.value});
  }
  if (!block.table) return false;
  const TableState& said = *block.table;
  return state_.entries == said.entries && state_.bytes == said.bytes &&
         state_.limit == said.limit && state_.added == said.added && state_.evicted == said.evicted;
}

void DynamicTable::limit(std::uint32_t bytes) {
  state_.limit = bytes;
  evict_to(bytes);
}

// RFC 7541 section 4.4: an entry larger than the table empties it and does not stay.
void DynamicTable::add(Entry entry) {
  ++state_.added;
  const std::uint32_t bytes = entry.bytes();
  if (bytes > state_.limit) {
    evict_to(0);
    ++state_.evicted;  // itself
    return;
  }
  evict_to(state_.limit - bytes);
  state_.bytes += bytes;
  ++state_.entries;
  entries_.push_front(std::move(entry));
}

void DynamicTable::evict_to(std::uint32_t bytes) {
  while (state_.bytes > bytes) {
    state_.bytes -= entries_.back().bytes();
    --state_.entries;
    ++state_.evicted;
    entries_.pop_back();
  }
}

}  // namespace muxlab::trace
