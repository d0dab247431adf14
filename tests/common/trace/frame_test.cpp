#include "common/trace/frame.h"

#include <gmock/gmock.h>

#include "common/trace/run_trace.h"

namespace muxlab::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::FrameType;

std::vector<std::string> flags(FrameType type, std::uint8_t bits) {
  trace::Frame frame;
  frame.type = type;
  frame.flags = bits;
  return trace::flag_names(frame);
}

TEST(Frame, NamesTheSameBitByItsType) {
  EXPECT_THAT(flags(FrameType::data, 0x1), ElementsAre("END_STREAM"));
  EXPECT_THAT(flags(FrameType::settings, 0x1), ElementsAre("ACK"));
  EXPECT_THAT(flags(FrameType::headers, 0x2d),
              ElementsAre("END_STREAM", "END_HEADERS", "PADDED", "PRIORITY"));
  EXPECT_THAT(flags(FrameType::body, 0), IsEmpty());
}

TEST(Frame, ShowsAFlagWithoutANameAsANumber) {
  EXPECT_THAT(flags(FrameType::window_update, 0x1), ElementsAre("0x1"));
  EXPECT_THAT(flags(FrameType::data, 0xc1), ElementsAre("END_STREAM", "0x40", "0x80"));
}

TEST(Frame, NamesWhatTheProtocolNames) {
  EXPECT_EQ(trace::name_of(FrameType::priority_update), "PRIORITY_UPDATE");
  EXPECT_EQ(trace::name_of(FrameType::response_head), "RESPONSE_HEAD");
  EXPECT_EQ(trace::setting_name(0x4), "INITIAL_WINDOW_SIZE");
  EXPECT_EQ(trace::setting_name(0x2b), "0x2b");
  EXPECT_EQ(trace::error_name(0xd), "HTTP_1_1_REQUIRED");
  EXPECT_EQ(trace::error_name(0xe), "0xe");
}

}  // namespace
}  // namespace muxlab::test
