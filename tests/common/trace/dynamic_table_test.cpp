#include "common/trace/dynamic_table.h"

#include <gmock/gmock.h>

namespace muxlab::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::DynamicTable;
using trace::HeaderBlock;
using trace::Representation;
using trace::TableState;
using Entry = DynamicTable::Entry;

HeaderBlock block_of(std::initializer_list<Entry> added, TableState after) {
  HeaderBlock block;
  block.fields.push_back({":method", "GET", Representation::indexed, false, false, 2, 1});
  for (const Entry& entry : added) {
    trace::FieldLine field;
    field.name = entry.name;
    field.value = entry.value;
    field.representation = Representation::literal_with_indexing;
    block.fields.push_back(field);
  }
  block.table = after;
  return block;
}

// RFC 7541 appendix C.3.
TEST(DynamicTable, GrowsAsInTheRfc) {
  DynamicTable table;
  EXPECT_TRUE(table.apply(block_of({{":authority", "www.example.com"}},
                                   {.entries = 1, .bytes = 57, .limit = 4096, .added = 1})));
  EXPECT_TRUE(table.apply(block_of({{"cache-control", "no-cache"}},
                                   {.entries = 2, .bytes = 110, .limit = 4096, .added = 1})));
  EXPECT_TRUE(table.apply(block_of({{"custom-key", "custom-value"}},
                                   {.entries = 3, .bytes = 164, .limit = 4096, .added = 1})));
  EXPECT_THAT(table.entries(),
              ElementsAre(Entry{"custom-key", "custom-value"}, Entry{"cache-control", "no-cache"},
                          Entry{":authority", "www.example.com"}));
}

// RFC 7541 appendix C.5: a table of 256 bytes.
TEST(DynamicTable, EvictsTheOldestAsInTheRfc) {
  DynamicTable table;
  HeaderBlock first = block_of({{":status", "302"},
                                {"cache-control", "private"},
                                {"date", "Mon, 21 Oct 2013 20:13:21 GMT"},
                                {"location", "https://www.example.com"}},
                               {.entries = 4, .bytes = 222, .limit = 256, .added = 4});
  first.size_updates = {256};
  EXPECT_TRUE(table.apply(first));
  EXPECT_TRUE(table.apply(block_of(
      {{":status", "307"}}, {.entries = 4, .bytes = 222, .limit = 256, .added = 1, .evicted = 1})));
  EXPECT_EQ(table.entries().front(), (Entry{":status", "307"}));
  EXPECT_EQ(table.entries().back(), (Entry{"cache-control", "private"}));
}

TEST(DynamicTable, IsEmptiedByAnEntryThatIsTooLarge) {
  DynamicTable table;
  HeaderBlock first = block_of({{"a", "b"}}, {.entries = 1, .bytes = 34, .limit = 50, .added = 1});
  first.size_updates = {0, 50};
  EXPECT_TRUE(table.apply(first));
  EXPECT_TRUE(table.apply(
      block_of({{"name", "a value of fifty bytes"}}, {.limit = 50, .added = 1, .evicted = 2})));
  EXPECT_THAT(table.entries(), IsEmpty());
}

TEST(DynamicTable, SaysThatBlocksAreMissing) {
  DynamicTable table;
  EXPECT_FALSE(
      table.apply(block_of({{"a", "b"}}, {.entries = 2, .bytes = 68, .limit = 4096, .added = 1})));
}

}  // namespace
}  // namespace muxlab::test
