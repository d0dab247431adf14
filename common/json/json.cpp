#include "common/json/json.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

namespace muxlab::json {
namespace {

// What the library says of a mistake: "[json.exception.parse_error.101] parse error at line 1,
// column 2: syntax error while parsing value - invalid literal; last read: '...'". Left of that is
// the place and the mistake; what was read last is the writer's own text, of any length.
std::string mistake_in(std::string_view what) {
  constexpr std::string_view before = "parse error at ";
  if (const auto found = what.find(before); found != what.npos) {
    what.remove_prefix(found + before.size());
  }
  return std::string{what.substr(0, what.find("; last read: "))};
}

// Builds the tree as the library's parser reads. Each of its functions says whether to go on; the
// parser keeps a stack of its own, so that depth costs no recursion.
class TreeBuilder {
 public:
  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(Json::number_float_t value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(Json::binary_t&) { return refuse("is no JSON"); }  // which text never holds

  bool start_object(std::size_t) {
    names_.emplace_back();
    return open(Json::object());
  }
  bool key(std::string& name) {
    if (!names_.back().insert(name).second) {
      return refuse(fmt::format("has the name {} twice in one object", shown(name)));
    }
    name_ = std::move(name);
    return true;
  }
  bool end_object() {
    names_.pop_back();
    open_.pop_back();
    return true;
  }

  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_array() {
    open_.pop_back();
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception& error) {
    constexpr int number_out_of_range = 406;  // the library's own
    if (error.id == number_out_of_range) return refuse("has a number that is too large");
    return refuse("is no JSON: " + mistake_in(error.what()));
  }

  // Of a text that was read to its end, and of one that was not.
  Json take() { return std::move(root_); }
  const std::string& fault() const { return fault_; }

 private:
  bool refuse(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  bool open(Json empty) {
    if (open_.size() == max_depth)
      return refuse(fmt::format("is nested deeper than {}", max_depth));
    open_.push_back(put(std::move(empty)));
    return true;
  }

  bool add(Json value) {
    put(std::move(value));
    return true;
  }

  // Where the value lies: as long as it is open, nothing is added beside it.
  Json* put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& around = *open_.back();
    if (around.is_array()) {
      around.push_back(std::move(value));
      return &around.back();
    }
    // Behind the others without a search for an equal name, which has been looked for already: the
    // library's own would go through all names for each name.
    auto& members = around.get_ref<Json::object_t&>();
    return &members.emplace_back(std::move(name_), std::move(value)).second;
  }

  Json root_;
  std::vector<Json*> open_;  // the arrays and objects around the place that is read
  std::vector<std::set<std::string>> names_;  // of the objects among them
  std::string name_;                          // of the member that is read
  std::string fault_;
};

}  // namespace

Result<Json> parse(std::string_view text, Comments comments) {
  // The library's 3.11.3 has other words for this one end of input: its 3.11.2's are kept.
  if (text.empty()) {
    return Failure{
        "is no JSON: line 1, column 1: syntax error while parsing value - unexpected end of input"};
  }
  TreeBuilder tree;
  const bool whole =
      Json::sax_parse(text, &tree, Json::input_format_t::json, true, comments == Comments::ignored);
  if (!whole) return Failure{tree.fault()};
  return tree.take();
}

std::string shown(const Json& value) {
  constexpr std::size_t shown_bytes = 40;
  const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() > shown_bytes ? text.substr(0, shown_bytes) + "..." : text;
}

}  // namespace muxlab::json
