#include "common/http/content_coding.h"

#include <array>
#include <optional>

#include "common/http/field_text.h"

namespace muxlab::http {
namespace {

// A qvalue in thousandths (RFC 9110 section 12.4.2).
constexpr int full_weight = 1000;
constexpr int least_weight = 1;

// "0", "0.5", "1.000"; none when malformed.
std::optional<int> parse_qvalue(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = text[0] == '1' ? full_weight : 0;
  const std::string_view fraction = text.size() > 1 ? text.substr(2) : std::string_view{};
  if ((text.size() > 1 && text[1] != '.') || fraction.size() > 3) return std::nullopt;
  int worth = 100;
  for (const char c : fraction) {
    if (!is_digit(c)) return std::nullopt;
    weight += worth * (c - '0');
    worth /= 10;
  }
  if (weight > full_weight) return std::nullopt;
  return weight;
}

// What stands behind a coding's ";": nothing, or "q=0.5".
std::optional<int> parse_weight(bool has_parameter, std::string_view parameter) {
  if (!has_parameter) return full_weight;
  if (!equals_ignoring_case(parameter.substr(0, 2), "q=")) return std::nullopt;
  return parse_qvalue(parameter.substr(2));
}

// What the client said of each coding; nothing where it is silent.
class Wishes {
 public:
  void read(std::string_view field_value) {
    while (!field_value.empty() && members_read_ < max_codings_read) {
      read_member(take_member(field_value, ','));
    }
  }

  // 0: not acceptable.
  int weight_of(ContentCoding coding) const {
    if (const auto& named = named_[static_cast<std::size_t>(coding)]) return *named;
    if (others_) return *others_;
    return coding == ContentCoding::identity ? least_weight : 0;
  }

 private:
  void read_member(std::string_view member) {
    if (member.empty()) return;  // RFC 9110 section 5.6.1.2
    ++members_read_;
    const bool has_parameter = member.find(';') != std::string_view::npos;
    const std::string_view name = take_member(member, ';');
    const std::optional<int> weight = parse_weight(has_parameter, trimmed(member));
    std::optional<int>* wish = wish_of(name);
    if (wish && weight && !*wish) *wish = weight;
  }

  // Null for a coding that we do not make.
  std::optional<int>* wish_of(std::string_view name) {
    if (name == "*") return &others_;
    if (equals_ignoring_case(name, "br")) return &named(ContentCoding::br);
    if (equals_ignoring_case(name, "identity")) return &named(ContentCoding::identity);
    // x-gzip is gzip's old name (RFC 9110 section 8.4.1.3).
    const bool is_gzip = equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip");
    return is_gzip ? &named(ContentCoding::gzip) : nullptr;
  }

  std::optional<int>& named(ContentCoding coding) {
    return named_[static_cast<std::size_t>(coding)];
  }

  std::array<std::optional<int>, 3> named_;  // by ContentCoding
  std::optional<int> others_;                // "*"
  std::size_t members_read_ = 0;
};

}  // namespace

std::string_view name_of(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::identity:
      return "identity";
    case ContentCoding::gzip:
      return "gzip";
    case ContentCoding::br:
      return "br";
  }
  return {};
}

CodingChoice choose_coding(const Headers& request, AvailableCodings available) {
  if (request.count("accept-encoding") == 0) return {};
  Wishes wishes;
  for (const Field field : request) {
    if (field.name == "accept-encoding") wishes.read(field.value);
  }
  ContentCoding best = ContentCoding::identity;
  const auto consider = [&](ContentCoding coding) {
    const int weight = wishes.weight_of(coding);
    if (weight > 0 && weight >= wishes.weight_of(best)) best = coding;
  };
  if (available.gzip) consider(ContentCoding::gzip);
  if (available.br) consider(ContentCoding::br);
  return {best, wishes.weight_of(best) > 0};
}

}  // namespace muxlab::http
