#include "common/net/passed_sockets.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace muxlab::test {
namespace {

using net::passed_names;
using net::PassedVariables;
using Names = std::vector<std::string>;

constexpr long us = 4711;

TEST(PassedSockets, AreNamedInTheOrderOfTheirDescriptors) {
  EXPECT_EQ(passed_names({"4711", "3", "site:site:console"}, us).value(),
            (Names{"site", "site", "console"}));
  EXPECT_EQ(passed_names({"4711", "2", "a:"}, us).value(), (Names{"a", ""}));
}

TEST(PassedSockets, MayHaveNoNames) {
  EXPECT_EQ(passed_names({"4711", "2", std::nullopt}, us).value(), (Names{"", ""}));
}

TEST(PassedSockets, AreNoneWithoutTheirVariables) {
  EXPECT_EQ(passed_names({}, us).value(), Names{});
  EXPECT_EQ(passed_names({"4711", "0", ""}, us).value(), Names{});
}

// A shell that a service has started hands on what was meant for itself.
TEST(PassedSockets, OfAnotherProcessAreNotOurs) {
  EXPECT_EQ(passed_names({"4712", "2", "site:plain"}, us).value(), Names{});
  EXPECT_EQ(passed_names({std::nullopt, "2", "site:plain"}, us).value(), Names{});
  EXPECT_EQ(passed_names({"", "2", "site:plain"}, us).value(), Names{});
}

TEST(PassedSockets, AreRefusedWhereTheVariablesMakeNoSense) {
  for (const std::string count : {"", "two", "2x", "-1", "513", "99999999999999999999"}) {
    EXPECT_EQ(passed_names({"4711", count, std::nullopt}, us).failure().message,
              "LISTEN_FDS is \"" + count + "\", and not a number of sockets up to 512");
  }
  EXPECT_EQ(passed_names({"4711", "3", "site:plain"}, us).failure().message,
            "LISTEN_FDS says that 3 sockets are passed, LISTEN_FDNAMES names 2");
}

TEST(PassedSockets, LeaveNoTraceInTheEnvironment) {
  setenv("LISTEN_PID", "1", 1);
  setenv("LISTEN_FDS", "1", 1);
  setenv("LISTEN_FDNAMES", "site", 1);

  EXPECT_TRUE(net::take_passed_sockets().value().empty());

  for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
    EXPECT_EQ(getenv(variable), nullptr) << variable;
  }
}

TEST(PassedSockets, AreRefusedWhereTheDescriptorsAreNotOpen) {
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", "500", 1);

  const auto taken = net::take_passed_sockets();

  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.failure().message.substr(0, 44), "LISTEN_FDS says that 500 sockets are passed,");
}

}  // namespace
}  // namespace muxlab::test
