// Sets of instants as spans, in order and apart from one another.
#pragma once

#include <vector>

#include "common/trace/analysis.h"

namespace muxlab::trace {

// Any spans, put in order; those that touch become one.
std::vector<Span> united(std::vector<Span> spans);

// What of `all` lies in none of `spans`, or in one of them. `spans` are in order and apart.
std::vector<Span> outside(const std::vector<Span>& spans, Span all);
std::vector<Span> inside(const std::vector<Span>& spans, Span all);

}  // namespace muxlab::trace
