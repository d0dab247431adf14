#include "server/lab/metrics/exposition.h"

#include <fmt/format.h>

#include <iterator>

namespace muxlab::server::lab::metrics {
namespace {

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  family_ = name;
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void Exposition::begin_sample(std::initializer_list<Label> labels, std::string_view ending) {
  text_ += family_;
  text_ += ending;
  char before = '{';
  for (const Label& label : labels) {
    text_ += before;
    text_ += label.name;
    text_ += "=\"";
    append_escaped(text_, label.value);
    text_ += '"';
    before = ',';
  }
  if (labels.size() > 0) text_ += '}';
  text_ += ' ';
}

void Exposition::sample(std::initializer_list<Label> labels, std::uint64_t value) {
  begin_sample(labels);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void Exposition::sample_count(std::initializer_list<Label> labels, std::uint64_t count) {
  begin_sample(labels, "_count");
  fmt::format_to(std::back_inserter(text_), "{}\n", count);
}

void Exposition::sample(std::initializer_list<Label> labels, double value) {
  begin_sample(labels);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

}  // namespace muxlab::server::lab::metrics
