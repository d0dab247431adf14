// What must hold of a tap whatever two ends say to each other, one check for the fuzzer and for the
// tests.
//
// An input is a talk. Its first byte chooses the protocol, its second how the pieces are cut; then
// comes one piece after the other: a byte that says which way it goes and whether the server's
// pieces have landed before it, two bytes of length, and the bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/direction.h"
#include "common/trace/connection_trace.h"

namespace muxlab::test {

// The first byte, of which the lowest two bits count.
enum class TalkProtocol : std::uint8_t { http2, http11, cleartext };

// The byte before a piece.
inline constexpr std::uint8_t piece_goes_up = 1;
inline constexpr std::uint8_t landed_before = 2;

// A talk's head, and its pieces behind it.
std::string talk_head(TalkProtocol protocol, std::uint8_t cut);
std::string talk_piece(Direction direction, std::string_view bytes);

// Empty when the tap makes the same trace of the talk whole and cut, and keeps to its limits. Else
// what does not hold.
std::string fault_in_tap(Bytes talk);

// The talk, its pieces whole, as the tap shows it.
void watch_talk(Bytes talk, trace::ConnectionTrace& trace);

}  // namespace muxlab::test
