#include "common/trace/har_cookies.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/http/date_parse.h"

namespace muxlab::trace {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes what stands before the next semicolon, as what stands before and behind its first "=".
std::pair<std::string_view, std::string_view> take_pair(std::string_view& text) {
  const std::string_view pair = text.substr(0, text.find(';'));
  text.remove_prefix(std::min(text.size(), pair.size() + 1));
  const std::size_t equals = std::min(pair.find('='), pair.size());
  return {trimmed(pair.substr(0, equals)), trimmed(pair.substr(std::min(pair.size(), equals + 1)))};
}

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
  // A number that a time of the system's clock can be moved by: some 30 years.
  constexpr std::int64_t most = 1'000'000'000;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds{std::clamp(seconds, std::int64_t{0}, most)};
}

// Max-Age has the last word (RFC 6265 section 5.3, step 3).
class Expiry {
 public:
  explicit Expiry(std::chrono::system_clock::time_point received) : received_(received) {}
  void take_date(std::string_view text) {
    const auto today = std::chrono::floor<std::chrono::seconds>(received_);
    if (const auto date = http::parse_http_date(text, today)) date_ = *date;
  }
  void take_age(std::string_view text) {
    if (const auto age = seconds_in(text)) age_ = received_ + *age;
  }
  std::optional<std::chrono::system_clock::time_point> at() const { return age_ ? age_ : date_; }

 private:
  std::chrono::system_clock::time_point received_;
  std::optional<std::chrono::system_clock::time_point> date_;
  std::optional<std::chrono::system_clock::time_point> age_;
};

Json set_cookie(std::string_view text, std::chrono::system_clock::time_point received) {
  const auto [name, value] = take_pair(text);
  Json cookie = {{"name", name}, {"value", value}};
  Expiry expiry{received};
  while (!text.empty()) {
    const auto [attribute, said] = take_pair(text);
    if (has_name(attribute, "path")) cookie["path"] = said;
    if (has_name(attribute, "domain")) cookie["domain"] = said;
    if (has_name(attribute, "expires")) expiry.take_date(said);
    if (has_name(attribute, "max-age")) expiry.take_age(said);
    if (has_name(attribute, "httponly")) cookie["httpOnly"] = true;
    if (has_name(attribute, "secure")) cookie["secure"] = true;
    if (has_name(attribute, "samesite")) cookie["sameSite"] = said;
  }
  if (const auto at = expiry.at()) cookie["expires"] = utc_text(*at);
  return cookie;
}

}  // namespace

Json cookies_of_request(const HeaderBlock* request) {
  Json cookies = Json::array();
  if (request == nullptr) return cookies;
  for (const FieldLine& field : request->fields) {
    if (!has_name(field.name, "cookie")) continue;
    std::string_view left = field.value;
    while (!left.empty()) {
      const auto [name, value] = take_pair(left);
      if (!name.empty()) cookies.push_back({{"name", name}, {"value", value}});
    }
  }
  return cookies;
}

Json cookies_of_response(const HeaderBlock* response,
                         std::chrono::system_clock::time_point received) {
  Json cookies = Json::array();
  if (response == nullptr) return cookies;
  for (const FieldLine& field : response->fields) {
    if (has_name(field.name, "set-cookie")) cookies.push_back(set_cookie(field.value, received));
  }
  return cookies;
}

}  // namespace muxlab::trace
