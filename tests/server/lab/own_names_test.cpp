#include "server/lab/own_names.h"

#include <gtest/gtest.h>

#include <string>

namespace muxlab::test {
namespace {

using server::lab::OwnNames;

TEST(OwnNames, AreAlwaysThoseOfThisMachinesLoopback) {
  const OwnNames names;
  for (const std::string authority :
       {"localhost", "localhost:8440", "LocalHost:8440", "h1.localhost:8440", "h2.localhost",
        "127.0.0.1:8440", "[::1]:8440", "[::1]", "[0:0:0:0:0:0:0:1]:8440"}) {
    EXPECT_TRUE(names.hold(authority)) << authority;
  }
}

TEST(OwnNames, AreThoseOfTheCertificate) {
  const OwnNames names{{"Box", "192.168.1.20", "fd00::17", "*.lab.example"}};
  for (const std::string authority :
       {"box:8440", "192.168.1.20", "[fd00:0::17]:8440", "a.lab.example:8440", "A.Lab.Example"}) {
    EXPECT_TRUE(names.hold(authority)) << authority;
  }
}

TEST(OwnNames, AreNoOthers) {
  const OwnNames names{{"box", "192.168.1.20", "*.lab.example", "*.", "*", "no name"}};
  for (const std::string authority : {"",
                                      ":8440",
                                      "evil.example",
                                      "localhost.evil.example",
                                      "127.0.0.1.evil.example",
                                      "box.evil.example",
                                      "192.168.1.21",
                                      "127.0.0.2",
                                      "[::2]",
                                      "[::1",
                                      "::1",
                                      "[127.0.0.1]",
                                      "[localhost]",
                                      "localhost.",
                                      "localhost@evil.example",
                                      "a.b.lab.example",
                                      "lab.example",
                                      ".lab.example",
                                      "*.lab.example",
                                      "0x7f.1",
                                      "2130706433",
                                      "127.1"}) {
    EXPECT_FALSE(names.hold(authority)) << authority;
  }
}

}  // namespace
}  // namespace muxlab::test
