// A page with places to fill in, written in the file as comments: <!-- muxlab:tiles -->.
// Knows nothing of what goes there.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace muxlab::server::site {

class PageTemplate {
 public:
  struct Filling {
    std::string_view place;
    std::string_view text;  // HTML: the caller escapes what needs it
  };

  // Fails, naming `file`, when a place is missing or one is there that is not in `places`.
  static Result<PageTemplate> parse(std::string_view file, std::string_view text,
                                    std::initializer_list<std::string_view> places);

  // Needs a filling for every place; one place may stand in the page several times.
  std::string fill(std::initializer_list<Filling> fillings) const;

 private:
  struct Piece {
    std::string text;
    std::string place;  // what follows the text; empty after the last
  };

  std::vector<Piece> pieces_;
};

}  // namespace muxlab::server::site
