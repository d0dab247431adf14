// An export as the content of an answer, made while it is sent: at most a millisecond of the lab's
// thread a turn, so that the lines stay on time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "common/http/response.h"
#include "common/trace/export.h"

namespace muxlab::server::lab {

inline constexpr Duration longest_export_turn = 1ms;

class ExportBody final : public http::Body {
 public:
  // `again` asks for another turn soon, once this one's time is used up.
  ExportBody(trace::Pieces pieces, std::function<void()> again);
  http::ReadOutcome read(MutableBytes room) override;

 private:
  trace::Pieces pieces_;
  std::function<void()> again_;
  std::string made_;  // and not read yet
  std::size_t read_ = 0;
  bool whole_ = false;
};

}  // namespace muxlab::server::lab
