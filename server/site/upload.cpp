#include "server/site/upload.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "common/json/json.h"
#include "server/site/fnv.h"
#include "server/site/representation.h"

namespace muxlab::server::site {
namespace {

struct Tally {
  std::uint64_t bytes = 0;
  Fnv1a64 hash;
};

http::Response respond_with_tally(const Tally& tally, const http::Headers& trailers) {
  json::Json fields = json::Json::object();
  for (const http::Field field : trailers) fields[std::string{field.name}] = field.value;
  const json::Json json{{"bytes", tally.bytes},
                        {"fnv1a64", fmt::format("{:016x}", tally.hash.value())},
                        {"trailers", std::move(fields)}};
  // A field may hold any bytes (RFC 9110 section 5.5), JSON holds UTF-8.
  constexpr auto replaced = json::Json::error_handler_t::replace;
  return respond_with(made_here("application/json", json.dump(-1, ' ', false, replaced) + "\n"));
}

}  // namespace

http::Upload accept_upload() {
  // Both functions are copied into the upload, so what they share is shared.
  auto tally = std::make_shared<Tally>();
  http::Upload upload;
  upload.most_bytes = max_upload_bytes;
  upload.content = [tally](Bytes bytes) {
    tally->bytes += bytes.size();
    tally->hash.add(bytes);
  };
  upload.ended = [tally](const http::Headers& trailers) {
    return respond_with_tally(*tally, trailers);
  };
  return upload;
}

}  // namespace muxlab::server::site
