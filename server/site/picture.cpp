#include "server/site/picture.h"

#include <array>

#include "server/site/brush.h"
#include "server/site/canvas.h"
#include "server/site/figures.h"

namespace muxlab::server::site {
namespace {

constexpr int width = canvas_width;
constexpr int height = canvas_height;
constexpr int shore = 524;  // the water line: land above, its reflection below
constexpr float sun_x = 862;
constexpr float sun_y = 306;
constexpr float sun_radius = 40;

// How near the sun a place is: 1 in it, 0 far from it. Its light reaches farther to the sides.
float sunlight(float x, float y) {
  const float across = (x - sun_x) / 430;
  const float down = (y - sun_y) / 230;
  return 1 / (1 + 3 * (across * across + down * down));
}

// From blue to orange the way bends through the paper: mixed straight they would make a grey.
Colour warmth(Colour cold, Colour warm, float share) {
  return mix(mix(cold, paper, share), mix(paper, warm, share), share);
}

// The sky of one row, before the sun colours it: deep above, warm over the hills.
Colour bare_sky_at(float y) {
  const float fall = y / shore;
  const Colour above = mix(deep_blue, sky_blue, 0.55f);
  Colour sky = mix(above, mix(sky_blue, paper, 0.2f), smooth_step(-0.1f, 0.3f, fall));
  sky = mix(sky, colour(0xd9e8ee), smooth_step(0.05f, 0.42f, fall));
  sky = mix(sky, cream, smooth_step(0.28f, 0.56f, fall));
  return mix(sky, peach, 0.85f * smooth_step(0.46f, 0.8f, fall));
}

Colour sky_at(Colour bare, float x, float y, float cloud) {
  const float light = sunlight(x, y);
  Colour sky = mix(bare, mix(cream, orange, 0.85f), 0.9f * smooth_step(0.02f, 0.95f, light));
  const Colour lit =
      mix(mix(paper, peach, 0.35f), mix(orange, cream, 0.3f), smooth_step(0.05f, 0.4f, light));
  sky = mix(sky, lit, cloud);

  const float aside = x - sun_x;
  const float down = y - sun_y;
  const float distance = std::sqrt(aside * aside + down * down);
  const float beyond = std::max(0.0f, distance - sun_radius) / 30;
  sky = mix(sky, cream, 0.95f / (1 + beyond * beyond));
  const Colour disc =
      mix(sun_disc, peach, 0.4f * smooth_step(-sun_radius, 1.6f * sun_radius, down + 0.2f * aside));
  return mix(sky, disc, clamped(sun_radius - distance + 0.5f));
}

float cloud_at(const Noise& noise, float x, float y) {
  const float veil = noise.layered(x / 300 + y / 120, y / 34 - x / 700, 4);
  return 0.8f * smooth_step(0, 0.55f, veil) * smooth_step(470, 60, y);
}

using Profile = std::array<float, width>;  // a row for every column

// A range of hills as the eye sees it: an outline, and how much air lies before it.
struct Ridge {
  std::uint32_t seed;
  float crest;         // row of its mean height
  float rise;          // rows between its mean height and its peaks
  float stride;        // columns from one hill to the next
  float crags;         // 0 rounded hills, 1 rock
  float nearness;      // 0 pale with distance, 1 black against the light
  float mist;          // how much of its foot the mist covers
  float woods;         // rows that its tallest trees are high
  float summit_x;      // one summit stands out here
  float summit_rise;   // by so many rows
  float summit_reach;  // and has half its rise so many columns away
};

constexpr std::array<Ridge, 7> ridges{{
    // seed, crest, rise, stride, crags, nearness, mist, woods, summit: x, rise, reach
    {11, 404, 40, 190, 0.9f, 0.08f, 0.80f, 0, 392, 292, 150},
    {22, 424, 54, 220, 0.8f, 0.20f, 0.85f, 0, 1190, 150, 110},
    {33, 446, 50, 200, 0.6f, 0.30f, 0.90f, 0, 110, 130, 170},
    {44, 470, 34, 180, 0.4f, 0.44f, 0.95f, 0, 640, 30, 150},
    {55, 496, 26, 210, 0.3f, 0.60f, 0.90f, 8, 1120, 62, 190},
    {66, 520, 16, 260, 0.2f, 0.78f, 0.60f, 16, 30, 96, 210},
    {79, 592, 8, 300, 0.2f, 0.95f, 0.10f, 30, 1330, 172, 150},
}};

// The tops of a wood seen from afar: narrow triangles of many heights, in groups and gaps.
float tree_tops(const Noise& noise, float x, float tallest) {
  const float spacing = tallest * 0.34f;
  const float first = std::floor(x / spacing) - 2;
  float top = 0;
  for (float tree = first; tree <= first + 4; tree += 1) {
    const float middle = (tree + 0.5f + 0.9f * noise.at(tree * 1.7f + 0.5f, 3.5f)) * spacing;
    const float group = 0.62f + 0.4f * noise.at(tree / 9, 20.5f);
    const float tall = tallest * (group + 0.4f * noise.at(tree * 2.9f, 8.5f));
    top = std::max(top, tall - std::abs(x - middle) * 2.9f);
  }
  return top;
}

Profile outline(const Ridge& ridge, const Noise& noise) {
  Profile rows;
  for (int x = 0; x < width; ++x) {
    const auto across = static_cast<float>(x);
    const float along = across / ridge.stride;
    const float round = noise.layered(along, 0.5f, 6);
    // Folding the noise at zero turns its smooth hills into edges: rock.
    const float rock = 0.5f - 1.5f * std::abs(noise.layered(along + 40, 5.5f, 7));
    const float aside = std::abs(across - ridge.summit_x) / ridge.summit_reach;
    const float summit = ridge.summit_rise / (1 + std::pow(aside, 1.35f));
    rows[static_cast<std::size_t>(x)] =
        ridge.crest - ridge.rise * mix(round, rock, ridge.crags) - summit * (1 + 0.16f * rock);
  }
  return rows;
}

// Light and shade on a mountain, -1 in full shade, 1 in full light: the side of its spine that
// faces the sun, broken by gullies that fan out from the summit.
float relief(const Noise& noise, const Ridge& ridge, float across, float y) {
  const float apex = ridge.crest - ridge.summit_rise - 60;
  const float depth = y - apex;
  const float aside = across - ridge.summit_x;
  const float fan = aside / (110 + 0.75f * depth);
  const float down = depth / 210;
  const float spine = 0.30f * noise.layered(down * 3.0f, 60.5f, 4);
  const float toward = ridge.summit_x < sun_x ? fan - spine : spine - fan;
  const float step = 0.022f;
  const float u = fan * 2.6f + 30;
  const float gullies =
      (std::abs(noise.layered(u - step, down, 5)) - std::abs(noise.layered(u + step, down, 5))) /
      step;
  const float away = aside / (1.7f * ridge.summit_reach);
  const float strength = 1 / (1 + away * away * away * away);  // foothills lie flat in the haze
  return strength * std::clamp(0.8f * smooth_step(-0.07f, 0.10f, toward) - 0.4f + 0.27f * gullies,
                               -1.0f, 1.0f);
}

// What of a ridge depends on the column alone.
struct Column {
  float ground = 0;  // row of the bare outline
  float top = 0;     // row of the outline with its trees
  float soft = 0;    // how fast the edge covers a pixel, going down
  Colour air;        // what distance and mist turn it into
  Colour body;
};

using Columns = std::array<Column, width>;

Columns survey(const Ridge& ridge) {
  const Noise noise{ridge.seed};
  const Profile ground = outline(ridge, noise);
  const float near = ridge.nearness;
  const Colour rock =
      near < 0.5f ? mix(sky_blue, deep_blue, 2 * near) : mix(deep_blue, night, 2 * near - 1);
  Columns columns;
  for (std::size_t x = 0; x < width; ++x) {
    Column& column = columns[x];
    const auto across = static_cast<float>(x);
    column.ground = ground[x];
    column.top = ground[x] - (ridge.woods > 0 ? tree_tops(noise, across, ridge.woods) : 0);
    const float light = smooth_step(0.05f, 1.0f, sunlight(across, sun_y));
    column.air = warmth(colour(0xbfd9ec), peach, light);
    column.body =
        mix(column.air, mix(rock, rust, 0.45f * light), (0.3f + 0.7f * near) * (1 - 0.45f * light));
  }
  for (std::size_t x = 0; x < width; ++x) {
    const float left = columns[x == 0 ? 0 : x - 1].top;
    const float right = columns[std::min<std::size_t>(width - 1, x + 1)].top;
    const float slope = (right - left) / 2;
    columns[x].soft = 1 / std::sqrt(1 + slope * slope);
  }
  return columns;
}

Colour ridge_at(const Ridge& ridge, const Column& column, const Noise& noise, float x, float y) {
  Colour hill = column.body;
  if (ridge.crags > 0.7f) {
    const float lit = relief(noise, ridge, x, y);
    hill = lit > 0 ? mix(hill, mix(peach, paper, 0.35f), 1.2f * lit * (1 - ridge.nearness))
                   : mix(hill, mix(sky_blue, deep_blue, 0.4f), -0.75f * lit);
  } else {
    // Woods and meadows, seen only as a slight unevenness.
    hill = mix(hill, column.air, 0.09f * noise.layered(x / 60 + y / 40, y / 13, 2));
  }
  const float foot =
      smooth_step(column.ground, shore, y) + 0.2f * noise.layered(x / 150, y / 26, 2);
  const float mist = ridge.mist * smooth_step(0.12f + 0.4f * ridge.nearness, 1.05f, foot);
  return mix(hill, mix(column.air, paper, 0.55f), mist);
}

// How much of a pixel lies below a ridge's edge.
float cover_of(const Column& column, float y) {
  return clamped((y - column.top) * column.soft + 0.5f);
}

struct Land {
  std::vector<Columns> ridges;  // far to near
  std::vector<Noise> reliefs;   // one a ridge
  Noise clouds{7};
};

Land survey_all() {
  Land land;
  for (const Ridge& ridge : ridges) {
    land.ridges.push_back(survey(ridge));
    land.reliefs.emplace_back(ridge.seed + 1000);
  }
  return land;
}

// Sky and hills, far to near, from the nearest that covers the whole pixel: what it hides costs
// nothing.
Colour land_at(const Land& land, Colour bare_sky, int x, int y) {
  const auto column = static_cast<std::size_t>(x);
  const auto across = static_cast<float>(x);
  const auto down = static_cast<float>(y);
  std::size_t first = ridges.size();
  while (first > 0 && cover_of(land.ridges[first - 1][column], down) < 1) --first;

  Colour seen;
  if (first == 0) {
    seen = sky_at(bare_sky, across, down, cloud_at(land.clouds, across, down));
  } else {
    --first;
  }
  for (std::size_t index = first; index < ridges.size(); ++index) {
    const Column& place = land.ridges[index][column];
    const float cover = cover_of(place, down);
    if (cover == 0) continue;
    seen = mix(seen, ridge_at(ridges[index], place, land.reliefs[index], across, down), cover);
  }
  return seen;
}

void paint_land(Canvas& canvas) {
  const Land land = survey_all();
  for (int y = 0; y <= shore; ++y) {
    const Colour bare_sky = bare_sky_at(static_cast<float>(y));
    for (int x = 0; x < width; ++x) canvas.at(x, y) = land_at(land, bare_sky, x, y);
  }
}

// Water: what stands above, upside down, stretched by ripples that grow towards the viewer.
void paint_lake(Canvas& canvas) {
  const Noise noise{99};
  for (int y = shore + 1; y < height; ++y) {
    const auto below = static_cast<float>(y - shore);
    const float distance = 60 / (below + 14);  // perspective: far ripples lie close together
    const float near = below / (height - shore);
    for (int x = 0; x < width; ++x) {
      const auto across = static_cast<float>(x);
      const float u = (across - 640) * distance / 60;
      const float ripple = noise.layered(u, 140 * distance, 3);
      const float swell = noise.at(u * 0.22f + 9, 26 * distance);
      const float mirrored =
          shore - below * 1.3f + (ripple * 0.8f + swell * 0.35f) * (3 + below * 0.3f);
      Colour water =
          canvas.sample(x + static_cast<int>(ripple * 5), std::min(mirrored, shore - 1.0f));
      // Water keeps a little of the light, of the red most.
      water = {water.red * (0.95f - 0.08f * near), water.green * (0.96f - 0.10f * near),
               water.blue * (0.98f - 0.08f * near)};
      water = mix(water, deep_blue, (0.03f + 0.13f * near) * (0.6f + ripple));

      // The sun's path: glints where a ripple faces it, wider towards the viewer.
      const float aside = (across - sun_x) / (13 + below * 0.26f);
      const float path = 1 / (1 + aside * aside);
      water = mix(water, peach, 0.4f * near * path);
      const float glint = smooth_step(0.50f, 0.64f, path * (0.56f + 1.05f * ripple + 0.2f * swell));
      canvas.at(x, y) = mix(water, mix(sun_disc, orange, 0.12f + 0.4f * near), 0.95f * glint);
    }
  }
}

Picture rounded(Canvas& canvas) {
  Picture picture{width, height, {}};
  picture.bytes.reserve(static_cast<std::size_t>(width) * height * Picture::channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Colour pixel = canvas.at(x, y);
      for (const float part : {pixel.red, pixel.green, pixel.blue}) {
        picture.bytes.push_back(static_cast<std::uint8_t>(std::clamp(part + 0.5f, 0.0f, 255.0f)));
      }
    }
  }
  return picture;
}

}  // namespace

Picture paint_picture() {
  Canvas canvas;
  paint_land(canvas);
  paint_lake(canvas);
  paint_birds(canvas);
  paint_boat(canvas);
  paint_pines(canvas);
  return rounded(canvas);
}

}  // namespace muxlab::server::site
