// The names under which the console lets itself be changed: those that its certificate vouches for,
// and those that its owner gave. A page elsewhere can have its own name resolve to this machine
// (DNS rebinding), and its requests would then be of the console's own origin; these names it can't
// make its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muxlab::server::lab {

class OwnNames {
 public:
  // `given` may be those of somebody's own certificate, with wildcards; the names that always lead
  // to this machine, localhost and its kind, are held besides.
  explicit OwnNames(const std::vector<std::string>& given = {});

  // Of a request's authority: "localhost:8440", "[::1]:8440". Addresses are the same however they
  // are written, names whatever their case.
  bool hold(std::string_view authority) const;

 private:
  std::vector<std::string> names_;  // in canonical form
};

}  // namespace muxlab::server::lab
