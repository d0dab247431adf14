#include "common/http1/request_head_writer.h"

#include <algorithm>
#include <cassert>

#include "common/http1/characters.h"

namespace muxlab::http1 {
namespace {

[[maybe_unused]] bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_visible);
}

}  // namespace

RequestHeadWriter::RequestHeadWriter(ByteQueue& out, std::string_view method,
                                     std::string_view target)
    : HeadWriter(out) {
  assert(is_word(method) && is_word(target));
  for (const std::string_view part : {method, std::string_view{" "}, target}) write(part);
  write(" HTTP/1.1\r\n");
}

}  // namespace muxlab::http1
