// Encodes part of a picture as a PNG file in memory: the only place that knows libpng.
#pragma once

#include <string>

#include "server/site/picture.h"

namespace muxlab::server::site {

struct Area {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool operator==(const Area&) const = default;
};

// Needs an area within the picture, not empty.
std::string encode_png(const Picture& picture, Area area);

}  // namespace muxlab::server::site
