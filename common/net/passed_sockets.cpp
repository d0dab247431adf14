#include "common/net/passed_sockets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <charconv>
#include <utility>

namespace muxlab::net {
namespace {

// The first behind standard input, output and error (SD_LISTEN_FDS_START).
constexpr int first_passed = 3;

std::optional<std::string> take_variable(const char* name) {
  const char* value = getenv(name);
  if (value == nullptr) return std::nullopt;
  std::string taken{value};
  unsetenv(name);
  return taken;
}

std::optional<long> number_in(std::string_view text) {
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> members_of(std::string_view list) {
  std::vector<std::string> members;
  for (;;) {
    const std::size_t colon = list.find(':');
    members.emplace_back(list.substr(0, colon));
    if (colon == list.npos) return members;
    list.remove_prefix(colon + 1);
  }
}

}  // namespace

Result<std::vector<std::string>> passed_names(const PassedVariables& variables, long process) {
  if (!variables.count || !variables.process || number_in(*variables.process) != process) {
    return std::vector<std::string>{};
  }
  const auto count = number_in(*variables.count);
  if (!count || *count < 0 || *count > static_cast<long>(most_passed_sockets)) {
    return Failure{fmt::format("LISTEN_FDS is \"{}\", and not a number of sockets up to {}",
                               *variables.count, most_passed_sockets)};
  }
  const auto expected = static_cast<std::size_t>(*count);
  if (!variables.names || expected == 0) return std::vector<std::string>(expected);
  std::vector<std::string> names = members_of(*variables.names);
  if (names.size() == expected) return names;
  return Failure{fmt::format("LISTEN_FDS says that {} sockets are passed, LISTEN_FDNAMES names {}",
                             expected, names.size())};
}

Result<std::vector<PassedSocket>> take_passed_sockets() {
  const PassedVariables variables{.process = take_variable("LISTEN_PID"),
                                  .count = take_variable("LISTEN_FDS"),
                                  .names = take_variable("LISTEN_FDNAMES")};
  auto names = passed_names(variables, getpid());
  if (!names.ok()) return names.failure();
  std::vector<PassedSocket> sockets;
  int number = first_passed;
  for (std::string& name : names.value()) {
    // They are passed without it, or they would not have come here.
    if (fcntl(number, F_SETFD, FD_CLOEXEC) != 0) {
      return Failure{
          fmt::format("LISTEN_FDS says that {} sockets are passed, and descriptor {} is "
                      "not open",
                      names.value().size(), number)};
    }
    sockets.push_back({std::move(name), Descriptor{number++}});
  }
  return sockets;
}

}  // namespace muxlab::net
