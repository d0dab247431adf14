// What a client expects of a request before it sends its content (RFC 9110 section 10.1.1).
#pragma once

#include <string_view>

#include "common/http/field_text.h"
#include "common/http/refusal.h"

namespace muxlab::http {

struct Expectations {
  bool to_continue = false;  // the client waits for 100 or the final answer
  bool unknown = false;      // only 100-continue is defined: nobody can meet it

  // Reads Expect = #expectation, one value of it. Names in any case; empty members count for
  // nothing.
  void read(std::string_view list) {
    while (!list.empty()) {
      const std::string_view member = take_member(list, ',');
      if (member.empty()) continue;
      const bool is_continue = equals_ignoring_case(member, "100-continue");
      to_continue |= is_continue;
      unknown |= !is_continue;
    }
  }
};

inline constexpr Refusal unknown_expectation{417,
                                             "Only 100-continue can be expected of this server."};

}  // namespace muxlab::http
