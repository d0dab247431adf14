// An export as the content of an answer, made while it is sent: at most a millisecond of the lab's
// thread a turn, so that the lines stay on time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "common/base/time.h"
#include "common/http/response.h"
#include "common/trace/export.h"

namespace muxlab::server::lab::api {

inline constexpr Duration longest_export_turn = 1ms;

class ExportBody final : public http::Body {
 public:
  // When the loop's turn began that is under way: a session may ask several times in one.
  using Turn = std::function<Instant()>;

  // `again` asks for another turn soon, once this one's time is used up; it must not read at once.
  ExportBody(trace::Pieces pieces, Turn turn, std::function<void()> again);
  http::ReadOutcome read(MutableBytes room) override;

 private:
  bool may_make();
  void make(std::size_t wanted);

  trace::Pieces pieces_;
  Turn turn_;
  std::function<void()> again_;
  std::optional<Instant> turn_began_;
  Duration used_{};  // of this turn's time
  bool asked_again_ = false;
  std::string made_;  // of which `read_` bytes are read
  std::size_t read_ = 0;
  bool whole_ = false;
};

}  // namespace muxlab::server::lab::api
