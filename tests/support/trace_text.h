// A trace as text, every word of it: for comparing two of them. What depends on how the plaintext
// was cut is left out: the pieces themselves, and where one record's content was cut.
#pragma once

#include <string>

#include "common/trace/connection_trace.h"

namespace muxlab::test {

std::string text_of_frame(const trace::Frame& frame);
std::string text_of_trace(const trace::ConnectionTrace& trace);

}  // namespace muxlab::test
