#include "server/site/figures.h"

namespace muxlab::server::site {
namespace {

// A pine close by: tiers of boughs that hang, wider towards the ground.
void paint_pine(Canvas& canvas, float root_x, float root_y, float tall, std::uint32_t seed) {
  const Noise noise{seed};
  const float top = root_y - tall;
  const int reach = static_cast<int>(tall * 0.26f) + 2;
  for (int y = std::max(0, static_cast<int>(top));
       y < std::min(canvas_height, static_cast<int>(root_y)); ++y) {
    for (int x = static_cast<int>(root_x) - reach; x <= static_cast<int>(root_x) + reach; ++x) {
      const float aside = static_cast<float>(x) - root_x;
      const float out = std::abs(aside);
      const float hung = static_cast<float>(y) - top - out * 0.5f;  // along a hanging bough
      const float fall = clamped(hung / tall);
      const float side = aside < 0 ? 20.5f : 40.5f;
      const float tier = std::sqrt(fall) * 13 + 0.35f * noise.at(out / 14, side + 2);
      const float bough = tier - std::floor(tier);
      const float length = 0.78f + 0.4f * noise.at(std::floor(tier) * 1.3f + 0.5f, side);
      const float needles = 2.2f * noise.at(out / 1.6f, static_cast<float>(y) / 2.4f);
      const float half =
          tall * 0.2f * fall * length * (0.3f + 0.7f * bough) + needles * fall + 0.4f;
      const float trunk = 0.4f + (static_cast<float>(y) - top) * 0.011f;
      const float cover = std::max(hung > 0 ? clamped((half - out) * 0.8f + 0.5f) : 0.0f,
                                   clamped(trunk - out + 0.5f));
      // The sky's light lies on the outer boughs, darker towards the trunk and under the next tier.
      const float sheen = 0.05f + 0.22f * bough * clamped(out / (0.16f * tall));
      canvas.blend(x, y, mix(night, deep_blue, sheen), cover);
    }
  }
}

// A bird far off: two bent strokes, thinner towards the wing tips.
void paint_bird(Canvas& canvas, float middle_x, float middle_y, float span, float lift) {
  for (int x = static_cast<int>(middle_x - span) - 1; x <= static_cast<int>(middle_x + span) + 1;
       ++x) {
    const float out = std::abs(static_cast<float>(x) - middle_x) / span;
    const float wing = middle_y - lift * span * (1.9f * out - 1.5f * out * out);
    const float thick = 0.17f * span * (1.1f - out) + 0.25f;
    for (int y = static_cast<int>(wing - span); y <= static_cast<int>(wing + span); ++y)
      canvas.blend(x, y, mix(deep_blue, night, 0.55f),
                   0.85f * clamped(thick - std::abs(static_cast<float>(y) - wing)) *
                       clamped((1 - out) * span + 0.5f));
  }
}

}  // namespace

void paint_birds(Canvas& canvas) {
  const Noise noise{3};
  for (int place = -4; place <= 4; ++place) {
    const auto rank = static_cast<float>(std::abs(place));
    const float x =
        652 + rank * 24 + static_cast<float>(place) * 5 + 5 * noise.at(rank * 3.1f, 1.5f);
    const float y = 176 + static_cast<float>(place) * 13 +
                    5 * noise.at(rank * 2.3f, static_cast<float>(place) + 4.5f);
    paint_bird(canvas, x, y, 9 - 0.4f * rank,
               0.42f + 0.25f * noise.at(rank * 5.7f + static_cast<float>(place), 7.5f));
  }
}

void paint_boat(Canvas& canvas) {
  constexpr int middle = 716;
  constexpr int water_line = 664;
  const auto cover = [&](float aside, float up) {  // how much of the boat is at a place
    const float hull_half = 40 + 0.9f * up;
    const float sheer = 8 + 5.5f * (aside / 46) * (aside / 46);
    const float hull = std::min(clamped(hull_half - std::abs(aside)), clamped(sheer - up));
    const float lean = aside + 4 - 0.28f * (up - 8);
    const float body =
        std::min(clamped(5.2f - 0.10f * (up - 8) - std::abs(lean)), clamped(26 - up));
    const float head = clamped(4.4f - std::hypot(aside - 1.6f, up - 28.5f));
    const float oar = std::min(clamped(1.1f - std::abs(up - 12 + (std::abs(aside) - 26) * 0.36f)),
                               clamped(60 - std::abs(aside)));
    return std::max({hull, body, head, oar});
  };
  const Noise noise{41};
  for (int row = -32; row <= 34; ++row) {
    for (int column = -66; column <= 66; ++column) {
      const auto aside = static_cast<float>(column);
      const auto up = static_cast<float>(row) + 0.5f;
      const int px = middle + column;
      const int py = water_line - row;
      if (up > 0) {
        canvas.blend(px, py, night, cover(aside, up));
      } else {
        const float ripple = 5 * noise.at(aside / 22, up / 2.6f) * clamped(-up / 6);
        canvas.blend(px, py, mix(night, deep_blue, 0.25f),
                     0.8f * cover(aside + ripple, -up * 1.05f) * smooth_step(-34, -4, up));
      }
    }
  }
}

void paint_pines(Canvas& canvas) {
  paint_pine(canvas, 96, 800, 430, 5);
  paint_pine(canvas, 176, 812, 300, 6);
  paint_pine(canvas, 22, 810, 350, 7);
}

}  // namespace muxlab::server::site
