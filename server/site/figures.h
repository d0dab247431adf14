// What stands before the landscape: birds, a boat, pines. Each knows its own place on the canvas.
#pragma once

#include "server/site/canvas.h"

namespace muxlab::server::site {

// Nine, in a wedge on their way to the left.
void paint_birds(Canvas& canvas);

// A rowing boat with one at the oars, and their reflection.
void paint_boat(Canvas& canvas);

// Three, close by at the left edge.
void paint_pines(Canvas& canvas);

}  // namespace muxlab::server::site
