// What a page consists of, as far as a load needs to know: the index, and what is found in it.
#pragma once

#include <string>
#include <vector>

namespace muxlab::client {

// Paths are of the same origin, "/mosaic/tile/1.png".
struct PlannedFetch {
  std::string path;
  std::string priority = {};  // the value of the field Priority, "u=1, i"; empty: none is sent
};

struct PagePlan {
  std::string index;
  std::vector<PlannedFetch> objects;  // wanted when the index has arrived whole, in this order
};

}  // namespace muxlab::client
