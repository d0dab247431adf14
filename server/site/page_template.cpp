#include "server/site/page_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace muxlab::server::site {
namespace {

constexpr std::string_view opening = "<!-- muxlab:";
constexpr std::string_view closing = " -->";

}  // namespace

Result<PageTemplate> PageTemplate::parse(std::string_view file, std::string_view text,
                                         std::initializer_list<std::string_view> places) {
  PageTemplate page;
  while (true) {
    const std::size_t begin = text.find(opening);
    const std::size_t end = begin == std::string_view::npos ? begin : text.find(closing, begin);
    if (end == std::string_view::npos) break;
    const std::string_view place =
        text.substr(begin + opening.size(), end - begin - opening.size());
    if (std::find(places.begin(), places.end(), place) == places.end()) {
      return Failure{fmt::format("{} has a place that nothing fills: muxlab:{}", file, place)};
    }
    page.pieces_.push_back({std::string{text.substr(0, begin)}, std::string{place}});
    text.remove_prefix(end + closing.size());
  }
  page.pieces_.push_back({std::string{text}, {}});

  for (const std::string_view place : places) {
    const auto fills = [place](const Piece& piece) { return piece.place == place; };
    if (std::none_of(page.pieces_.begin(), page.pieces_.end(), fills)) {
      return Failure{
          fmt::format("{} lacks its place {}muxlab:{}{}", file, "<!-- ", place, closing)};
    }
  }
  return page;
}

std::string PageTemplate::fill(std::initializer_list<Filling> fillings) const {
  std::string page;
  for (const Piece& piece : pieces_) {
    page += piece.text;
    if (piece.place.empty()) break;
    const auto fits = [&piece](const Filling& filling) { return filling.place == piece.place; };
    const auto filling = std::find_if(fillings.begin(), fillings.end(), fits);
    assert(filling != fillings.end());
    page += filling->text;
  }
  return page;
}

}  // namespace muxlab::server::site
