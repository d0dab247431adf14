// What can go wrong is a value. A Status says "done" or why not; a Result carries what was asked
// for, or why it could not be had.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace muxlab {

// One line for a person: what failed and, where there is one, the cure.
struct Failure {
  std::string message;
};

template <typename Value>
class [[nodiscard]] Result {
 public:
  Result(Value value) : held_(std::move(value)) {}
  Result(Failure failure) : held_(std::move(failure)) {}

  bool ok() const { return std::holds_alternative<Value>(held_); }

  // Needs ok().
  Value& value() {
    assert(ok());
    return *std::get_if<Value>(&held_);
  }
  const Value& value() const {
    assert(ok());
    return *std::get_if<Value>(&held_);
  }

  // Needs !ok().
  const Failure& failure() const {
    assert(!ok());
    return *std::get_if<Failure>(&held_);
  }

 private:
  std::variant<Value, Failure> held_;
};

struct Done {};

using Status = Result<Done>;

}  // namespace muxlab
