// Prometheus' text exposition format 0.0.4, written family by family. Knows the form alone.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace muxlab::server::lab::metrics {

struct Label {
  std::string_view name;
  std::string_view value;  // any text
};

class Exposition {
 public:
  // Samples that follow belong to this family. A counter's name ends in "_total".
  void counter(std::string_view name, std::string_view help) { family(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { family(name, "gauge", help); }
  // Its samples have the label `quantile`, which belongs to no other kind, and a count follows.
  void summary(std::string_view name, std::string_view help) { family(name, "summary", help); }

  void sample(std::initializer_list<Label> labels, std::uint64_t value);
  void sample(std::initializer_list<Label> labels, double value);

  // How many a summary's quantiles are of, for the same labels without `quantile`.
  void sample_count(std::initializer_list<Label> labels, std::uint64_t count);

  std::string take() { return std::move(text_); }

 private:
  void family(std::string_view name, std::string_view type, std::string_view help);
  void begin_sample(std::initializer_list<Label> labels, std::string_view ending = "");

  std::string text_;
  std::string family_;
};

}  // namespace muxlab::server::lab::metrics
